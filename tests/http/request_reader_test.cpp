// The reader alone: what it reads, and what it reports as refused.
#include "http/request_reader.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

#include "http/lone_connection.hpp"
#include "http/running_server.hpp"

using namespace chathook;
using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

namespace {

// A reader whose session is the test.
struct Reading : LoneConnection {
    explicit Reading(Limits limits = {}) : LoneConnection(limits), reader(connection) {
        connection.belong_to(whole);
    }
    std::shared_ptr<int> whole = std::make_shared<int>();
    RequestReader reader;
};

bool refuses(const RequestReader& reader, std::string_view reason) {
    return reader.refusal() && reader.refusal()->reason == reason;
}

}  // namespace

TEST_CASE("a complete request is read at once, and the pipelined one behind it is seen") {
    Reading lone;
    RequestReader& reader = lone.reader;
    lone.say(post("first") + post("second"));
    for (const std::string body : {"first", "second"}) {
        CHECK(lone.wait(reader.receive_head()));
        Request request = reader.begin_request();
        CHECK(request.method == "POST");
        CHECK(request.path == "/echo");
        CHECK(request.client == "unix");
        CHECK(reader.body_has_come(request));
        CHECK(request.body == body);
        CHECK(reader.more_has_come() == (body == "first"));
        reader.done();
    }
    CHECK(lone.connection.requests() == 2);
    CHECK(lone.heard().empty());
}

TEST_CASE("a long body has its own memory, which is given back, or handed over once it is verified") {
    Reading lone;
    RequestReader& reader = lone.reader;
    const std::string body(100'000, 'b');
    for (const std::string& bytes : {post(body), chunked("186a0\r\n" + body + "\r\n0\r\n\r\n")}) {
        lone.say(bytes);
        CHECK(lone.wait(reader.receive_head()));
        Request request = reader.begin_request();
        CHECK_FALSE(reader.body_has_come(request));
        CHECK(lone.wait(reader.receive_body(request)));
        CHECK(request.body == body);
        CHECK(lone.shared.bodies.held() >= body.size());
        CHECK(request.hold->hand_over() == body);
        reader.give_back();
        CHECK(lone.shared.bodies.held() == 0);
        reader.done();
    }
}

TEST_CASE("a client that expects a 100 gets it, and an unwanted body is skipped") {
    Reading lone;
    RequestReader& reader = lone.reader;
    lone.say("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(lone.wait(reader.receive_head()));
    CHECK_FALSE(reader.skip_body());
    Request request = reader.begin_request();
    lone.meanwhile([&] {
        CHECK(lone.heard() == "HTTP/1.1 100 Continue\r\n\r\n");
        lone.say("hi" + post("unwanted") + post("wanted"));
    });
    CHECK(lone.wait(reader.receive_body(request)));
    CHECK(request.body == "hi");
    reader.done();
    CHECK(lone.wait(reader.receive_head()));
    CHECK(reader.skip_body());
    reader.done();
    CHECK(lone.wait(reader.receive_head()));
    Request last = reader.begin_request();
    CHECK(reader.body_has_come(last));
    CHECK(last.body == "wanted");
}

TEST_CASE("a refusal is reported and nothing is written") {
    const auto check_refused = [](const std::string& bytes, std::string_view reason, unsigned status) {
        INFO(reason);
        Limits limits;
        limits.body = 100;
        limits.header_timeout = limits.body_timeout = 1ms;
        Reading lone(limits);
        lone.connection.set_deadline(limits.header_timeout);
        lone.say(bytes);
        const bool head = lone.wait(lone.reader.receive_head());
        if (head) {
            Request request = lone.reader.begin_request();
            CHECK_FALSE(lone.reader.body_has_come(request));
            CHECK_FALSE(lone.wait(lone.reader.receive_body(request)));
            CHECK(request.body.empty());
        }
        CHECK(refuses(lone.reader, reason));
        CHECK(lone.reader.refusal()->status == status);
        CHECK(lone.heard().empty());
    };
    check_refused("POST /", "header_timeout", 408);
    check_refused("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "body_too_large", 413);
    check_refused("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf", "body_timeout", 408);
    check_refused(chunked("x\r\n"), "bad_chunk", 400);
    check_refused(chunked("65\r\n" + std::string(101, 'x')), "body_too_large", 413);
}

TEST_CASE("a client that leaves between two requests or within one is not a refusal") {
    for (const std::string& bytes : {std::string(), std::string("POST /")}) {
        Reading lone;
        lone.say(bytes);
        lone.hang_up();
        CHECK_FALSE(lone.wait(lone.reader.receive_head()));
        CHECK_FALSE(lone.reader.refusal());
        CHECK(lone.connection.idle() == bytes.empty());
    }
}
