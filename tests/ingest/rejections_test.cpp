#include "ingest/rejections.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

#include "ingest/house.hpp"
#include "ingest/kept_request.hpp"
#include "verify/digest.hpp"

namespace chathook::ingest {

namespace {

using namespace std::chrono_literals;

const std::string lead = R"({"eventType":"leads.submit","payload":{"conversationId":"c-1"}})";
constexpr std::string_view fresh = "another-secret-of-32-bytes-here!";

test::TestRequest from_stranger() {
    return test::signed_request("chatbase", "/webhooks/chatbase", lead, fresh);
}

std::vector<journal::RecordedRejection> written(test::House& house) {
    REQUIRE(house.journal->record_rejections().has_value());
    return house.journal->open_reader()
        ->rejections({.limit = 1000, .bytes_max = SIZE_MAX, .with_raw = true})
        .value()
        .rows;
}

void keep_what_is_refused(test::House& house, std::string_view secret = test::secret_text) {
    house.ingest->reload(test::make_test_routing(*house.metrics, secret, true));
}

}  // namespace

TEST_CASE("a refused webhook is recorded with its reason and without its content", "[ingest]") {
    test::House house;
    test::TestRequest request = from_stranger();
    request.headers.emplace_back("X-Other", "person@example.com");
    CHECK(house.post(request).status == 400);
    const auto rows = written(house);
    REQUIRE(rows.size() == 1);
    const journal::Rejection& rejection = rows[0].rejection;
    CHECK(rejection.source == "leads");
    CHECK(rejection.reason == "wrong_signature");
    CHECK(rejection.status == 400);
    CHECK(rejection.client == "203.0.113.9");
    CHECK(rejection.header_names == "x-chatbase-signature, X-Other");
    CHECK(rejection.body_size == lead.size());
    CHECK(rejection.body_sha256 == verify::sha256(lead));
    CHECK_FALSE(rows[0].raw_kept);
    CHECK(rejection.raw.empty());
}

TEST_CASE("a request refused by its head is recorded too, but an unknown path is not", "[ingest]") {
    test::House house;
    test::TestRequest request{"POST", "/webhooks/lynn", "", {{"Content-Encoding", "gzip"}}, {}};
    CHECK(house.admit(request.view(), {1000, false})->status == 415);
    request.path = "/webhooks/nobody";
    CHECK(house.admit(request.view(), {1000, false})->status == 404);
    CHECK(house.post(from_stranger()).status == 400);
    const auto rows = written(house);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].rejection.reason == "unsupported_encoding");
    CHECK(rows[0].rejection.source == "handovers");
    CHECK(rows[0].rejection.body_size == 1000);
    CHECK(rows[0].rejection.body_sha256 == decltype(rows[0].rejection.body_sha256){});
    CHECK(rows[1].rejection.reason == "wrong_signature");
}

TEST_CASE("a request whose body was refused while it arrived is recorded and counted for its source",
          "[ingest]") {
    test::House house;
    test::TestRequest request{"POST", "/webhooks/lynn", "", {}, {}};
    http::Found found;
    REQUIRE_FALSE(house.ingest->admit(request.view(), {std::nullopt, true}, found));
    house.ingest->refused_body(request.view(), found, "body_too_large", 413, 70'000);
    house.ingest->refused_body(request.view(), found, "too_much_in_flight", 503, 10);
    const auto rows = written(house);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].rejection.reason == "body_too_large");
    CHECK(rows[0].rejection.status == 413);
    CHECK(rows[0].rejection.source == "handovers");
    CHECK(rows[0].rejection.body_size == 70'000);
    CHECK(rows[0].rejection.body_sha256 == decltype(rows[0].rejection.body_sha256){});
    CHECK_FALSE(rows[0].raw_kept);
    const std::string metrics = house.metrics->text();
    for (const char* line : {R"(chathook_rejections_total{reason="body_too_large",source="handovers"} 1)",
                             R"(chathook_rejections_total{reason="too_much_in_flight",source="handovers"} 1)",
                             R"(chathook_requests_total{outcome="rejected",source="handovers"} 1)",
                             R"(chathook_requests_total{outcome="unavailable",source="handovers"} 1)"}) {
        CHECK(metrics.find(line) != std::string::npos);
    }
}

TEST_CASE("rejections beyond the pace are counted as unrecorded, if rejections are kept", "[ingest]") {
    test::House house;
    test::TestRequest request{"POST", "/webhooks/lynn", "", {{"Content-Encoding", "gzip"}}, {}};
    for (int i = 0; i < 2000; ++i) REQUIRE(house.admit(request.view(), {10, false})->status == 415);
    journal::RejectionQuery all;
    all.limit = 5000;
    REQUIRE(house.journal->record_rejections().has_value());
    const std::size_t recorded = house.journal->open_reader()->rejections(all).value().size();
    const std::string metrics = house.metrics->text();
    const std::string name = "\nchathook_rejections_unrecorded_total ";
    REQUIRE(metrics.find(name) != std::string::npos);
    const auto missing = std::stoull(metrics.substr(metrics.find(name) + name.size()));
    CHECK(missing > 0);
    CHECK(recorded + missing == 2000);
}

