// What each stage of a webhook costs by itself, in the order of the flow. docs/performance.md says how to run
// it.
#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_ENABLE_BENCHMARKING
#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "dispatch/delivery_plan.hpp"
#include "ecma/stringify.hpp"
#include "http/gate.hpp"
#include "http/second_opinion.hpp"
#include "journal/fixture.hpp"
#include "normalize/cloud_event.hpp"
#include "store/engine.hpp"
#include "support/clock.hpp"
#include "support/ids.hpp"
#include "support/signed_request.hpp"
#include "support/temp_directory.hpp"
#include "vendors/catalog.hpp"
#include "vendors/preset.hpp"

using namespace chathook;
using chathook::test::SignedRequest;

namespace {

// The usual head of a webhook behind a proxy.
constexpr std::string_view head =
    "POST /webhooks/lynn HTTP/1.1\r\n"
    "Host: hooks.example.com\r\n"
    "X-Forwarded-For: 203.0.113.9\r\n"
    "X-Forwarded-Proto: https\r\n"
    "User-Agent: axios/1.6.2\r\n"
    "Accept: application/json, text/plain, */*\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 404\r\n"
    "X-Lynn-Hmac-Sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "\r\n";

const Sample& first_sample(std::string_view vendor) { return vendors::find_vendor(vendor)->samples.front(); }

// An object with one more member, so that it has the size of a usual webhook; a larger one is not changed.
std::string filled_up(std::string_view object) {
    constexpr std::size_t usual_bytes = 600;
    constexpr std::string_view before = R"(,"filling":")";
    constexpr std::string_view after = R"("})";
    std::string body(object);
    const std::size_t more = body.size() + before.size() + after.size() - 1;
    if (!body.ends_with('}') || more > usual_bytes) return body;
    body.pop_back();
    return body.append(before).append(usual_bytes - more, 'x').append(after);
}

std::size_t events_of(const verify::Vendor& vendor, const Verified& verified, Instant now) {
    std::size_t bytes = 0;
    const auto add = [&](const Normalized& normalized, const Verified& proved) {
        bytes += normalize::make_event(normalized, proved, "support", vendor.definition().name,
                                       make_event_id(now), now)
                     ->text.size();
    };
    if (!vendor.splits()) {
        add(vendor.normalize(verified), verified);
        return bytes;
    }
    for (const BodyReader::Part& part : vendor.split(verified).all) add(part.normalized, part.proved);
    return bytes;
}

}  // namespace

TEST_CASE("gate") {
    http::Head read;
    const http::GateLimits limits;
    REQUIRE_FALSE(http::read_head(head, limits, read));
    BENCHMARK("find the end of a head and read it") {
        http::HeadProgress progress;
        http::find_head_end(head, limits, progress);
        return http::read_head(head, limits, read);
    };
    BENCHMARK("hear Beast's second opinion of it") { return http::beast_agrees(head, limits, read); };
}

TEST_CASE("vendors") {
    for (const std::string_view name : vendors::vendor_names()) {
        const chathook::test::Preset preset(name);
        const Instant now = chathook::now();
        const std::string body = preset.body_of(filled_up(first_sample(name).body));
        const SignedRequest sent(body, preset.sign(body, now));
        const Request request = sent.request();
        REQUIRE(preset.vendor().verify(request, now).has_value());
        BENCHMARK(std::string(name) + ", " + std::to_string(body.size()) + " bytes") {
            return events_of(preset.vendor(), *preset.vendor().verify(request, now), now);
        };
    }
}

TEST_CASE("JSON.stringify form") {
    const std::string body(first_sample("wonderchat").body);
    REQUIRE(ecma::stringify_body(body));
    BENCHMARK("of " + std::to_string(body.size()) + " bytes") { return ecma::stringify_body(body); };
}

TEST_CASE("journal") {
    chathook::test::TempDirectory directory;
    journal::test::RecordingMetrics metrics;
    journal::JournalSettings settings;
    settings.directory = directory.path() / "journal";
    settings.min_free_disk = 0;
    settings.ballast_bytes = 0;
    const auto journal =
        journal::open_journal(store::open_engine, settings, metrics, [](const std::string&) {});
    std::size_t number = 0;
    for (const std::size_t group : {1, 16, 64, 256}) {
        BENCHMARK("append " + std::to_string(group) + " at once") {
            std::vector<Event> events;
            for (std::size_t at = 0; at < group; ++at) {
                events.push_back(journal::test::event_of("event " + std::to_string(++number)));
            }
            return journal::test::append_all(*journal, std::move(events));
        };
    }
    CHECK(metrics.events_ == number);
    journal->stop();
}

TEST_CASE("dispatch") {
    const auto event = std::make_shared<const Event>(journal::test::event_of("an event"));
    const std::vector<Outcome> delivered(256);
    const auto settle_a_page = [&] {
        dispatch::DeliveryPlan plan({}, [] { return 0.5; });
        const dispatch::Moment now{std::chrono::steady_clock::now(), chathook::now()};
        std::vector<Delivery> page;
        for (std::uint64_t sequence = 1; sequence <= delivered.size(); ++sequence) {
            page.push_back({sequence, 1, event});
        }
        plan.next(now);
        plan.fetched(std::move(page));
        plan.next(now);
        plan.tried(delivered, now);
        return plan.settlements().size();
    };
    REQUIRE(settle_a_page() == delivered.size());
    BENCHMARK("decide on a page of 256 deliveries") { return settle_a_page(); };
}
