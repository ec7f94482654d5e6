// Sessions over real sockets: what a client sees, byte for byte.
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "http/running_server.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

TEST_CASE("a request is answered, and the connection serves the next one") {
    Running running;
    RawClient client = running.client();
    const Answer first = client.ask(post("hello"));
    CHECK(first.status == 200);
    CHECK(first.body == "hello");
    CHECK(first.has("Content-Type: text/plain\r\n"));
    CHECK(first.has("\r\nDate: "));
    CHECK(first.has("\r\nConnection: keep-alive\r\nKeep-Alive: timeout=148\r\n"));
    CHECK(client.ask(post("")).body.empty());
    CHECK(client.ask(chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")).body == "abcde");
    CHECK(client.ask(get("/echo")).status == 200);
    CHECK(running.handler.take_refusals().empty());
}

TEST_CASE("a hundred pipelined requests are answered in order") {
    Running running;
    RawClient client = running.client();
    std::string all;
    for (int i = 0; i < 100; ++i) {
        const std::string body = "request " + std::to_string(i);
        all += i % 3 == 0 ? chunked("a\r\n" + (body + "   ").substr(0, 10) + "\r\n0\r\n\r\n") : post(body);
    }
    client.send(all);
    for (int i = 0; i < 100; ++i) {
        const std::string body = "request " + std::to_string(i);
        CHECK(client.read_answer().body == (i % 3 == 0 ? (body + "   ").substr(0, 10) : body));
    }
}

TEST_CASE("a request is read the same wherever the network splits it") {
    Running running;
    RawClient client = running.client();
    for (const std::string& bytes : {post("body"), chunked("4\r\nbody\r\n0\r\n\r\n")}) {
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            client.send(std::string_view(bytes).substr(0, cut));
            client.send(std::string_view(bytes).substr(cut));
            CHECK(client.read_answer().body == "body");
        }
    }
}

TEST_CASE("bodies of every size arrive as they were sent, and so do the requests behind them") {
    Running running;
    RawClient client = running.client();
    for (const std::size_t size :
         {1u, 100u, 8000u, 8100u, 8191u, 8192u, 8193u, 20'000u, 65'536u, 300'000u, 1048576u}) {
        std::string body(size, 'a');
        for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7 + i / 251);
        client.send(post(body) + post("next"));
        CHECK((client.read_answer().body == body));
        CHECK(client.read_answer().body == "next");
        std::string framed;
        for (std::size_t at = 0; at < size; at += 4096) {
            const std::string piece = body.substr(at, 4096);
            char digits[16];
            std::snprintf(digits, sizeof digits, "%zx\r\n", piece.size());
            framed += digits + piece + "\r\n";
        }
        client.send(chunked(framed + "0\r\n\r\n") + post("next"));
        CHECK((client.read_answer().body == body));
        CHECK(client.read_answer().body == "next");
    }
    CHECK(running.server.inflight_bytes() == 0);
}

TEST_CASE("a client that writes a request in small pieces does not wait for delayed acknowledgements") {
    Running running;
    RawClient client = running.client();
    client.gather_small_pieces();
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    const std::vector<std::vector<std::string>> requests = {
        {head + "Content-Length: 5\r\n\r\n", "hello"},
        {head, "Content-Length: 5\r\n\r\nhello"},
        {head + "Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n"},
    };
    // Linux delays an acknowledgement by at least 40 ms.
    constexpr auto delayed = 38ms;
    for (const auto& pieces : requests) {
        int late = 0;
        for (int i = 0; i < 20; ++i) {
            const auto start = std::chrono::steady_clock::now();
            for (const std::string& piece : pieces) client.send(piece);
            REQUIRE(client.read_answer().body == "hello");
            late += std::chrono::steady_clock::now() - start >= delayed ? 1 : 0;
        }
        INFO(pieces.front());
        CHECK(late < 10);
    }
}

TEST_CASE("one CRLF behind a body is skipped before the next request, and a second one is refused") {
    Running running;
    const std::string empty_line = "\r\n";
    RawClient together = running.client();
    together.send(post("1") + empty_line + post("2") + empty_line);
    CHECK(together.read_answer().body == "1");
    CHECK(together.read_answer().body == "2");
    RawClient apart = running.client();
    CHECK(apart.ask(post("1")).body == "1");
    apart.send("\r");
    apart.send("\n" + post("2").substr(0, 1));
    apart.send(post("2").substr(1));
    CHECK(apart.read_answer().body == "2");

    for (const std::string& refused : {post("1") + empty_line + empty_line, post("1") + "\r" + post("2"),
                                       post("1") + "\n" + post("2"), empty_line + post("2")}) {
        RawClient client = running.client();
        client.send(refused);
        Answer last;
        for (Answer answer = client.read_answer(); answer.status != 0; answer = client.read_answer())
            last = answer;
        CHECK(last.status == 400);
    }
}

TEST_CASE("a CRLF behind the last body is not a request: the connection idles and ends without an answer") {
    Limits limits;
    limits.idle_timeout = 100ms;
    limits.header_timeout = 50ms;
    Running running(limits);
    for (const char* behind : {"\r\n", "\r"}) {
        RawClient client = running.client();
        CHECK(client.ask(post("1")).body == "1");
        client.send(behind);
        CHECK(client.read_to_end().empty());
    }
    CHECK(running.handler.take_refusals().empty());
}

TEST_CASE("a connection closes when the client or the handler asks for it") {
    Running running;
    const Answer by_client = running.client().ask(post("a", "Connection: close\r\n"));
    CHECK(by_client.has("Connection: close\r\n"));
    RawClient client = running.client();
    const Answer by_handler = client.ask(post("a", "", "/close"));
    CHECK(by_handler.has("Connection: close\r\n"));
    CHECK(client.read_to_end().empty());
}

TEST_CASE("HTTP/1.0 is served, and persists only when asked to") {
    Running running;
    RawClient client = running.client();
    const Answer kept =
        client.ask("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
    CHECK(kept.body == "hi");
    CHECK(kept.has("Connection: keep-alive\r\n"));
    CHECK(client.ask("POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nho").has("Connection: close\r\n"));
    CHECK(client.read_to_end().empty());
}

TEST_CASE("HEAD and 204 get no body") {
    Running running;
    RawClient client = running.client();
    client.send("HEAD /client HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read_answer(true).has("Content-Length: 9\r\n"));
    CHECK_FALSE(client.ask(post("abc", "", "/nothing")).has("Content-Length"));
    CHECK(client.ask(post("abc")).body == "abc");
}

TEST_CASE("a 405 of the gate names the allowed method") {
    Running running;
    const Answer answer = running.client().ask("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(answer.status == 405);
    CHECK(answer.has("Allow: POST\r\n"));
}

TEST_CASE("a client that leaves in the middle of a request gets no answer") {
    Running running;
    for (const std::string& begin :
         {std::string("POST /ec"),
          std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"), chunked("5\r\nab")}) {
        RawClient client = running.client();
        client.send(begin);
        client.end_sending();
        CHECK(client.read_to_end().empty());
    }
    CHECK(eventually([&] { return running.server.connections() == 0; }));
    CHECK(running.server.inflight_bytes() == 0);
    CHECK(running.handler.handled == 0);
}

TEST_CASE("an exception of the handler is answered 500 and closes the connection") {
    Running running;
    RawClient client = running.client();
    const Answer answer = client.ask(get("/throw"));
    CHECK(answer.status == 500);
    CHECK(answer.body == "{\"error\":\"handler_failed\"}");
    CHECK(client.read_to_end().empty());
}

TEST_CASE("the handler learns the client's address from a trusted proxy") {
    Running running;
    RawClient client = running.client();
    CHECK(client.ask(get("/client")).body == "127.0.0.1");
    CHECK(client.ask(get("/client", "X-Forwarded-For: 198.51.100.9, 192.0.2.7\r\n")).body == "192.0.2.7");
    CHECK(client.ask(get("/client")).body == "127.0.0.1");
    CHECK(client.ask(get("/client", "X-Forwarded-For: 192.0.2.7\r\nTransfer-Encoding: chunked\r\n")).status ==
          400);
    CHECK(running.handler.take_refusals().size() == 1);
}
