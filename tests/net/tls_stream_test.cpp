// TLS as clients of a running server see it.
#include "net/tls_stream.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>

#include "http/certificates.hpp"
#include "http/running_server.hpp"
#include "http/tls_client.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace chathook::net;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

struct Encrypted {
    explicit Encrypted(const std::string& client_ca = "", Limits limits = {})
        : running(settings(certificates, client_ca, limits)) {}

    static ServerSettings settings(const Certificates& certificates, const std::string& client_ca,
                                   Limits limits) {
        if (!client_ca.empty()) certificates.make_authority(client_ca);
        ServerSettings result = Running::settings(limits, 1);
        result.tls = certificates.load(certificates.files("server", client_ca));
        return result;
    }

    std::string address() const { return running.server.bound_addresses().front(); }
    TlsOffer offer() const { return {.ca = certificates.file("ca.pem")}; }
    TlsOffer offer(const std::string& name) const {
        return {.ca = certificates.file("ca.pem"),
                .certificate = certificates.file(name + ".pem"),
                .key = certificates.file(name + ".key")};
    }

    Certificates certificates;
    Running running;
};

// All output of the command.
std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    std::array<char, 4096> piece{};
    while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe)) {
        text.append(piece.data(), size);
    }
    ::pclose(pipe);
    return text;
}

}  // namespace

TEST_CASE("a webhook over TLS is served, keeps its connection, and ends with a close_notify") {
    Encrypted encrypted;
    for (const auto& [version, name] : {std::pair(TLS1_2_VERSION, "TLSv1.2"), {TLS1_3_VERSION, "TLSv1.3"}}) {
        TlsOffer offer = encrypted.offer();
        offer.version_max = version;
        TlsClient client(encrypted.address(), offer);
        REQUIRE(client.failure().empty());
        CHECK(client.version() == name);
        CHECK(client.protocol() == "http/1.1");
        CHECK_THAT(client.ask(post("first"), "first"), Contains("HTTP/1.1 200 OK"));
        CHECK_THAT(client.ask(post("second"), "second"), Contains("HTTP/1.1 200 OK"));
        client.send(post("last", "Connection: close\r\n"));
        CHECK_THAT(client.read_to_end(), Contains("Connection: close") && Contains("last"));
        CHECK(client.got_close_notify());
    }
}

TEST_CASE("the openssl command gets an answer over TLS, and none over TLS 1.1") {
    Encrypted encrypted;
    const std::string ask =
        "printf 'POST /echo HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n"
        "Content-Length: 5\\r\\n\\r\\nhello' | timeout 10 openssl s_client -quiet "
        "-verify_return_error -verify_hostname localhost -servername localhost -CAfile " +
        encrypted.certificates.file("ca.pem").string() + " -connect " + encrypted.address();
    CHECK_THAT(output_of(ask), Contains("HTTP/1.1 200 OK") && Contains("hello"));
    const std::string old = output_of(ask + " -tls1_1 -cipher ALL:@SECLEVEL=0");
    CHECK_THAT(old, Contains("alert protocol version"));
    CHECK_THAT(old, !Contains("HTTP/1.1"));
}

TEST_CASE("TLS 1.1 is refused with an alert, and so is a client that offers other protocols than HTTP/1.1") {
    Encrypted encrypted;
    TlsOffer old = encrypted.offer();
    old.version_max = TLS1_1_VERSION;
    CHECK(TlsClient(encrypted.address(), old).failure() == "tlsv1 alert protocol version");
    TlsOffer other = encrypted.offer();
    other.protocols = "\x02h2";
    CHECK(TlsClient(encrypted.address(), other).failure() == "tlsv1 alert no application protocol");
    other.protocols = "\x02h2\x08http/1.1";
    CHECK(TlsClient(encrypted.address(), other).protocol() == "http/1.1");
    other.protocols = "";
    TlsClient without(encrypted.address(), other);
    CHECK(without.protocol().empty());
    CHECK_THAT(without.ask(post("x"), "\r\n\r\nx"), Contains("HTTP/1.1 200 OK"));
}

