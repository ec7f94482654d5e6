// The http sink against real TLS servers, good and bad.
#include <boost/asio/ssl/context.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "sinks/files.hpp"
#include "sinks/made_sink.hpp"
#include "support/deliveries.hpp"
#include "support/http_receiver.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;
using test::HttpReceiver;

namespace {

// An authority and certificates signed by it, made by the openssl command.
class Authority {
public:
    Authority() {
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-keyout ca.key -out ca.pem -subj '/CN=Test authority'");
        issue("good", "DNS:localhost,IP:127.0.0.1", 2);
        issue("misnamed", "DNS:crm.example", 2);
        issue("expired", "DNS:localhost,IP:127.0.0.1", -1);
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-keyout self.key -out self.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost");
    }

    std::string file(const std::string& name) const { return (directory_.path() / name).string(); }

    boost::asio::ssl::context server(const std::string& name) const {
        boost::asio::ssl::context context(boost::asio::ssl::context::tls_server);
        context.use_certificate_file(file(name + ".pem"), boost::asio::ssl::context::pem);
        context.use_private_key_file(file(name + ".key"), boost::asio::ssl::context::pem);
        return context;
    }

private:
    void issue(const std::string& name, const std::string& alternative_names, int days) {
        test::write_file(directory_.path() / (name + ".ext"), "subjectAltName=" + alternative_names + "\n");
        run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + name +
            ".key -out " + name + ".csr -subj /CN=localhost");
        run("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days " +
            std::to_string(days) + " -extfile " + name + ".ext -out " + name + ".pem");
    }

    void run(const std::string& command) const {
        const std::string line = "cd '" + directory_.path().string() + "' && " + command + " 2>>log";
        INFO(command);
        REQUIRE(std::system(line.c_str()) == 0);
    }

    test::TempDirectory directory_;
};

const Authority& authority() {
    static const Authority made;
    return made;
}

Outcome deliver_to(boost::asio::ssl::context& server, bool trust_authority, std::size_t taken) {
    HttpReceiver receiver(&server);
    SinkSettings settings = test::default_settings("http");
    settings.set("url", receiver.url("localhost"));
    if (trust_authority) settings.set("tls.ca", authority().file("ca.pem"));
    const auto sink = test::make_sink("http", settings);
    const auto outcomes = test::deliver(*sink, {test::numbered_delivery(1)});
    REQUIRE(outcomes.size() == 1);
    CHECK(receiver.requests().size() == taken);
    return outcomes.front();
}

Outcome refused_by(const std::string& certificate, bool trust_authority) {
    auto server = authority().server(certificate);
    const Outcome outcome = deliver_to(server, trust_authority, 0);
    CHECK(outcome.kind == Kind::retry);
    return outcome;
}

}  // namespace

TEST_CASE("a receiver with a certificate from a trusted authority gets its events") {
    auto server = authority().server("good");
    CHECK(deliver_to(server, true, 1).kind == Kind::delivered);
}

TEST_CASE("a receiver whose certificate is unknown, self-signed, expired or another's gets nothing") {
    CHECK_THAT(refused_by("good", false).reason, Catch::Contains("SSL certificate problem"));
    CHECK_THAT(refused_by("self", true).reason, Catch::Contains("SSL certificate problem"));
    CHECK_THAT(refused_by("expired", true).reason, Catch::Contains("certificate has expired"));
    CHECK_THAT(refused_by("misnamed", true).reason, Catch::Contains("subject name"));
}

TEST_CASE("a receiver that only speaks TLS 1.1 gets nothing") {
    auto server = authority().server("good");
    REQUIRE(::SSL_CTX_set_min_proto_version(server.native_handle(), TLS1_VERSION) == 1);
    REQUIRE(::SSL_CTX_set_max_proto_version(server.native_handle(), TLS1_1_VERSION) == 1);
    REQUIRE(::SSL_CTX_set_cipher_list(server.native_handle(), "ALL:@SECLEVEL=0") == 1);
    const Outcome outcome = deliver_to(server, true, 0);
    CHECK(outcome.kind == Kind::retry);
    CHECK_THAT(outcome.reason, Catch::Contains("version") || Catch::Contains("protocol"));
}

TEST_CASE("a file of authorities that is missing or broken is found before anything is sent") {
    SinkSettings settings = test::default_settings("http");
    settings.set("url", std::string("https://localhost/"));
    settings.set("tls.ca", std::string("/nowhere/ca.pem"));
    CHECK(test::mistake_in("http", settings) ==
          "tls.ca: cannot read /nowhere/ca.pem: No such file or directory");
    settings.set("tls.ca", authority().file("ca.key"));
    CHECK(test::mistake_in("http", settings) ==
          "tls.ca: " + authority().file("ca.key") +
              " holds no certificate; it must be PEM, with BEGIN CERTIFICATE");
}

TEST_CASE("the file of authorities is read once, and later changes to it have no effect") {
    const test::TempDirectory directory;
    const auto copy = directory.path() / "ca.pem";
    std::filesystem::copy_file(authority().file("ca.pem"), copy);
    auto server = authority().server("good");
    HttpReceiver receiver(&server);
    SinkSettings settings = test::default_settings("http");
    settings.set("url", receiver.url("localhost"));
    settings.set("tls.ca", copy.string());
    const auto sink = test::make_sink("http", settings);
    std::filesystem::remove(copy);
    CHECK(test::all_delivered(test::deliver(*sink, {test::numbered_delivery(1)}), 1));
}
