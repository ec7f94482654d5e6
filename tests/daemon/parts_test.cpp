#include "daemon/parts.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "vendors/catalog.hpp"

namespace chathook {

namespace {

config::Source source_of(const char* name, const char* vendor) {
    config::Source source;
    source.name = name;
    source.vendor = vendor;
    source.definition = {std::shared_ptr<const void>(), vendors::find_vendor(vendor)};
    source.path = std::string("/webhooks/") + name;
    source.settings.secrets.push_back({SecretBytes("a-secret-of-some-length"), std::nullopt});
    return source;
}

}  // namespace

TEST_CASE("addresses become endpoints of their kind", "[daemon]") {
    config::Server server;
    server.listen.push_back({config::Address::Kind::tcp, "::1", 8080, "[::1]:8080"});
    server.listen.push_back({config::Address::Kind::unix_socket, "/run/chathook/http.sock", 0, "unix:..."});
    server.threads = 2;
    server.limits.body = 77;
    server.proxy_protocol = true;
    const http::ServerSettings settings = daemon::public_server_of(server, 9);
    REQUIRE(settings.listen.size() == 2);
    CHECK(settings.listen[0].host == "::1");
    CHECK(settings.listen[0].port == 8080);
    CHECK(settings.listen[1].kind == net::Endpoint::Kind::unix_socket);
    CHECK(settings.listen[1].path == "/run/chathook/http.sock");
    CHECK(settings.threads == 2);
    CHECK(settings.limits.body == 77);
    CHECK(settings.limits.connections == 9);
    CHECK(settings.proxy_protocol);
    CHECK_FALSE(settings.tls);
    CHECK(settings.allow == "POST");
}

TEST_CASE("unusable TLS files are a problem at the key that names them", "[daemon]") {
    config::Server server;
    server.tls = config::Tls{"/nowhere/certificate.pem", "/nowhere/key.pem", ""};
    const auto problem = daemon::check_tls(*server.tls);
    REQUIRE(problem);
    CHECK(problem->key == "certificate");
    CHECK_THROWS_WITH(daemon::public_server_of(server, 9),
                      Catch::Contains("server.tls.certificate: '/nowhere/"));
}

TEST_CASE("the allowed rate of failures is taken from the configuration", "[daemon]") {
    config::Limits limits;
    limits.failed_verifications_burst = 7;
    limits.failed_verifications_per_minute = 8;
    CHECK(daemon::failure_rate_of(limits).burst == 7);
    CHECK(daemon::failure_rate_of(limits).per_minute == 8);
}

TEST_CASE("routes name sinks, and routing uses their numbers", "[daemon]") {
    const auto metrics = make_metrics("test");
    std::vector<config::Source> sources;
    sources.push_back(source_of("desk", "lynn"));
    sources.push_back(source_of("leads", "chatbase"));
    const std::vector<config::Route> routes{{{"lead.*"}, {}, {}, {"crm", "file"}},
                                            {{}, {"lynn"}, {}, {"file"}}};
    const auto routing = daemon::routing_of(std::move(sources), routes, {{"file", 0}, {"crm", 5}}, *metrics);
    CHECK(routing->find("/webhooks/leads")->sinks_for("lead.created") == journal::SinkSet{0, 5});
    CHECK(routing->find("/webhooks/desk")->sinks_for("handover.requested") == journal::SinkSet{0});
    CHECK(routing->find("/webhooks/leads")->sinks_for("message.received").empty());
}

TEST_CASE("if a sink writes events to stdout, the log goes to stderr", "[daemon]") {
    config::Config config;
    CHECK_FALSE(daemon::log_of(config).to_stderr);
    config::Sink sink;
    sink.type = "stdout";
    config.sinks.push_back(std::move(sink));
    config.log.level = LogLevel::warning;
    config.log.format = LogFormat::json;
    const LogSettings log = daemon::log_of(config);
    CHECK(log.to_stderr);
    CHECK(log.level == LogLevel::warning);
    CHECK(log.format == LogFormat::json);
    CHECK_FALSE(log.plain_personal_data);
}

TEST_CASE("the journal uses the commit timeout of the limits, and its queue has room for all accepted bodies",
          "[daemon]") {
    config::Config config;
    config.server.limits.commit_timeout = std::chrono::milliseconds(123);
    config.server.limits.inflight_bytes = 456;
    config.journal.directory = "/var/lib/elsewhere";
    const journal::JournalSettings settings = daemon::journal_of(config);
    CHECK(settings.commit_timeout == std::chrono::milliseconds(123));
    CHECK(settings.queue_bytes_max == 4 * 456);
    CHECK(settings.directory == "/var/lib/elsewhere");
}

}  // namespace chathook
