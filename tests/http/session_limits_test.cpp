// What a session refuses, and how its limits apply, over real sockets.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "http/running_server.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

TEST_CASE("a connection serves requests_per_connection requests and no more") {
    Limits limits;
    limits.requests_per_connection = 3;
    Running running(limits);
    RawClient client = running.client();
    client.send(post("1") + post("2") + post("3") + post("4"));
    CHECK_FALSE(client.read_answer().has("Connection: close"));
    CHECK_FALSE(client.read_answer().has("Connection: close"));
    CHECK(client.read_answer().has("Connection: close\r\n"));
    CHECK(client.read_to_end().empty());
    CHECK(running.handler.handled == 3);
}

TEST_CASE("a request that the gate refuses closes the connection, and nothing behind it is answered") {
    Running running;
    const std::string follow_up = post("smuggled");
    const std::vector<std::string> refused = {
        "GET / HTTP/1.1\n\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: nonsense\r\n\r\n",
        chunked("5;x=y\r\nhello\r\n0\r\n\r\n"),
        chunked("5\nhello\r\n0\r\n\r\n"),
        chunked("5\r\nhello\r\n0\r\nX-Sig: evil\r\n\r\n"),
        chunked("5\r\nhelloX\r\n0\r\n\r\n"),
    };
    for (const std::string& bytes : refused) {
        INFO(bytes);
        RawClient client = running.client();
        client.send(bytes + follow_up);
        const Answer answer = client.read_answer();
        CHECK(answer.status >= 400);
        CHECK(answer.has("Connection: close\r\n"));
        CHECK(answer.body.rfind("{\"error\":\"", 0) == 0);
        CHECK(answers_in(client.read_to_end()) == 0);
        CHECK(running.handler.take_refusals().size() == 1);
    }
    CHECK(running.handler.handled == 0);
}

