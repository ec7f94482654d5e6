#include "sinks/http.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>
#include <thread>

#include "sinks/http_transfer.hpp"
#include "sinks/made_sink.hpp"
#include "support/deliveries.hpp"
#include "support/http_receiver.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;
using test::HttpReceiver;
using test::ReceivedRequest;
using test::ScriptedAnswer;

namespace {

std::unique_ptr<Sink> sink_for(const HttpReceiver& receiver) {
    return test::make_sink("http", test::with_url(receiver.url()));
}

Outcome deliver_one(Sink& sink) {
    const auto outcomes = test::deliver(sink, {test::numbered_delivery(1)});
    REQUIRE(outcomes.size() == 1);
    return outcomes.front();
}

Outcome outcome_of(const ScriptedAnswer& answer) {
    HttpReceiver receiver;
    receiver.script([&](const ReceivedRequest&) { return answer; });
    return deliver_one(*sink_for(receiver));
}

}  // namespace

TEST_CASE("a request is a POST of the event with its id, a timestamp and its content type") {
    HttpReceiver receiver;
    const auto sink = sink_for(receiver);
    const auto delivery = test::numbered_delivery(7);
    REQUIRE(test::all_delivered(test::deliver(*sink, {delivery}), 1));
    const ReceivedRequest request = receiver.requests().at(0);
    CHECK(request.method == "POST");
    CHECK(request.target == "/hook");
    CHECK(request.body == delivery.event->text);
    CHECK(request.headers.at("content-type") == "application/cloudevents+json");
    CHECK(request.headers.at("content-length") == std::to_string(delivery.event->text.size()));
    CHECK(request.headers.at("idempotency-key") == delivery.event->id);
    CHECK(request.headers.at("webhook-id") == delivery.event->id);
    CHECK(request.headers.at("user-agent") == "chathookd");
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    CHECK(std::abs(std::stoll(request.headers.at("webhook-timestamp")) - now) <= 10);
    CHECK_FALSE(request.headers.contains("webhook-signature"));
    CHECK_FALSE(request.headers.contains("expect"));
    CHECK_FALSE(request.headers.contains("accept-encoding"));
}