TEST_CASE("a list of headers is cut between two names", "[ingest]") {
    test::House house;
    test::TestRequest request = from_stranger();
    for (int i = 0; i < 60; ++i) request.headers.emplace_back("X-" + std::string(30, 'a'), "");
    house.post(request);
    const auto rows = written(house);
    CHECK(rows[0].rejection.header_names.size() <= journal::Rejection::header_names_max);
    CHECK(rows[0].rejection.header_names.ends_with(", X-" + std::string(30, 'a')));
}

TEST_CASE("a source that keeps refused requests accepts them once its secret is right", "[ingest]") {
    test::House house;
    keep_what_is_refused(house);
    CHECK(house.post(from_stranger()).status == 400);
    const auto rows = written(house);
    REQUIRE(rows[0].raw_kept);
    const journal::Rejection& rejection = rows[0].rejection;
    CHECK(read_kept_request(rejection.raw)->body == lead);
    const auto retake = [&] { return test::await(house.ingest->retake(rejection)); };

    CHECK(retake().error() == Errc::wrong_signature);
    CHECK(house.events().empty());

    keep_what_is_refused(house, fresh);
    const auto taken = retake();
    REQUIRE(taken.has_value());
    CHECK_FALSE(taken->duplicate);
    const auto events = house.events();
    REQUIRE(events.size() == 1);
    CHECK(events[0].event->type == "lead.created");
    CHECK(events[0].event->original() == lead);
    CHECK(events[0].event->received == rejection.received);
    CHECK(retake()->duplicate);
    CHECK(house.events().size() == 1);
    CHECK(house.metrics->text().find(R"(chathook_requests_total{outcome="accepted",source="leads"} 1)") !=
          std::string::npos);
}

TEST_CASE("a retried request is judged by the clock of its receipt", "[ingest]") {
    test::House house;
    const auto routing = [&](std::string_view secret) {
        house.ingest->reload(test::make_test_routing(*house.metrics, secret, true));
    };
    const auto kept = [&](std::chrono::seconds age_at_receipt) {
        const auto signer = test::make_test_vendor("newoaks", fresh);
        test::TestRequest sent;
        sent.path = "/webhooks/newoaks";
        sent.body = R"({"Type":"Lead"})";
        const Instant receipt = now() - 24h;
        for (SignedHeader& header : signer->sign(sent.body, "", receipt - age_at_receipt)) {
            sent.headers.emplace_back(std::move(header.name), std::move(header.value));
        }
        journal::Rejection rejection;
        rejection.source = "crm";
        rejection.received = receipt;
        rejection.raw = keep_request(sent.view()).value();
        return rejection;
    };
    routing(fresh);
    const journal::Rejection timely = kept(10s);
    const journal::Rejection late = kept(600s);
    CHECK(test::await(house.ingest->retake(timely)).has_value());
    CHECK(test::await(house.ingest->retake(late)).error() == Errc::stale_timestamp);
}

TEST_CASE("a request cannot be retried if it was not kept whole or its source is gone", "[ingest]") {
    test::House house;
    keep_what_is_refused(house, fresh);
    journal::Rejection rejection;
    rejection.source = "leads";
    CHECK(test::await(house.ingest->retake(rejection)).error() == Errc::unknown_path);
    auto request = from_stranger();
    rejection.raw = keep_request(request.view()).value();
    rejection.source = "gone";
    CHECK(test::await(house.ingest->retake(rejection)).error() == Errc::unknown_path);
    rejection.source = "leads";
    CHECK(test::await(house.ingest->retake(rejection)).has_value());
}

TEST_CASE("a limited client leaves one rejection a second, or all if its source keeps them", "[ingest]") {
    const FailureRate defaults;
    const std::size_t sent = defaults.burst + 40;
    test::House house;
    for (std::size_t i = 0; i < sent; ++i) house.post(from_stranger());
    const std::size_t sampled = written(house).size();
    CHECK(sampled >= defaults.burst + 1);
    CHECK(sampled < sent);

    test::House keeping;
    keep_what_is_refused(keeping);
    for (std::size_t i = 0; i < sent; ++i) keeping.post(from_stranger());
    CHECK(written(keeping).size() == sent);
}

TEST_CASE("at most 250 rejections at once and 100 a second are recorded", "[ingest]") {
    RecordPace pace;
    RecordPace::Time time{1h};
    const auto admitted = [&](int tries) {
        int count = 0;
        for (int i = 0; i < tries; ++i) count += pace.admits(time);
        return count;
    };
    CHECK(admitted(1000) == RecordPace::burst);
    time += 500ms;
    CHECK(admitted(1000) == RecordPace::per_second / 2);
    time += 1h;
    CHECK(admitted(1000) == RecordPace::burst);
}

}  // namespace chathook::ingest
