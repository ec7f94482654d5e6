#include "ingest/ingest.hpp"

#include <catch2/catch.hpp>

#include "ingest/house.hpp"

namespace chathook {

namespace {

const std::string lead =
    R"({"eventType":"leads.submit","chatbotId":"bot-1","payload":{"conversationId":"c-1",)"
    R"("customerEmail":"visitor@example.com"}})";

std::optional<Reply> admit(test::House& house, test::TestRequest request, http::Incoming incoming) {
    return house.ingest->admit(request.view(), incoming);
}

}  // namespace

TEST_CASE("a signed webhook is answered as its vendor wants and stands in the journal", "[ingest]") {
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

TEST_CASE("a secret of one source opens no other", "[ingest]") {
    test::House house;
    auto request = test::signed_request("chatbase", "/webhooks/lynn", lead);
    CHECK(house.post(request).status == 401);
    CHECK(house.events().empty());
}

TEST_CASE("the same signed webhook again is answered as accepted and kept once", "[ingest]") {
    test::House house;
    const auto request = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    CHECK(house.post(request).status == 200);
    const Reply again = house.post(request);
    CHECK(again.status == 200);
    CHECK(again.body == "OK");
    CHECK(house.events().size() == 1);
    CHECK(house.metrics->text().find(R"(chathook_duplicates_total{source="leads"} 1)") != std::string::npos);
}

TEST_CASE("an event goes to the union of the sinks of all routes that match", "[ingest]") {
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

TEST_CASE("what the head alone condemns is refused before its body is read", "[ingest]") {
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

TEST_CASE("who waits for a 100 is refused at once when no signature comes, or two do", "[ingest]") {
    test::House house;
    const http::Incoming waiting{.content_length = 10, .chunked = false, .waits_for_continue = true};
    const auto status = [&](std::vector<std::pair<std::string, std::string>> headers) {
        const auto reply = admit(house, {"POST", "/webhooks/lynn", "", std::move(headers), {}}, waiting);
        return reply ? reply->status : 0;
    };
    CHECK(status({}) == 401);
    CHECK(status({{"X-Lynn-Hmac-Sha256", ""}}) == 401);
    CHECK(status({{"X-Lynn-Hmac-Sha256", "00"}, {"x-lynn-hmac-sha256", "00"}}) == 401);
    CHECK(status({{"X-Lynn-Hmac-Sha256", "00"}}) == 0);  // right or wrong: the body will tell
}

TEST_CASE("a body of exactly the limit, of length zero, or in chunks is let in", "[ingest]") {
    test::House house;
    for (const http::Incoming incoming : {http::Incoming{1024, false}, {0, false}, {std::nullopt, true}}) {
        CHECK_FALSE(admit(house, {"POST", "/webhooks/lynn", "", {}, {}}, incoming).has_value());
    }
}

TEST_CASE("a body in the identity coding is as sent, however the word is written", "[ingest]") {
    test::House house;
    const http::Incoming small{.content_length = 10, .chunked = false};
    const auto status = [&](const char* coding) {
        const auto reply =
            admit(house, {"POST", "/webhooks/lynn", "", {{"Content-Encoding", coding}}, {}}, small);
        return reply ? reply->status : 0;
    };
    for (const char* coding : {"identity", "Identity", "IDENTITY", ""}) CHECK(status(coding) == 0);
    for (const char* coding : {"gzip", "identity, gzip", "identity2", "identit",
                               "\xe9"
                               "dentity"}) {
        CHECK(status(coding) == 415);
    }
}

TEST_CASE("an accepted body that holds a key twice is counted, once for each event", "[ingest]") {
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
    CHECK(events[0].event->json.find(R"("ambiguous_keys":["/conversationId"])") != std::string::npos);
    CHECK(events[0].event->json.find(R"("subject":"c-2")") != std::string::npos);
    CHECK(events[0].event->original() == twice);
    CHECK(events[1].event->json.find("ambiguous_keys") == std::string::npos);
}

TEST_CASE("how far clocks are apart is known of rightly signed times only, accepted or not", "[ingest]") {
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

TEST_CASE("a reload swaps the secrets of all sources at once", "[ingest]") {
    test::House house;
    constexpr std::string_view fresh = "another-secret-of-32-bytes-here!";
    const auto old = test::signed_request("chatbase", "/webhooks/chatbase", lead);
    const auto renewed = test::signed_request("chatbase", "/webhooks/chatbase", lead, fresh);
    CHECK(house.post(renewed).status == 400);
    house.ingest->reload(test::make_test_routing(*house.metrics, fresh));
    CHECK(house.post(renewed).status == 200);
    CHECK(house.post(old).status == 400);
}

TEST_CASE("a client that forges on and on is told to wait; with the right signature it never is",
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

TEST_CASE("when the journal has stopped, a signed webhook is told to come again", "[ingest]") {
    test::House house;
    house.journal->stop();
    const Reply reply = house.post(test::signed_request("chatbase", "/webhooks/chatbase", lead));
    CHECK(reply.status == 503);
    CHECK(reply.retry_after > std::chrono::seconds(0));
    CHECK(house.metrics->text().find(R"(outcome="unavailable",source="leads"} 1)") != std::string::npos);
}

}  // namespace chathook