TEST_CASE("a head over its limits is refused before it is complete") {
    Running running;
    RawClient endless = running.client();
    endless.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'x'));
    CHECK(endless.read_answer().status == 431);
    std::string fields;
    for (int i = 0; i < 64; ++i) fields += "X: y\r\n";
    CHECK(running.client().ask(get("/", fields)).status == 431);
    CHECK(running.client().ask("GET /" + std::string(5'000, 'x')).status == 414);
    const auto refusals = running.handler.take_refusals();
    REQUIRE(refusals.size() == 3);
    CHECK(refusals[0] == "431 head_too_large 127.0.0.1");
    CHECK(refusals[1] == "431 too_many_fields 127.0.0.1");
    CHECK(refusals[2] == "414 target_too_long 127.0.0.1");
}

TEST_CASE("a head as large as its limit is served") {
    Running running;
    std::string bytes = get("/echo", "X: " + std::string(8'180, 'x') + "\r\nY: \r\n");
    bytes.insert(bytes.size() - 4, std::string(16'384 - bytes.size(), 'y'));
    RawClient client = running.client();
    CHECK(client.ask(bytes).status == 200);
    CHECK(client.ask(bytes + bytes).status == 200);
    CHECK(client.read_answer().status == 200);
    bytes.insert(bytes.size() - 4, "y");
    CHECK(client.ask(bytes).status == 431);
}

TEST_CASE("a body may be as large as its limit and not a byte larger") {
    Limits limits;
    limits.body = 1000;
    Running running(limits);
    RawClient client = running.client();
    const std::string body(1000, 'b');
    CHECK(client.ask(post(body)).body == body);
    CHECK(client.ask(chunked("3e8\r\n" + body + "\r\n0\r\n\r\n")).body == body);
    const Answer declared = client.ask(post(body + "b"));
    CHECK(declared.status == 413);
    CHECK(declared.has("Connection: close\r\n"));
    const Answer chunks = running.client().ask(chunked("3e8\r\n" + body + "\r\n1\r\nb\r\n0\r\n\r\n"));
    CHECK(chunks.status == 413);
    CHECK(chunks.has("Connection: close\r\n"));
    CHECK(running.handler.handled == 2);
    CHECK(running.handler.take_refusals() ==
          std::vector<std::string>{"413 body_too_large of /echo, 1001 bytes",
                                   "413 body_too_large of /echo, 1000 bytes"});
}

TEST_CASE("the handler is told of a refused body with its request and the size announced or received") {
    Limits limits;
    limits.body_timeout = 50ms;
    Running running(limits);
    CHECK(running.client().ask(chunked("5\r\nhello\r\n5;x=y\r\n")).status == 400);
    RawClient earlier = running.client();
    CHECK(earlier.ask(chunked("5\r\nhello\r\n0\r\n\r\n")).body == "hello");
    CHECK(earlier.ask(chunked("3\r\nhel")).status == 408);
    CHECK(running.client().ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx").status ==
          408);
    CHECK(running.client().ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nx").status ==
          408);
    CHECK(running.handler.take_refusals() ==
          std::vector<std::string>{"400 bad_chunk of /echo, 5 bytes", "408 body_timeout of /echo, 3 bytes",
                                   "408 body_timeout of /echo, 100 bytes",
                                   "408 body_timeout of /echo, 90000 bytes"});
}

TEST_CASE("a huge body is refused by its announced length alone") {
    Running running;
    CHECK(
        running.client().ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n").status ==
        413);
}

TEST_CASE("a body that the handler refuses is not read") {
    Running running;
    RawClient client = running.client();
    const Answer come = client.ask(post("1234567890a", "", "/small"));
    CHECK(come.status == 413);
    CHECK(come.body == "admit");
    CHECK_FALSE(come.has("Connection: close"));
    CHECK(client.ask(post("next")).body == "next");
    const Answer to_come =
        client.ask("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nbegin");
    CHECK(to_come.status == 404);
    CHECK(to_come.has("Connection: close\r\n"));
    CHECK(running.handler.take_refusals().empty());
}

TEST_CASE("the refusal of a long body arrives although the client keeps sending") {
    Limits limits;
    limits.body = 1000;
    Running running(limits);
    RawClient client = running.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + std::string(60'000, 'x'));
    CHECK(client.read_answer().status == 413);
    CHECK(client.read_to_end().empty());
}

TEST_CASE("a refusal arrives at a client that sends megabytes before it reads") {
    Limits limits;
    limits.body = 1000;
    Running running(limits);
    for (const std::size_t size : {1'048'577u, 3'000'000u, 8'000'000u}) {
        for (const auto& [path, status] : {std::pair("/echo", 413u), std::pair("/missing", 404u)}) {
            RawClient client = running.client();
            CHECK(client.send(post(std::string(size, 'x'), "", path)));
            CHECK(client.read_answer().status == status);
            CHECK(client.read_to_end().empty());
        }
    }
}

TEST_CASE("the number of sessions that linger without a cap in bytes is limited") {
    Limits limits;
    limits.body = 1000;
    limits.lingering = 1;
    limits.linger_timeout = 10s;
    Running running(limits);
    const std::string begin = post(std::string(30'000'000, 'x')).substr(0, 1000);
    RawClient first = running.client();
    first.send(begin);
    CHECK(first.read_answer().status == 413);
    RawClient second = running.client();
    second.send(begin);
    CHECK(second.read_answer().status == 413);
    const std::string more(1'000'000, 'x');
    bool cut = false;
    for (int i = 0; i < 20 && !cut; ++i) cut = !second.send(more);
    CHECK(cut);
    for (int i = 0; i < 20; ++i) CHECK(first.send(more));
}

TEST_CASE("a client that expects a 100 gets it if its request would be accepted") {
    Running running;
    const std::string head = "POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";
    RawClient client = running.client();
    const Answer go_on = client.ask(head + "5\r\n\r\n");
    CHECK(go_on.head == "HTTP/1.1 100 Continue\r\n\r\n");
    const Answer answer = client.ask("hello");
    CHECK(answer.status == 200);
    CHECK(answer.body == "hello");

    const Answer at_once = client.ask(head + "5\r\n\r\nhello");
    CHECK(at_once.status == 200);
    CHECK(at_once.body == "hello");

    const Answer refused = client.ask(head + "11\r\n\r\n");
    CHECK(refused.status == 413);
    CHECK(refused.has("Connection: close\r\n"));
    CHECK(client.read_to_end().empty());
}

TEST_CASE("a head that arrives too slowly is answered 408 and cut") {
    Limits limits;
    limits.header_timeout = 150ms;
    Running running(limits);
    RawClient client = running.client();
    const std::string bytes = get("/echo", "X: " + std::string(5'000, 'x') + "\r\n");
    std::size_t sent = 0;
    while (sent < bytes.size() && !client.readable_within(10ms)) client.send(bytes.substr(sent++, 1));
    CHECK(sent < bytes.size());
    CHECK(client.read_answer().status == 408);
    CHECK(running.handler.take_refusals() == std::vector<std::string>{"408 header_timeout 127.0.0.1"});
}

TEST_CASE("the head of a later request has the same deadline") {
    Limits limits;
    limits.header_timeout = 100ms;
    Running running(limits);
    RawClient client = running.client();
    CHECK(client.ask(post("a")).status == 200);
    CHECK(client.ask("POST /echo HT").status == 408);
    RawClient pipelining = running.client();
    CHECK(pipelining.ask(post("a") + "POST /echo HT").status == 200);
    CHECK(pipelining.read_answer().status == 408);
}

TEST_CASE("a body that arrives too slowly is answered 408 and cut") {
    Limits limits;
    limits.body_timeout = 150ms;
    Running running(limits);
    const std::string sized = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
    const std::string small = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n";
    for (const std::string& head : {sized, small, chunked("1388\r\n")}) {
        RawClient client = running.client();
        client.send(head);
        std::size_t sent = 0;
        while (sent < 5000 && !client.readable_within(10ms)) sent += client.send("x") ? 1u : 0u;
        CHECK(sent < 5000);
        CHECK(client.read_answer().status == 408);
    }
    CHECK(running.server.inflight_bytes() == 0);
}

TEST_CASE("an idle connection is closed without an answer") {
    Limits limits;
    limits.idle_timeout = 50ms;
    limits.header_timeout = 50ms;
    Running running(limits);
    RawClient silent = running.client();
    CHECK(silent.read_to_end().empty());
    RawClient client = running.client();
    CHECK(client.ask(post("a")).status == 200);
    CHECK(client.read_to_end().empty());
    CHECK(running.handler.take_refusals().empty());
}

TEST_CASE("a body that is only announced takes no room from others") {
    Limits limits;
    limits.inflight_bytes = 2 * limits.body;
    Running running(limits);
    std::vector<RawClient> announcers;
    for (int i = 0; i < 50; ++i) {
        announcers.push_back(running.client());
        announcers.back().send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegun");
    }
    CHECK(eventually([&] { return running.server.inflight_bytes() > 49 * 16'000; }));
    CHECK(running.server.inflight_bytes() < 50 * 17'000);
    const std::string body(1'000'000, 'b');
    CHECK(running.client().ask(post(body)).body == body);
    announcers.clear();
    CHECK(eventually([&] { return running.server.inflight_bytes() == 0; }));
}

TEST_CASE("a body that stops in its middle holds no more room than it has received") {
    Limits limits;
    limits.inflight_bytes = 4 * limits.body;
    Running running(limits);
    std::vector<RawClient> stopped;
    for (int i = 0; i < 20; ++i) {
        stopped.push_back(running.client());
        stopped.back().send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" +
                            std::string(65'536, 'b'));
    }
    CHECK(eventually([&] { return running.server.inflight_bytes() == 20 * 65'536; }));
    const std::string body(1'000'000, 'b');
    CHECK(running.client().ask(post(body)).body == body);
}

namespace {

// Two unfinished long bodies fill it: one has all that unverified bodies may hold, the other is the finishing
// one.
struct Full {
    explicit Full(Limits limits)
        : running(with_little_room(limits), 2), first(running.client()), second(running.client()) {}

    static Limits with_little_room(Limits limits) {
        limits.body = 64 * 1024;
        limits.inflight_bytes = 2 * limits.body;
        return limits;
    }
    void handle_two() {
        for (RawClient* client : {&first, &second}) {
            client->send(post(long_body, "", "/wait"));
            running.handler.entered.acquire();
        }
    }

    std::string long_body = std::string(60'000, 'b');
    Running running;
    RawClient first, second;
};

}  // namespace

TEST_CASE("a long body that finds no room is not read until there is room") {
    Full full({});
    full.handle_two();
    RawClient waiting = full.running.client();
    waiting.send(post(full.long_body));
    CHECK_FALSE(waiting.readable_within(150ms));
    CHECK(full.running.server.inflight_bytes() <= 128 * 1024);
    full.running.handler.release();
    full.running.handler.release();
    CHECK(waiting.read_answer().body == full.long_body);
    CHECK(full.first.read_answer().status == 200);
    CHECK(full.second.read_answer().status == 200);
    CHECK(eventually([&] { return full.running.server.inflight_bytes() == 0; }));
}

TEST_CASE("a body that finds no room within body_timeout is answered 503") {
    Limits limits;
    limits.body_timeout = 150ms;
    Full full(limits);
    full.handle_two();
    for (const std::string& request :
         {post(full.long_body), chunked("ea60\r\n" + full.long_body + "\r\n0\r\n\r\n")}) {
        const Answer answer = full.running.client().ask(request);
        CHECK(answer.status == 503);
        CHECK(answer.has("Retry-After: 1\r\n"));
        CHECK(answer.has("Connection: close\r\n"));
    }
    const auto refusals = full.running.handler.take_refusals();
    REQUIRE(refusals.size() == 2);
    CHECK(refusals[0] == "503 too_much_in_flight of /echo, 60000 bytes");
    // The size received of the chunked one.
    CHECK(refusals[1].starts_with("503 too_much_in_flight of /echo, "));
    full.running.handler.release();
    full.running.handler.release();
}

TEST_CASE("a short body always finds room") {
    Full full({});
    full.handle_two();
    const std::string body(5'000, 's');
    CHECK(full.running.client().ask(post(body)).body == body);
    CHECK(full.running.client().ask(chunked("1388\r\n" + body + "\r\n0\r\n\r\n")).body == body);
    full.running.handler.release();
    full.running.handler.release();
}

TEST_CASE("a stalled body is ended when another waits for its room") {
    Full full({});
    const std::string unfinished = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n";
    full.first.send(unfinished + full.long_body);
    full.second.send(unfinished + full.long_body);
    CHECK(eventually([&] { return full.running.server.inflight_bytes() > 120'000; }));
    CHECK(full.running.client().ask(post(full.long_body)).body == full.long_body);
    const bool first_ended = full.first.readable_within(1ms);
    const Answer ended = (first_ended ? full.first : full.second).read_answer();
    CHECK(ended.status == 503);
    CHECK(ended.has("Retry-After: 1\r\n"));
}
