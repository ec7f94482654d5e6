// Handshakes through a real server: what a vendor receives, byte by byte.
#include <catch2/catch.hpp>

#include <string>
#include <string_view>

#include "http/raw_client.hpp"
#include "http/server.hpp"
#include "ingest/hotel.hpp"

namespace chathook {

namespace {

// The hotel behind a server on a port of its own.
struct Open {
    test::Hotel hotel;
    http::Server server{settings(), *hotel.ingest};

    Open() { server.start(); }
    ~Open() { server.stop(std::chrono::milliseconds(0)); }

    static http::ServerSettings settings() {
        http::ServerSettings result;
        result.listen = {{.kind = net::Endpoint::Kind::tcp, .host = "127.0.0.1"}};
        result.threads = 1;
        return result;
    }

    http::test::Answer ask(const std::string& bytes, bool without_body = false) {
        http::test::RawClient client(server.bound_addresses().front());
        client.send(bytes);
        return client.read_answer(without_body);
    }
};

const std::string get_meta =
    " /meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%20word%20of+our+own HTTP/1.1\r\n"
    "Host: a\r\n\r\n";

}  // namespace

TEST_CASE("Meta's GET is answered over HTTP with its challenge as plain text", "[ingest]") {
    Open open;
    const auto answer = open.ask("GET" + get_meta);
    CHECK(answer.status == 200);
    CHECK(answer.body == "1158201444");
    CHECK(answer.has("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    CHECK(answer.has("\r\nX-Content-Type-Options: nosniff\r\n"));
    const auto wrong = open.ask(
        "GET /meta?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(wrong.status == 403);
    CHECK(wrong.body == R"({"error":"no"})");
    const auto head = open.ask("HEAD" + get_meta, true);
    CHECK(head.status == 405);
    CHECK(head.has("\r\nAllow: GET, POST\r\n"));
    CHECK(open.hotel.events().empty());
}

TEST_CASE("a connection goes on after a handshake by GET", "[ingest]") {
    Open open;
    http::test::RawClient client(open.server.bound_addresses().front());
    client.send("GET" + get_meta);
    CHECK(client.read_answer().body == "1158201444");
    client.send("GET" + get_meta);
    CHECK(client.read_answer().body == "1158201444");
}

TEST_CASE("Slack's url_verification is answered over HTTP with its challenge", "[ingest]") {
    Open open;
    const auto request = open.hotel.signed_by(*open.hotel.slack_file,
                                              R"({"type":"url_verification","challenge":"3eZbrw1aBm2r"})");
    std::string bytes =
        "POST /slack HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(request.body.size());
    for (const auto& [name, value] : request.headers) bytes += "\r\n" + name + ": " + value;
    const auto answer = open.ask(bytes + "\r\n\r\n" + request.body);
    CHECK(answer.status == 200);
    CHECK(answer.body == "3eZbrw1aBm2r");
    CHECK(answer.has("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    CHECK(open.hotel.events().empty());
}

}  // namespace chathook
