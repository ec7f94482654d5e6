#include "http/gate.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "http/gate_cases.hpp"

using namespace chathook;
using namespace chathook::http;
using namespace chathook::http::test;

TEST_CASE("the number of fields and bytes in a head is limited") {
    GateLimits limits;
    limits.fields = 3;
    limits.field_bytes = 20;
    limits.head_bytes = 100;
    Head head;
    const auto reason = [&](const std::string& bytes) {
        const Result result = pass(bytes, head, limits);
        return result.refusal
                   ? std::to_string(result.refusal->status) + " " + std::string(result.refusal->reason)
                   : std::string(result.complete ? "passes" : "goes on");
    };
    CHECK(reason(lines({"GET / HTTP/1.1", "Host: a", "B: c", "D: e"})) == "passes");
    CHECK(reason(lines({"GET / HTTP/1.1", "Host: a", "B: c", "D: e", "F: g"})) == "431 too_many_fields");
    CHECK(reason(lines({"GET / HTTP/1.1", "Host: a", "B: " + std::string(17, 'c')})) == "passes");
    CHECK(reason(lines({"GET / HTTP/1.1", "Host: a", "B: " + std::string(18, 'c')})) == "431 field_too_long");

    const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\n";
    const auto sized = [&](std::size_t bytes) {
        return begin + "B: " + std::string(bytes - begin.size() - 7, 'c') + "\r\n\r\n";
    };
    limits.field_bytes = 100;
    CHECK(sized(100).size() == 100);
    CHECK(reason(sized(100)) == "passes");
    CHECK(reason(sized(101)) == "431 head_too_large");
    CHECK(reason(sized(100).substr(0, 97)) == "goes on");
    CHECK(reason(begin + "B: " + std::string(73, 'c')) == "431 head_too_large");
}

TEST_CASE("an accepted head has everything that the handler needs") {
    Head head;
    const std::string bytes =
        post({"content-length: 12", "X-A:  b c ", "Connection: close", "Expect: 100-Continue"}) +
        "trailing bytes of the body";
    REQUIRE(pass(bytes, head).complete);
    CHECK(head.method == "POST");
    CHECK(head.path == "/hook");
    CHECK(head.query.empty());
    CHECK(head.version == 11);
    REQUIRE(head.fields.size() == 5);
    CHECK(head.fields[1].name == "content-length");
    CHECK(head.fields[2].value == "b c");
    CHECK(head.content_length == 12u);
    CHECK_FALSE(head.chunked);
    CHECK_FALSE(head.keep_alive);
    CHECK(head.expect_continue);

    // Nothing remains of the previous request.
    const std::string next = lines({"GET /a/b?c=d?e HTTP/1.1", "Host: a"});
    REQUIRE_FALSE(pass(next, head).refusal);
    CHECK(head.path == "/a/b");
    CHECK(head.query == "c=d?e");
    CHECK(head.fields.size() == 1);
    CHECK_FALSE(head.content_length);
    CHECK_FALSE(head.expect_continue);
    CHECK(head.keep_alive);

    REQUIRE_FALSE(pass(post({"Transfer-Encoding: chunked"}), head).refusal);
    CHECK(head.chunked);
    CHECK(head.has_body());
}

TEST_CASE("HTTP/1.1 connections persist unless closed, HTTP/1.0 connections when asked to") {
    const auto keeps = [](std::string version, std::string connection) {
        Head head;
        std::vector<std::string> fields;
        std::string bytes = "GET / HTTP/" + version + "\r\nHost: a\r\n";
        if (!connection.empty()) bytes += "Connection: " + connection + "\r\n";
        REQUIRE_FALSE(pass(bytes + "\r\n", head).refusal);
        return head.keep_alive;
    };
    CHECK(keeps("1.1", ""));
    CHECK(keeps("1.1", "keep-alive"));
    CHECK(keeps("1.1", "upgrade"));
    CHECK_FALSE(keeps("1.1", "close"));
    CHECK_FALSE(keeps("1.1", "Upgrade , CLOSE"));
    CHECK_FALSE(keeps("1.0", ""));
    CHECK(keeps("1.0", "Keep-Alive"));
    CHECK_FALSE(keeps("1.0", "keep-alive, close"));
}

TEST_CASE("an Expect from an HTTP/1.0 client, or without a body, is ignored") {
    Head head;
    REQUIRE_FALSE(
        pass(lines({"POST / HTTP/1.0", "Content-Length: 5", "Expect: 100-continue"}), head).refusal);
    CHECK_FALSE(head.expect_continue);
    REQUIRE_FALSE(pass(post({"Content-Length: 0", "Expect: 100-continue"}), head).refusal);
    CHECK_FALSE(head.expect_continue);
}

TEST_CASE("the end of a head is found wherever the network splits it") {
    const std::string bytes = post({"Content-Length: 3"}) + "abc";
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        HeadProgress progress;
        REQUIRE_FALSE(find_head_end(std::string_view(bytes).substr(0, cut), {}, progress));
        CHECK((progress.size != 0) == (cut >= bytes.size() - 3));
        if (progress.size == 0) REQUIRE_FALSE(find_head_end(bytes, {}, progress));
        CHECK(progress.size == bytes.size() - 3);
    }
}