TEST_CASE("an event without its base64 is sent in full, and its original unchanged") {
    HttpReceiver receiver;
    const auto delivery = test::open_delivery(7, std::string(200'000, '\x02'));
    REQUIRE(test::all_delivered(test::deliver(*sink_for(receiver), {delivery}), 1));
    CHECK(receiver.requests().at(0).body == delivery.event->line());
    SinkSettings settings = test::with_url(receiver.url());
    settings.set("payload", std::string("original"));
    REQUIRE(test::all_delivered(test::deliver(*test::make_sink("http", settings), {delivery}), 1));
    CHECK(receiver.requests().at(1).body == delivery.event->raw);
}

TEST_CASE("with a secret, every request is signed over its id, timestamp and body") {
    HttpReceiver receiver;
    SinkSettings settings = test::with_url(receiver.url());
    settings.set("sign.standard_webhooks", test::secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    const auto sink = test::make_sink("http", settings);
    REQUIRE(test::all_delivered(test::deliver(*sink, test::numbered_deliveries(1, 2)), 2));
    const auto key = sinks::StandardWebhooksKey::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    for (const ReceivedRequest& request : receiver.requests()) {
        CHECK(request.headers.at("webhook-signature") == key->sign(request.headers.at("webhook-id"),
                                                                   request.headers.at("webhook-timestamp"),
                                                                   request.body));
    }
}

TEST_CASE("the operator's headers are sent, and their content-type replaces ours") {
    HttpReceiver receiver;
    SinkSettings settings = test::with_url(receiver.url());
    settings.set("headers", std::vector<SecretHeader>{{"Authorization", test::secret_bytes("Bearer abc")},
                                                      {"Content-Type", test::secret_bytes("text/plain")}});
    const auto sink = test::make_sink("http", settings);
    REQUIRE(test::all_delivered(test::deliver(*sink, {test::numbered_delivery(1)}), 1));
    const ReceivedRequest request = receiver.requests().at(0);
    CHECK(request.headers.at("authorization") == "Bearer abc");
    CHECK(request.headers.at("content-type") == "text/plain");
}

TEST_CASE("payload original sends the vendor's bytes, as application/json if they are JSON") {
    struct Row {
        std::string original;
        bool in_json;
        std::string type;
    };
    for (const Row& row : {Row{R"({"number":1})", true, "application/json"},
                           Row{"{\r\n \"number\": 1e400\r\n}", false, "application/json"},
                           Row{"{\"name\":\"Zo\xeb\"}", false, "application/octet-stream"},
                           Row{"{\"name\":\"\xed\xa0\x80\"}", false, "application/octet-stream"},
                           Row{"\xef\xbb\xbf{}", false, "application/octet-stream"},
                           Row{"{\"name\":\"Zo\xc3\xab\"}", false, "application/json"},
                           Row{"\xff\xfe not json", false, "application/octet-stream"},
                           Row{"", false, "application/octet-stream"}}) {
        CAPTURE(row.original);
        HttpReceiver receiver;
        SinkSettings settings = test::with_url(receiver.url());
        settings.set("payload", std::string("original"));
        const auto sink = test::make_sink("http", settings);
        Event event = test::numbered_event(1);
        if (!row.in_json) {
            event.original_size = 0;
            event.raw = row.original;
        }
        REQUIRE(test::all_delivered(
            test::deliver(*sink, {{1, 1, std::make_shared<const Event>(std::move(event))}}), 1));
        CHECK(receiver.requests().at(0).body == row.original);
        CHECK(receiver.requests().at(0).headers.at("content-type") == row.type);
    }
}

TEST_CASE("connections are kept alive from one request and one batch to the next") {
    HttpReceiver receiver;
    const auto sink = sink_for(receiver);
    for (std::uint64_t batch = 0; batch < 3; ++batch) {
        REQUIRE(test::all_delivered(test::deliver(*sink, test::numbered_deliveries(1, 5)), 5));
    }
    CHECK(receiver.requests().back().connection == 1);
}

TEST_CASE("only a 2xx counts as delivered, and every other status has its own outcome") {
    struct Row {
        unsigned status;
        Kind kind;
    };
    for (const Row& row :
         {Row{200, Kind::delivered}, {201, Kind::delivered}, {202, Kind::delivered}, {204, Kind::delivered},
          {299, Kind::delivered},    {300, Kind::poison},    {304, Kind::poison},    {400, Kind::poison},
          {401, Kind::poison},       {403, Kind::poison},    {404, Kind::poison},    {409, Kind::poison},
          {413, Kind::poison},       {422, Kind::poison},    {408, Kind::retry},     {425, Kind::retry},
          {429, Kind::retry},        {500, Kind::retry},     {501, Kind::retry},     {502, Kind::retry},
          {503, Kind::retry},        {504, Kind::retry},     {599, Kind::retry},     {410, Kind::gone},
          {101, Kind::retry},        {600, Kind::retry},     {0, Kind::retry}}) {
        CAPTURE(row.status);
        CHECK(sinks::outcome_of_status(row.status, {}).kind == row.kind);
    }
    CHECK(outcome_of({.status = 202}).kind == Kind::delivered);
    CHECK(outcome_of({.status = 410}).kind == Kind::gone);
}

TEST_CASE("the reason of a failure is the status, nothing of the answer's body") {
    const Outcome outcome = outcome_of({.status = 422, .body = "visitor@example.com is unknown"});
    CHECK(outcome.kind == Kind::poison);
    CHECK(outcome.reason == "HTTP 422");
}

TEST_CASE("after a failure no later event of the batch is tried") {
    HttpReceiver receiver;
    receiver.script([](const ReceivedRequest& request) {
        const bool second = request.headers.at("webhook-id") == test::numbered_id(2);
        return ScriptedAnswer{.status = second ? 500u : 204u};
    });
    const auto outcomes = test::deliver(*sink_for(receiver), test::numbered_deliveries(1, 5));
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].kind == Kind::delivered);
    CHECK(outcomes[1].kind == Kind::retry);
    CHECK(receiver.requests().size() == 2);
}

TEST_CASE("Retry-After is understood in seconds and as a date") {
    const auto wish = [](const std::string& value) {
        return outcome_of({.status = 503, .headers = {{"Retry-After", value}}}).retry_after;
    };
    CHECK(wish("120") == 120s);
    CHECK(wish("0") == std::nullopt);
    CHECK(wish("-5") == std::nullopt);
    CHECK(wish("soon") == std::nullopt);
    CHECK(wish("Sun, 06 Nov 1994 08:49:37 GMT") == std::nullopt);
    CHECK(wish("99999999999999999999") <= 24h);
    const std::time_t later = std::time(nullptr) + 600;
    std::tm parts{};
    ::gmtime_r(&later, &parts);
    char date[64];
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    const auto until_date = wish(date);
    REQUIRE(until_date);
    CHECK(*until_date > 590s);
    CHECK(*until_date <= 600s);
}

TEST_CASE("a redirect is not followed") {
    HttpReceiver elsewhere;
    for (const unsigned status : {301u, 302u, 303u, 307u, 308u}) {
        CAPTURE(status);
        const Outcome outcome = outcome_of({.status = status, .headers = {{"Location", elsewhere.url()}}});
        CHECK(outcome.kind == Kind::poison);
        CHECK(outcome.reason == "HTTP " + std::to_string(status) + ": a redirect, which is not followed");
    }
    CHECK(elsewhere.requests().empty());
}

TEST_CASE("delivery is retried if the receiver closes without an answer, answers garbage or is missing") {
    CHECK(outcome_of({.close_silently = true}).kind == Kind::retry);
    CHECK(outcome_of({.raw = "SSH-2.0-OpenSSH_9.2\r\n"}).kind == Kind::retry);
    CHECK(outcome_of({.raw = "HTTP/1.1 200 OK\r\nContent-Le"}).kind == Kind::retry);
    std::string url;
    {
        const HttpReceiver receiver;
        url = receiver.url();
    }
    const Outcome outcome = deliver_one(*test::make_sink("http", test::with_url(url)));
    CHECK(outcome.kind == Kind::retry);
    CHECK_THAT(outcome.reason, Catch::Contains("Failed to connect"));
}

TEST_CASE("a success counts once its head is complete, whatever happens to the body") {
    CHECK(outcome_of({.raw = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort"}).kind ==
          Kind::delivered);
    CHECK(outcome_of({.status = 200, .body = std::string(10'000'000, 'x')}).kind == Kind::delivered);
    CHECK(outcome_of({.status = 500, .body = std::string(10'000'000, 'x')}).reason == "HTTP 500");
    CHECK(outcome_of(
              {.raw = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b??"})
              .kind == Kind::delivered);
}

TEST_CASE("no more than 64 KiB of an answer are read") {
    const auto before = std::chrono::steady_clock::now();
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    CHECK(outcome_of({.raw = head + std::string(100'000, 'x'), .hold_open = true}).kind == Kind::delivered);
    CHECK(std::chrono::steady_clock::now() - before < 10s);  // the timeout is 15 s
}

TEST_CASE("an endless head is cut off, and delivery is retried") {
    std::string raw = "HTTP/1.1 200 OK\r\n";
    for (int line = 0; line < 2000; ++line) raw += "X-Endless: " + std::string(50, 'x') + "\r\n";
    const Outcome outcome = outcome_of({.raw = raw});
    CHECK(outcome.kind == Kind::retry);
    CHECK(outcome.reason == "the answer's head is larger than 64 KiB");
}

TEST_CASE("delivery is retried if the receiver takes longer than the timeout") {
    HttpReceiver receiver;
    receiver.script([](const ReceivedRequest&) { return ScriptedAnswer{.delay = 60s}; });
    SinkSettings settings = test::with_url(receiver.url());
    settings.set("timeout", 100ms);
    const Outcome outcome = deliver_one(*test::make_sink("http", settings));
    CHECK(outcome.kind == Kind::retry);
    CHECK_THAT(outcome.reason, Catch::Contains("timed out"));
}

TEST_CASE("a stop aborts a request under way at once, without an outcome for it") {
    HttpReceiver receiver;
    receiver.script([](const ReceivedRequest& request) {
        const bool first = request.headers.at("webhook-id") == test::numbered_id(1);
        return ScriptedAnswer{.delay = first ? 0s : 60s};
    });
    const auto sink = sink_for(receiver);
    const auto batch = test::numbered_deliveries(1, 3);
    std::vector<Outcome> outcomes;
    std::jthread thread([&](const std::stop_token& stop) { outcomes = sink->deliver(batch, stop); });
    REQUIRE(receiver.wait_for(2));
    const auto before = std::chrono::steady_clock::now();
    thread.request_stop();
    thread.join();
    CHECK(std::chrono::steady_clock::now() - before < 20s);  // the answer takes 60 s
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes.front().kind == Kind::delivered);
}

TEST_CASE("a slow receiver's progress is returned about every second") {
    HttpReceiver receiver;
    receiver.script([](const ReceivedRequest&) { return ScriptedAnswer{.delay = 300ms}; });
    const auto outcomes = test::deliver(*sink_for(receiver), test::numbered_deliveries(1, 60));
    CHECK(outcomes.size() >= 2);
    CHECK(outcomes.size() <= 4);
    CHECK(test::all_delivered(outcomes, outcomes.size()));
}

TEST_CASE("with concurrency, requests run in parallel and each outcome belongs to its event") {
    HttpReceiver receiver;
    receiver.script([](const ReceivedRequest& request) {
        const bool third = request.headers.at("webhook-id") == test::numbered_id(3);
        return ScriptedAnswer{.status = third ? 503u : 204u, .delay = third ? 0ms : 500ms};
    });
    SinkSettings settings = test::with_url(receiver.url());
    settings.set("concurrency", std::uint64_t{4});
    const auto outcomes = test::deliver(*test::make_sink("http", settings), test::numbered_deliveries(1, 12));
    REQUIRE(outcomes.size() == 4);  // including those under way when the third failed
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        CAPTURE(index);
        CHECK(outcomes[index].kind == (index == 2 ? Kind::retry : Kind::delivered));
    }
    std::set<unsigned> connections;
    for (const ReceivedRequest& request : receiver.requests()) connections.insert(request.connection);
    CHECK(connections.size() == 4);
}

TEST_CASE("a name that leads to this machine is refused unless private addresses are allowed") {
    HttpReceiver receiver;
    SinkSettings settings = test::with_url(receiver.url("localhost"));
    CHECK(deliver_one(*test::make_sink("http", settings)).kind == Kind::delivered);

    // An ordinary name, which libcurl resolves without a query.
    settings.set("url", receiver.url("crm.localhost"));
    const Outcome refused = deliver_one(*test::make_sink("http", settings));
    CHECK(refused.kind == Kind::retry);
    CHECK_THAT(refused.reason, Catch::Contains("a loopback address") && Catch::Contains("allow_private"));
    CHECK(receiver.requests().size() == 1);
    settings.set("allow_private", true);
    CHECK(deliver_one(*test::make_sink("http", settings)).kind == Kind::delivered);
}

TEST_CASE("a proxy in the environment is ignored") {
    HttpReceiver proxy;
    const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
    for (const auto* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
        REQUIRE(::setenv(name, address.c_str(), 1) == 0);
    }
    HttpReceiver receiver;
    const Outcome outcome = deliver_one(*sink_for(receiver));
    for (const auto* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
    CHECK(outcome.kind == Kind::delivered);
    CHECK(receiver.requests().size() == 1);
    CHECK(proxy.requests().empty());
}
