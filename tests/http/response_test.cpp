#include "http/response.hpp"

#include "http/limits.hpp"

#include <catch2/catch.hpp>

using namespace chathook;
using namespace chathook::http;
using namespace std::chrono_literals;

namespace {

std::string head_of(const Reply& reply, const Framing& framing) {
    std::string out;
    append_head(out, reply, framing, "Sun, 06 Nov 1994 08:49:37 GMT");
    return out;
}

}  // namespace

TEST_CASE("an answer names its status, date, type and length") {
    Reply reply;
    Framing framing;
    framing.body_bytes = 20;
    CHECK(head_of(reply, framing) ==
          "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
          "Content-Length: 20\r\n\r\n");
}

TEST_CASE("an answer has Allow, Retry-After and Connection: close when they apply") {
    Reply reply;
    reply.status = 405;
    reply.content_type = "";
    reply.allow = "POST";
    reply.retry_after = 3s;
    Framing framing;
    framing.close = true;
    CHECK(head_of(reply, framing) ==
          "HTTP/1.1 405 Method Not Allowed\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n"
          "Allow: POST\r\nRetry-After: 3\r\nConnection: close\r\n\r\n");
}

TEST_CASE(
    "an answer on a persistent connection has Keep-Alive with the timeout, named in Connection as "
    "hop-by-hop") {
    Framing framing;
    framing.idle_timeout = 148s;
    CHECK(head_of({}, framing).find("\r\nConnection: keep-alive\r\nKeep-Alive: timeout=148\r\n\r\n") !=
          std::string::npos);
    framing.close = true;
    const std::string last = head_of({}, framing);
    CHECK(last.find("\r\nConnection: close\r\n\r\n") != std::string::npos);
    CHECK(last.find("Keep-Alive") == std::string::npos);
}

TEST_CASE("the announced timeout is idle_timeout less two seconds, and 0 if nothing is left") {
    CHECK(announced_idle(150s) == 148s);
    CHECK(announced_idle(75'900ms) == 73s);
    CHECK(announced_idle(3s) == 1s);
    CHECK(announced_idle(2'999ms) == 0s);
    CHECK(announced_idle(50ms) == 0s);
}

TEST_CASE("an answer has the additional fields of its Reply") {
    static constexpr Field fields[] = {{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-cache"}};
    Reply reply;
    reply.fields = fields;
    CHECK(head_of(reply, {}).find("Content-Length: 0\r\nX-Content-Type-Options: nosniff\r\n"
                                  "Cache-Control: no-cache\r\n\r\n") != std::string::npos);
}

TEST_CASE("an answer without a body has neither length nor type") {
    Reply reply;
    reply.status = 204;
    CHECK(head_of(reply, {}) == "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
}

TEST_CASE("control characters never get into an answer's header") {
    Reply reply;
    reply.content_type = "text/plain\r\nSet-Cookie: a=b\x7f";
    const std::string head = head_of(reply, {});
    CHECK(head.find("Content-Type: text/plain  Set-Cookie: a=b \r\n") != std::string::npos);
}

TEST_CASE("the Date header changes every second, and is in English and GMT") {
    DateText date;
    const Instant first{784111777s};
    CHECK(date.at(first) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(date.at(first + 999ms) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(date.at(first + 1s) == "Sun, 06 Nov 1994 08:49:38 GMT");
    CHECK(date.at(Instant{951782400s}) == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(date.at(Instant{1893456000s}) == "Tue, 01 Jan 2030 00:00:00 GMT");
}

TEST_CASE("a chunk begins with its size in hexadecimal digits") {
    CHECK(chunk_head(1) == "1\r\n");
    CHECK(chunk_head(255) == "ff\r\n");
    CHECK(chunk_head(65536) == "10000\r\n");
}
