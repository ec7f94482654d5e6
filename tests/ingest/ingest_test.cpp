#include "ingest/ingest.hpp"

#include <time.h>

#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "ingest/house.hpp"

namespace chathook {

namespace {

const std::string lead =
    R"({"eventType":"leads.submit","chatbotId":"bot-1","payload":{"conversationId":"c-1",)"
    R"("customerEmail":"visitor@example.com"}})";

std::optional<Reply> admit(test::House& house, test::TestRequest request, http::Incoming incoming) {
    return house.admit(request.view(), incoming);
}

}  // namespace

TEST_CASE("a signed webhook gets its vendor's answer and is in the journal", "[ingest]") {
    test::House house;
    const Reply reply = house.post(test::signed_request("chatbase", "/webhooks/chatbase", lead));
    CHECK(reply.status == 200);
    CHECK(reply.body == "OK");
    const auto events = house.events();
    REQUIRE(events.size() == 1);
    CHECK(events[0].event->type == "lead.created");
    CHECK(events[0].event->source == "leads");
    CHECK(events[0].event->original() == lead);
    CHECK(house.metrics->text().find(R"(chathook_requests_total{outcome="accepted",source="leads"} 1)") !=
          std::string::npos);
}

TEST_CASE("a webhook whose body was changed is refused and leaves no event", "[ingest]") {
    test::House house;
    auto request = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    request.body.replace(request.body.find("visitor"), 7, "burglar");
    const Reply reply = house.post(request);
    CHECK(reply.status == 400);
    CHECK(reply.body == R"({"message":"Signature didn't match"})");
    CHECK(house.events().empty());
    CHECK(house.metrics->text().find(
              R"(chathook_rejections_total{reason="wrong_signature",source="leads"} 1)") !=
          std::string::npos);
}

TEST_CASE("a secret of one source is not accepted by another", "[ingest]") {
    test::House house;
    auto request = test::signed_request("chatbase", "/webhooks/lynn", lead);
    CHECK(house.post(request).status == 401);
    CHECK(house.events().empty());
}

TEST_CASE("a repeated signed webhook is answered as accepted and kept once", "[ingest]") {
    test::House house;
    const auto request = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    CHECK(house.post(request).status == 200);
    const Reply again = house.post(request);
    CHECK(again.status == 200);
    CHECK(again.body == "OK");
    CHECK(house.events().size() == 1);
    CHECK(house.metrics->text().find(R"(chathook_duplicates_total{source="leads"} 1)") != std::string::npos);
}

TEST_CASE("an event goes to the sinks of all routes that match", "[ingest]") {
    test::House house;
    house.post(test::signed_request("chatbase", "/webhooks/chatbase", lead));
    house.post(test::signed_request("lynn", "/webhooks/lynn", R"({"conversationId":"c-9","messages":[]})"));
    const auto reader = house.journal->open_reader();
    const auto due = [&](journal::SinkNumber sink) {
        return reader->due(sink, 0, 10, 1 << 20).value().size();
    };
    CHECK(due(0) == 2);  // all
    CHECK(due(1) == 1);  // leads only
    CHECK(due(2) == 1);  // Lynn only
}

TEST_CASE("a request with an unacceptable head is refused before its body is read", "[ingest]") {
    test::House house;
    const http::Incoming small{.content_length = 10, .chunked = false};
    struct Case {
        const char* what;
        std::string method, path;
        std::vector<std::pair<std::string, std::string>> headers;
        http::Incoming incoming;
        unsigned status;
    };
    const Case cases[] = {
        {"an unknown path", "POST", "/webhooks/nobody", {}, small, 404},
        {"an unknown path, whatever the size", "POST", "/webhooks/nobody", {}, {9999, false}, 404},
        {"a path with a slash too many", "POST", "/webhooks/lynn/", {}, small, 404},
        {"another method", "GET", "/webhooks/lynn", {}, small, 405},
        {"a compressed body", "POST", "/webhooks/lynn", {{"Content-Encoding", "gzip"}}, small, 415},
        {"no length at all", "POST", "/webhooks/lynn", {}, {std::nullopt, false}, 411},
        {"a body over the limit", "POST", "/webhooks/lynn", {}, {1025, false}, 413},
    };
    for (const Case& each : cases) {
        INFO(each.what);
        const auto reply = admit(house, {each.method, each.path, "", each.headers, {}}, each.incoming);
        REQUIRE(reply.has_value());
        CHECK(reply->status == each.status);
        CHECK(reply->allow == (each.status == 405 ? "POST" : ""));
    }
}

TEST_CASE("a client that expects a 100 is refused at once without a signature or with two", "[ingest]") {
    test::House house;
    const http::Incoming waiting{.content_length = 10, .chunked = false, .waits_for_continue = true};
    const auto status = [&](std::vector<std::pair<std::string, std::string>> headers) {
        const auto reply = admit(house, {"POST", "/webhooks/lynn", "", std::move(headers), {}}, waiting);
        return reply ? reply->status : 0;
    };
    CHECK(status({}) == 401);
    CHECK(status({{"X-Lynn-Hmac-Sha256", ""}}) == 401);
    CHECK(status({{"X-Lynn-Hmac-Sha256", "00"}, {"x-lynn-hmac-sha256", "00"}}) == 401);
    CHECK(status({{"X-Lynn-Hmac-Sha256", "00"}}) == 0);  // right or wrong: only the body can show it
}

TEST_CASE("a body of exactly the limit, of length zero, or in chunks is accepted", "[ingest]") {
    test::House house;
    for (const http::Incoming incoming : {http::Incoming{1024, false}, {0, false}, {std::nullopt, true}}) {
        CHECK_FALSE(admit(house, {"POST", "/webhooks/lynn", "", {}, {}}, incoming).has_value());
    }
}

TEST_CASE("a body with identity or a charset as its content coding is accepted, in any case of letters",
          "[ingest]") {
    test::House house;
    const http::Incoming small{.content_length = 10, .chunked = false};
    const auto status = [&](const char* coding) {
        const auto reply =
            admit(house, {"POST", "/webhooks/lynn", "", {{"Content-Encoding", coding}}, {}}, small);
        return reply ? reply->status : 0;
    };
    for (const char* coding : {"identity", "Identity", "IDENTITY", "", "utf-8", "UTF-8", "utf8"})
        CHECK(status(coding) == 0);
    for (const char* coding : {"gzip", "identity, gzip", "utf-8, gzip", "utf-16", "identity2", "identit",
                               "\xe9"
                               "dentity"}) {
        CHECK(status(coding) == 415);
    }
}

TEST_CASE("an accepted body with a repeated key is counted once for each event", "[ingest]") {
    test::House house;
    const std::string twice = R"({"conversationId":"c-1","conversationId":"c-2","messages":[]})";
    CHECK(house.post(test::signed_request("lynn", "/webhooks/lynn", twice)).status == 200);
    CHECK(house.post(test::signed_request("lynn", "/webhooks/lynn", twice)).status == 200);
    CHECK(house.post(test::signed_request("chatbase", "/webhooks/chatbase", lead)).status == 200);
    const std::string metrics = house.metrics->text();
    CHECK(metrics.find(R"(chathook_ambiguous_bodies_total{source="handovers"} 1)") != std::string::npos);
    CHECK(metrics.find(R"(chathook_ambiguous_bodies_total{source="leads"} 0)") != std::string::npos);
    const auto events = house.events();
    REQUIRE(events.size() == 2);
    CHECK(events[0].event->text.find(R"("ambiguous_keys":["/conversationId"])") != std::string::npos);
    CHECK(events[0].event->text.find(R"("subject":"c-2")") != std::string::npos);
    CHECK(events[0].event->original() == twice);
    CHECK(events[1].event->text.find("ambiguous_keys") == std::string::npos);
}

TEST_CASE("clock skew is recorded for correctly signed times only, accepted or not", "[ingest]") {
    test::House house;
    const std::string body = R"({"Type":"Lead"})";
    const auto skew = [&] {
        const std::string text = house.metrics->text();
        const std::string name = R"(chathook_clock_skew_seconds{source="crm"} )";
        const std::size_t at = text.find(name);
        return at == text.npos ? -1.0 : std::stod(text.substr(at + name.size()));
    };
    const auto posted = [&](std::chrono::seconds age, std::string_view secret) {
        const auto signer = test::make_test_vendor("newoaks", secret);
        test::TestRequest request;
        request.path = "/webhooks/newoaks";
        request.body = body;
        for (SignedHeader& header : signer->sign(body, "", now() - age)) {
            request.headers.emplace_back(std::move(header.name), std::move(header.value));
        }
        return house.post(request).status;
    };
    using namespace std::chrono_literals;
    CHECK(posted(900s, "not-the-secret-of-this-source!!!") == 401);
    CHECK(skew() == -1);
    CHECK(posted(900s, test::secret_text) == 401);
    CHECK(skew() == Approx(900).margin(2));
    CHECK(posted(100s, test::secret_text) == 200);
    CHECK(skew() == Approx(100).margin(2));
    CHECK(posted(-900s, test::secret_text) == 401);
    CHECK(skew() == Approx(-900).margin(2));
}

TEST_CASE("a reload replaces the secrets of all sources at once", "[ingest]") {
    test::House house;
    constexpr std::string_view fresh = "another-secret-of-32-bytes-here!";
    const auto old = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    const auto renewed = test::signed_request("chatbase", "/webhooks/chatbase", lead, fresh);
    CHECK(house.post(renewed).status == 400);
    house.ingest->reload(test::make_test_routing(*house.metrics, fresh));
    CHECK(house.post(renewed).status == 200);
    CHECK(house.post(old).status == 400);
}

TEST_CASE("a client that keeps forging is told to wait, and with the right signature it never is",
          "[ingest]") {
    test::House house;
    auto forged = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    forged.body.replace(forged.body.find("visitor"), 7, "burglar");
    const ingest::FailureRate defaults;
    std::size_t refused = 0;
    Reply last;
    for (std::size_t i = 0; i < 2 * defaults.burst; ++i) {
        last = house.post(forged);
        refused += last.status == 400;
    }
    CHECK(refused >= defaults.burst);
    CHECK(refused < 2 * defaults.burst);
    CHECK(last.status == 429);
    CHECK(last.body == R"({"error":"rate_limited"})");
    CHECK(last.retry_after >= std::chrono::seconds(1));
    CHECK(house.post(test::signed_request("chatbase", "/webhooks/chatbase", lead)).status == 200);
    CHECK(house.metrics->text().find(R"(chathook_rejections_total{reason="rate_limited",source="leads"} )") !=
          std::string::npos);
}

TEST_CASE("a signed webhook gets a 503 once the journal has stopped", "[ingest]") {
    test::House house;
    house.journal->stop();
    const Reply reply = house.post(test::signed_request("chatbase", "/webhooks/chatbase", lead));
    CHECK(reply.status == 503);
    CHECK(reply.retry_after > std::chrono::seconds(0));
    CHECK(house.metrics->text().find(R"(outcome="unavailable",source="leads"} 1)") != std::string::npos);
}

namespace {

constexpr std::size_t little = 100'000;  // bytes of documents; one of the numbers below takes 320,000

std::string numbers(std::string_view after_bracket = "") {
    std::string body = "[" + std::string(after_bracket) + "1";
    for (int i = 0; i < 20'000; ++i) body += ",1";
    return body + "]";
}

}  // namespace

TEST_CASE("a signed body whose document would be too large is kept unparsed", "[ingest]") {
    for (const std::size_t bytes : {little, ingest::Ingest::document_bytes_default}) {
        test::House house({}, bytes);
        CHECK(house.post(test::signed_request("lynn", "/webhooks/lynn", numbers())).status == 200);
        const auto events = house.events();
        REQUIRE(events.size() == 1);
        CHECK(events[0].event->type == "unrecognized");
        CHECK(events[0].event->original() == numbers());
        const bool read = events[0].event->text.find("original_base64") == std::string::npos;
        CHECK(read == (bytes != little));
    }
}

TEST_CASE("a body that cannot be verified without too large a document is refused as too large", "[ingest]") {
    for (const std::size_t bytes : {little, ingest::Ingest::document_bytes_default}) {
        test::House house({}, bytes);
        auto request = test::signed_request("chatbase", "/webhooks/chatbase", numbers());
        CHECK(house.post(request).status == 200);  // the raw body was signed
        request.body = numbers(" ");
        CHECK(house.post(request).status == (bytes == little ? 413 : 200));
        request.headers.front().second.front() = request.headers.front().second.front() == '0' ? '1' : '0';
        CHECK(house.post(request).status == (bytes == little ? 413 : 400));
    }
}

TEST_CASE("long bodies are parsed one after the other if there is no room for two", "[ingest]") {
    test::House house({}, 500'000);
    boost::asio::io_context io(1);
    std::vector<test::TestRequest> requests;
    for (int i = 0; i < 4; ++i) {
        requests.push_back(test::signed_request("lynn", "/webhooks/lynn", numbers(std::to_string(i) + ",")));
    }
    std::size_t accepted = 0;
    for (test::TestRequest& request : requests) {
        boost::asio::co_spawn(
            io,
            [&]() -> Awaitable<> {
                const Reply reply = co_await house.serve(request.view());
                accepted += reply.status == 200;
            },
            boost::asio::detached);
    }
    io.run();
    CHECK(accepted == 4);
    CHECK(house.events().size() == 4);
}

TEST_CASE("a long body without a readable signature is refused without waiting for room", "[ingest]") {
    test::House house({}, 500'000);
    boost::asio::io_context io(1);
    std::vector<std::string> answered;
    auto in_work = test::signed_request("chatbase", "/webhooks/chatbase", numbers(" "));
    in_work.headers.front().second.assign(40, '0');
    test::TestRequest unsigned_one{"POST", "/webhooks/lynn", numbers(), {}, {}};
    test::TestRequest malformed{"POST", "/webhooks/lynn", numbers(), {{"x-lynn-hmac-sha256", "zz"}}, {}};
    const auto serve = [&](std::string name, test::TestRequest& request) -> Awaitable<> {
        const Reply reply = co_await house.serve(request.view());
        answered.push_back(name + " " + std::to_string(reply.status));
    };
    boost::asio::co_spawn(io, serve("in work", in_work), boost::asio::detached);
    boost::asio::co_spawn(io, serve("unsigned", unsigned_one), boost::asio::detached);
    boost::asio::co_spawn(io, serve("malformed", malformed), boost::asio::detached);
    io.run();
    CHECK(answered == std::vector<std::string>{"unsigned 401", "malformed 401", "in work 400"});
}

TEST_CASE("a long body is stringified on a thread other than the network's", "[ingest]") {
    const auto seconds = [](::clockid_t clock) {
        ::timespec used{};
        ::clock_gettime(clock, &used);
        return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
    };
    test::House house;
    std::string body = "[1";
    while (body.size() < 1'000'000) body += ",1";
    auto request = test::signed_request("chatbase", "/webhooks/chatbase", body + "]");
    request.headers.front().second.assign(40, '0');
    const double all = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const double own = seconds(CLOCK_THREAD_CPUTIME_ID);
    CHECK(house.post(request).status == 400);
    const double here = seconds(CLOCK_THREAD_CPUTIME_ID) - own;
    const double elsewhere = seconds(CLOCK_PROCESS_CPUTIME_ID) - all - here;
    CAPTURE(here, elsewhere);
    CHECK(elsewhere > here);  // processor time, so that a busy machine changes nothing
}

TEST_CASE("the holder of a body's memory is told once the body is verified, and not before", "[ingest]") {
    struct Hold final : BodyHold {
        void proved() noexcept override { ++times; }
        std::string hand_over() noexcept override { return {}; }
        int times = 0;
    };
    test::House house;
    auto request = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    Hold hold;
    Request view = request.view();
    view.hold = &hold;
    CHECK(test::await(house.serve(view)).status == 200);
    CHECK(hold.times == 1);
    request.body += " ";
    request.headers.clear();
    view = request.view();
    view.hold = &hold;
    CHECK(test::await(house.serve(view)).status == 400);
    CHECK(hold.times == 1);
}

TEST_CASE("a verified body that is not JSON is moved into the event without a copy", "[ingest]") {
    struct Hold final : BodyHold {
        void proved() noexcept override {}
        std::string hand_over() noexcept override { return std::exchange(body, std::string()); }
        std::string body;
    };
    test::House house;
    for (const std::string& sent : {"no JSON: " + std::string(100, 'x'), std::string(lead)}) {
        auto request = test::signed_request("chatbase", "/webhooks/chatbase", sent);
        Hold hold;
        hold.body = sent;
        Request view = request.view();
        view.body = hold.body;
        view.hold = &hold;
        CHECK(test::await(house.serve(view)).status == 200);
        CHECK(hold.body.empty() == (sent != lead));
    }
}

}  // namespace chathook
