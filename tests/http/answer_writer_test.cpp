// The writer alone: the bytes of complete answers, refusals and streams.
#include "http/answer_writer.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <semaphore>
#include <string>
#include <thread>

#include "http/lone_connection.hpp"

using namespace chathook;
using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::EndsWith;

namespace {

struct Writing : LoneConnection {
    explicit Writing(Limits limits = {}) : LoneConnection(limits), writer(connection) {
        connection.belong_to(whole);
        asked.method = "POST";
    }
    std::shared_ptr<int> whole = std::make_shared<int>();
    Head asked;
    AnswerWriter writer;
};

Reply text(std::string body) {
    Reply reply;
    reply.body = std::move(body);
    return reply;
}

}  // namespace

TEST_CASE("an answer is a head and a body, and for HEAD the head alone") {
    Writing lone;
    CHECK(lone.writer.answer_at_once(text("hello"), lone.asked, false));
    CHECK_THAT(lone.heard(), Contains("Content-Length: 5\r\n") && EndsWith("\r\n\r\nhello"));
    const Reply longer = text(std::string(10'000, 'x'));
    CHECK(lone.writer.answer_at_once(longer, lone.asked, true));
    CHECK_THAT(lone.heard(), Contains("Connection: close\r\n") && EndsWith("\r\n\r\n" + longer.body));
    lone.asked.method = "HEAD";
    CHECK(lone.writer.answer_at_once(text("hello"), lone.asked, false));
    CHECK_THAT(lone.heard(), Contains("Content-Length: 5\r\n") && EndsWith("\r\n\r\n"));
}

TEST_CASE("the part of an answer that the kernel does not take at once is sent as the client reads") {
    Writing lone;
    const Reply reply = text(std::string(4u << 20, 'x'));
    REQUIRE_FALSE(lone.writer.answer_at_once(reply, lone.asked, false));
    std::string heard;
    std::thread reader([&] {
        while (heard.size() < reply.body.size() || !heard.ends_with(reply.body)) heard += lone.heard();
    });
    CHECK(lone.wait(lone.writer.finish()));
    reader.join();
    CHECK(heard.size() < reply.body.size() + 1000);
}

TEST_CASE("a refusal names its reason and is the connection's last answer") {
    Writing lone;
    CHECK(lone.wait(lone.writer.refuse({405, "method_not_allowed"}, lone.asked)));
    CHECK_THAT(lone.heard(), Contains("HTTP/1.1 405 ") && Contains("Allow: POST\r\n") &&
                                 Contains("Connection: close\r\n") && Contains("method_not_allowed"));
    CHECK(lone.wait(lone.writer.refuse({503, "too_much_in_flight"}, lone.asked)));
    CHECK_THAT(lone.heard(), Contains("Retry-After: 1\r\n"));
    lone.asked.method = "HEAD";
    CHECK(lone.wait(lone.writer.refuse({400, "bad_field"}, lone.asked)));
    CHECK_THAT(lone.heard(), EndsWith("\r\n\r\n"));
}

TEST_CASE("a stream is sent to its end unless its client leaves") {
    std::counting_semaphore<> gone{0};
    Writing lone;
    Reply reply;
    reply.stream = std::make_shared<Pieces>(2, false, gone);
    CHECK(lone.wait(lone.writer.stream(reply, lone.asked)));
    CHECK_THAT(lone.heard(), EndsWith("8\r\npiece 0\n\r\n8\r\npiece 1\n\r\n0\r\n\r\n"));
    reply.stream = std::make_shared<Pieces>(0, true, gone);
    lone.meanwhile([&] { lone.hang_up(); });
    CHECK_FALSE(lone.wait(lone.writer.stream(reply, lone.asked)));
}

TEST_CASE("a stop ends a stream with its last chunk") {
    std::counting_semaphore<> gone{0};
    Writing lone;
    Reply reply;
    reply.stream = std::make_shared<Pieces>(0, true, gone);
    lone.meanwhile([&] {
        lone.shared.stopping = true;
        lone.writer.end_stream();
    });
    CHECK(lone.wait(lone.writer.stream(reply, lone.asked)));
    CHECK_THAT(lone.heard(), EndsWith("\r\n\r\n0\r\n\r\n"));
}
