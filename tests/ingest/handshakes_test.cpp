// Handshakes and what a source expects, through the whole intake.
#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/hotel.hpp"
#include "ingest/kept_request.hpp"

namespace chathook {

namespace {

using test::Hotel;
using test::word;

const std::string right =
    "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%20word%20of+our+own";
const std::string wrong =
    "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%20word%20of+your+own";

}  // namespace

TEST_CASE("a GET with the right verify_token gets its challenge and makes no event", "[ingest]") {
    Hotel hotel;
    const Reply reply = hotel.get(right);
    CHECK(reply.status == 200);
    CHECK(reply.body == "1158201444");
    CHECK(reply.content_type == "text/plain; charset=utf-8");
    CHECK(hotel.events().empty());
    CHECK(hotel.counted(R"(chathook_requests_total{outcome="handshake",source="meta"} 1)"));
}

TEST_CASE("a GET with another verify_token is answered 403 with the vendor's refusal, and recorded",
          "[ingest]") {
    Hotel hotel(word, {}, true);
    for (const std::string& query :
         {wrong, std::string(), std::string("hub.mode=subscribe&hub.challenge=1")}) {
        const Reply reply = hotel.get(query);
        CHECK(reply.status == 403);
        CHECK(reply.body == R"({"error":"no"})");
    }
    CHECK(hotel.counted(R"(chathook_rejections_total{reason="handshake_refused",source="meta"} 3)"));
    CHECK(hotel.events().empty());
    hotel.journal->record_rejections_within(std::chrono::seconds(10));
    const auto rejections = hotel.journal->open_reader()->rejections({}).value().rows;
    REQUIRE(rejections.size() == 3);
    CHECK(rejections[0].rejection.reason == "handshake_refused");
    CHECK(rejections[0].rejection.status == 403);
    CHECK_FALSE(rejections[0].raw_kept);  // the query may hold the verify_token
}

TEST_CASE("GETs with a wrong verify_token are limited like failed verifications", "[ingest]") {
    Hotel hotel(word, {}, false, {2, 1});
    CHECK(hotel.get(wrong).status == 403);
    CHECK(hotel.get(wrong).status == 403);
    CHECK(hotel.get(wrong).status == 429);
    CHECK(hotel.get(right).status == 200);
}

TEST_CASE("methods other than POST and the handshake's GET are answered 405", "[ingest]") {
    Hotel hotel;
    for (const char* method : {"HEAD", "PUT", "get", "DELETE", "OPTIONS"}) {
        CAPTURE(method);
        const Reply reply = hotel.get(right, "/meta", method);
        CHECK(reply.status == 405);
        CHECK(reply.allow == "GET, POST");
    }
    CHECK(hotel.get(right, "/slack").status == 405);
    CHECK(hotel.get(right, "/slack").allow == "POST");
    Hotel without("");
    CHECK(without.get(right).status == 405);
    CHECK(without.get(right).allow == "POST");
}

TEST_CASE("a GET with a body is refused before it is read", "[ingest]") {
    Hotel hotel;
    test::TestRequest request;
    request.method = "GET";
    request.path = "/meta";
    Request view = request.view();
    view.query = right;
    CHECK(hotel.admit(view, {.content_length = 1})->status == 413);
    CHECK(hotel.admit(view, {.chunked = true})->status == 413);
    CHECK_FALSE(hotel.admit(view, {.content_length = 0}));
    CHECK_FALSE(hotel.admit(view, {}));
}

TEST_CASE("a signed challenge is echoed and makes no event, and an unsigned one is refused", "[ingest]") {
    Hotel hotel;
    const std::string body = R"({"type":"url_verification","challenge":"3eZbrw1aBm2r"})";
    const Reply reply = hotel.post_slack(body);
    CHECK(reply.status == 200);
    CHECK(reply.body == "3eZbrw1aBm2r");
    CHECK(reply.content_type == "text/plain; charset=utf-8");
    auto forged = hotel.signed_by(*hotel.slack_file, body);
    forged.body.replace(forged.body.find("3eZ"), 3, "abc");
    const Reply refused = hotel.post(forged);
    CHECK(refused.status == 401);
    CHECK(refused.body == R"({"error":"invalid signature"})");
    CHECK(hotel.events().empty());
    CHECK(hotel.counted(R"(chathook_requests_total{outcome="handshake",source="slack"} 1)"));
}

TEST_CASE("a challenge that must not be echoed is refused like a wrong signature", "[ingest]") {
    Hotel hotel;
    const Reply reply =
        hotel.post_slack(R"({"type":"url_verification","challenge":"<script> alert(1) </script>"})");
    CHECK(reply.status == 401);
    CHECK(reply.body == R"({"error":"invalid signature"})");
    CHECK(hotel.counted(R"(chathook_rejections_total{reason="handshake_refused",source="slack"} 1)"));
    CHECK(hotel.events().empty());
}

TEST_CASE("a ping gets the usual answer, and everything else is an event", "[ingest]") {
    Hotel hotel;
    CHECK(hotel.post_slack(R"({"type":"ping"})").body == R"({"status":"success"})");
    CHECK(hotel.events().empty());
    CHECK(hotel.post_slack(R"({"type":"event_callback"})").body == R"({"status":"success"})");
    CHECK(hotel.events().size() == 1);
}

TEST_CASE("a header that somebody adds to a genuine request does not make its event a handshake",
          "[ingest]") {
    Hotel hotel;
    auto event = hotel.signed_by(*hotel.slack_file, R"({"type":"message","text":"hello"})");
    event.headers.emplace_back("X-Challenge", "random");
    CHECK(hotel.post(event).body == R"({"status":"success"})");
    CHECK(hotel.events().size() == 1);
    auto sync = hotel.signed_by(*hotel.slack_file, R"({"type":"sync"})");
    sync.headers.emplace_back("X-Challenge", "random");
    const Reply reply = hotel.post(sync);
    CHECK(reply.body == R"({"challenge":"random"})");
    CHECK(reply.content_type == "application/json");
    CHECK(hotel.events().size() == 1);
}

TEST_CASE("a long handshake is answered like a short one", "[ingest]") {
    Hotel hotel;
    const std::string long_text(900, 'x');
    const Reply reply =
        hotel.post_slack(R"({"type":"url_verification","challenge":"abc","more":")" + long_text + "\"}");
    CHECK(reply.body == "abc");
    CHECK(hotel.events().empty());
}

