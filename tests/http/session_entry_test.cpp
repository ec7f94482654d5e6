// What comes before a connection's first request: the PROXY header, alone and before TLS.
#include <catch2/catch.hpp>

#include <string>
#include <utility>

#include "http/certificates.hpp"
#include "http/running_server.hpp"
#include "http/tls_client.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using Catch::Contains;

namespace {

const std::string header = "PROXY TCP4 203.0.113.9 192.0.2.2 56324 443\r\n";

ServerSettings behind_a_proxy(Limits limits = {}) {
    ServerSettings settings = Running::settings(limits, 1);
    settings.proxy_protocol = true;
    return settings;
}

}  // namespace

TEST_CASE("the client is the one that the PROXY header names, for every request of the connection") {
    Running running(behind_a_proxy());
    for (const auto& [sent, client] : {std::pair(header, "203.0.113.9"s),
                                       {"PROXY UNKNOWN\r\n"s, "127.0.0.1"s},
                                       {"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"s, "127.0.0.1"s}}) {
        RawClient at_once = running.client();
        CHECK(at_once.ask(sent + get("/client")).body == client);
        CHECK(at_once.ask(get("/client")).body == client);
    }
}

TEST_CASE("a PROXY header is read in pieces of any size") {
    Running running(behind_a_proxy());
    const std::string bytes = header + get("/client");
    for (std::size_t cut = 1; cut <= header.size() + 1; ++cut) {
        INFO(cut);
        RawClient client = running.client();
        client.send(bytes.substr(0, cut));
        client.send(bytes.substr(cut));
        CHECK(client.read_answer().body == "203.0.113.9");
    }
}

TEST_CASE("behind a PROXY header X-Forwarded-For is read only if the header names a trusted proxy") {
    Running running(behind_a_proxy());
    const std::string forwarded = get("/client", "X-Forwarded-For: 198.51.100.7\r\n");
    CHECK(running.client().ask(header + forwarded).body == "203.0.113.9");
    const std::string local = "PROXY TCP4 127.0.0.2 127.0.0.1 1 2\r\n";
    CHECK(running.client().ask(local + forwarded).body == "198.51.100.7");
}

TEST_CASE("a connection without a PROXY header is closed unanswered") {
    Running running(behind_a_proxy());
    for (const std::string& bytes : {get("/client"), "PROXY TCP4 nonsense\r\n"s, "\x16\x03\x01"s}) {
        RawClient client = running.client();
        client.send(bytes);
        CHECK(client.read_to_end().empty());
        CHECK(client.ended_cleanly());
    }
    CHECK(running.handler.handled == 0);
}

TEST_CASE("a connection with a PROXY header from an untrusted peer is closed") {
    ServerSettings settings = behind_a_proxy();
    settings.trusted_proxies = {"192.0.2.0/24"};
    Running running(std::move(settings));
    RawClient client = running.client();
    client.send(header + get("/client"));
    CHECK(client.read_to_end().empty());
    CHECK(running.handler.handled == 0);
}

TEST_CASE("a slow PROXY header does not outlast the deadline of the head") {
    Limits limits;
    limits.header_timeout = 50ms;
    Running running(behind_a_proxy(limits));
    for (const std::string& begun : {""s, "PROXY "s}) {
        RawClient client = running.client();
        client.send(begun);
        CHECK(client.read_to_end().empty());
    }
    CHECK(eventually([&] { return running.server.connections() == 0; }));
}

TEST_CASE("PROXY header, TLS handshake and head share one deadline") {
    Limits limits;
    limits.header_timeout = 300ms;
    Running running(behind_a_proxy(limits));
    RawClient client = running.client();
    const auto begun = std::chrono::steady_clock::now();
    client.send(header + "POST /echo HTTP/1.1\r\n");
    CHECK(client.read_answer().status == 408);
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
}

TEST_CASE("TLS begins behind the PROXY header, even when its first bytes come with it") {
    const Certificates certificates;
    ServerSettings settings = behind_a_proxy();
    settings.tls = certificates.load(certificates.files("server"));
    Running running(std::move(settings));
    const std::string address = running.server.bound_addresses().front();
    TlsClient client(address, {.ca = certificates.file("ca.pem")}, header);
    CHECK_THAT(client.ask(get("/client"), "203.0.113.9"), Contains("HTTP/1.1 200 OK"));

    // TLS receives the complete plain request behind the header, and refuses it.
    RawClient plain(address);
    plain.send(header + get("/client"));
    plain.read_to_end();
    CHECK(plain.ended_cleanly());
    CHECK(running.handler.handled == 1);
}

TEST_CASE(
    "PROXY headers from peers on a UNIX socket are trusted, and their connections are never encrypted") {
    const Certificates certificates;
    const TempDirectory directory;
    ServerSettings settings = test::settings({unix_socket(directory.path() / "http.sock")}, 1);
    settings.proxy_protocol = true;
    settings.tls = certificates.load(certificates.files("server"));
    Running running(std::move(settings));
    CHECK(running.client().ask(header + get("/client")).body == "203.0.113.9");
}