TEST_CASE("bodies and answers larger than a record and the socket's buffer arrive complete") {
    Encrypted encrypted;
    TlsClient client(encrypted.address(), encrypted.offer());
    const std::string body(300'000, 'b');
    CHECK_THAT(client.ask(post(body), "\r\n\r\n" + body), Contains("Content-Length: 300000"));
    client.send(get("/big", "Connection: close\r\n"));
    const std::string answer = client.read_to_end();
    CHECK(answer.size() > (32u << 20));
    CHECK(answer.find_first_not_of('x', answer.find("\r\n\r\n") + 4) == std::string::npos);
    CHECK(client.got_close_notify());
}

TEST_CASE("requests in one record are answered in order") {
    Encrypted encrypted;
    TlsClient client(encrypted.address(), encrypted.offer());
    const std::string both = client.ask(post("one") + post("two"), "\r\n\r\ntwo");
    CHECK(answers_in(both) == 2);
}

TEST_CASE("a streamed answer is sent as it comes, and ends when its client leaves") {
    Encrypted encrypted;
    TlsClient whole(encrypted.address(), encrypted.offer());
    whole.send(get("/stream"));
    CHECK_THAT(whole.read_to_end(), Contains("piece 2\n\r\n0\r\n\r\n"));
    CHECK(whole.got_close_notify());
    {
        TlsClient leaver(encrypted.address(), encrypted.offer());
        leaver.send(get("/endless"));
        CHECK(leaver.read_until("piece 0"));
    }
    REQUIRE(encrypted.running.handler.stream_gone.try_acquire_for(10s));
    CHECK(encrypted.running.handler.stream_gone.try_acquire_for(10s));
}

TEST_CASE("with a client authority, only clients with its certificates are accepted") {
    Encrypted encrypted("clients");
    const Certificates& certificates = encrypted.certificates;
    certificates.issue("friend", "clients", "friend", 2);
    certificates.issue("expired", "clients", "expired", -1);
    certificates.issue("stranger", "ca", "stranger", 2);
    TlsClient good(encrypted.address(), encrypted.offer("friend"));
    CHECK_THAT(good.ask(post("x"), "\r\n\r\nx"), Contains("HTTP/1.1 200 OK"));

    const auto refusal = [&](const TlsOffer& offer) {
        TlsClient client(encrypted.address(), offer);
        client.send(post("x"));
        client.read_to_end();  // in TLS 1.3 the client learns of it only after its own part of the handshake
        return client.failure();
    };
    CHECK(refusal(encrypted.offer()) == "tlsv13 alert certificate required");
    CHECK(refusal(encrypted.offer("expired")) == "sslv3 alert certificate expired");
    CHECK(refusal(encrypted.offer("stranger")) == "tlsv1 alert unknown ca");
    CHECK(encrypted.running.handler.handled == 1);
}

TEST_CASE("a new certificate applies to new connections, and open ones continue") {
    Encrypted encrypted;
    TlsClient before(encrypted.address(), encrypted.offer());
    CHECK(before.subject() == "/CN=server");
    encrypted.certificates.issue("renewed", "ca", "renewed", 2);
    encrypted.running.server.set_tls(encrypted.certificates.load(encrypted.certificates.files("renewed")));
    CHECK(TlsClient(encrypted.address(), encrypted.offer()).subject() == "/CN=renewed");
    CHECK_THAT(before.ask(post("still here"), "still here"), Contains("HTTP/1.1 200 OK"));
}

TEST_CASE("plain HTTP on a TLS port is closed without a reset, and TLS on a plain port gets a 400") {
    Encrypted encrypted;
    RawClient plain(encrypted.address());
    plain.send(post(std::string(20'000, 'x')));
    plain.read_to_end();
    CHECK(plain.ended_cleanly());
    CHECK(encrypted.running.handler.handled == 0);

    const Running running;
    TlsClient client(running.server.bound_addresses().front(), {});
    CHECK(client.failure() == "wrong version number");
    CHECK(encrypted.running.server.connections() <= 1);
}

TEST_CASE("the bytes of a TLS client on a plain port appear in no refusal") {
    Running running;
    RawClient client = running.client();
    const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    CHECK(client.ask(hello).status == 400);
    for (const std::string& refusal : running.handler.take_refusals()) {
        for (const char c : refusal) CHECK((c >= 0x20 && c < 0x7f));
    }
}

TEST_CASE("a handshake that is never finished ends with the deadline of the head") {
    Limits limits;
    limits.header_timeout = 50ms;
    Encrypted encrypted("", limits);
    for (const std::string_view begun :
         {std::string_view(), std::string_view("\x16\x03\x01\x02\x00\x01", 6)}) {
        RawClient client(encrypted.address());
        client.send(begun);
        CHECK(client.read_to_end().empty());
    }
    CHECK(eventually([&] { return encrypted.running.server.connections() == 0; }));
}

TEST_CASE("a stop ends silent connections after the drain, encrypted ones with a close_notify") {
    Limits limits;
    limits.drain_timeout = 50ms;
    Encrypted encrypted("", limits);
    RawClient shaking(encrypted.address());
    TlsClient idle(encrypted.address(), encrypted.offer());
    CHECK_THAT(idle.ask(post("x"), "\r\n\r\nx"), Contains("HTTP/1.1 200 OK"));
    const auto begun = std::chrono::steady_clock::now();
    encrypted.running.server.stop(60s);
    CHECK(std::chrono::steady_clock::now() - begun < 30s);
    CHECK(shaking.read_to_end().empty());
    CHECK(idle.read_to_end().empty());
    CHECK(idle.got_close_notify());
}