TEST_CASE("a request for another account is refused with the answer to a wrong signature", "[ingest]") {
    Hotel hotel(word, {{"/account", "17"}});
    CHECK(hotel.post_slack(R"({"type":"message","account":17})").status == 200);
    CHECK(hotel.events().size() == 1);
    const Reply other = hotel.post_slack(R"({"type":"message","account":18})");
    auto forged = hotel.signed_by(*hotel.slack_file, R"({"type":"message","account":17})");
    forged.headers.back().second = "v0=" + std::string(64, '0');
    const Reply wrong_signature = hotel.post(forged);
    CHECK(other.status == wrong_signature.status);
    CHECK(other.body == wrong_signature.body);
    CHECK(other.content_type == wrong_signature.content_type);
    CHECK(hotel.counted(R"(chathook_rejections_total{reason="unexpected_account",source="slack"} 1)"));
    CHECK(hotel.post_slack(R"({"type":"url_verification","challenge":"abc","account":18})").status == 401);
    CHECK(hotel.events().size() == 1);
}

TEST_CASE("a handshake that was refused is not taken again, and an event is", "[ingest]") {
    Hotel hotel;
    const auto kept = [&](const std::string& body) {
        auto request = hotel.signed_by(*hotel.slack_file, body);
        const Request view = request.view();
        journal::Rejection rejection;
        rejection.received = view.received;
        rejection.source = "slack";
        rejection.client = "203.0.113.9";
        rejection.raw = *ingest::keep_request(view);
        return rejection;
    };
    const auto handshake = kept(R"({"type":"url_verification","challenge":"abc"})");
    CHECK(test::await(hotel.ingest->retake(handshake)).error() == Errc::handshake_refused);
    CHECK(hotel.events().empty());
    const auto event = kept(R"({"type":"message"})");
    CHECK(test::await(hotel.ingest->retake(event)).has_value());
    CHECK(hotel.events().size() == 1);
}

TEST_CASE("no answer of the daemon proves a request", "[ingest]") {
    Hotel hotel;
    const std::string body = R"({"type":"message"})";
    const std::vector<std::string> answers{
        hotel.get(right).body,
        hotel.get(wrong).body,
        hotel.post_slack(R"({"type":"url_verification","challenge":"3eZbrw1aBm2r"})").body,
        hotel.post_slack(R"({"type":"ping"})").body,
    };
    for (const std::string& answer : answers) {
        CAPTURE(answer);
        for (const std::string prefix : {"", "v0=", "sha256="}) {
            test::TestRequest request;
            request.path = "/slack";
            request.body = body;
            request.headers = {{"X-Slack-Signature", prefix + answer},
                               {"X-Hub-Signature-256", prefix + answer}};
            CHECK(hotel.post(request).status == 401);
            request.path = "/meta";
            CHECK(hotel.post(request).status == 401);
        }
        if (answer.find_first_of("{\" ") == answer.npos) {
            const std::string query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=" + answer;
            CHECK(hotel.get(query).status == 403);
        }
    }
    CHECK(hotel.events().empty());
}

}  // namespace chathook
