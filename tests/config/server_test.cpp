#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using namespace std::chrono_literals;
using Problems = std::vector<std::string>;

TEST_CASE("without server, admin, journal and log the documented defaults apply") {
    const auto report = load_text(faultless);
    REQUIRE(report.config);
    const Config& config = *report.config;
    REQUIRE(config.server.listen.size() == 1);
    CHECK(config.server.listen[0].text == "127.0.0.1:8080");
    CHECK(config.server.threads == 0);
    CHECK(config.server.trusted_proxies.empty());
    CHECK_FALSE(config.server.tls);
    CHECK(config.server.limits.body == 1048576);
    CHECK(config.server.limits.idle_timeout == 150s);
    CHECK(config.server.limits.drain_timeout == 1s);
    CHECK_FALSE(config.admin.listen);
    CHECK(config.admin.token.empty());
    CHECK(config.journal.directory == "/var/lib/chathook");
    CHECK(config.journal.retain_dead == 720h);
    CHECK(config.journal.rejections_keep == 1000);
    CHECK(config.journal.rejections_age == 168h);
    CHECK(config.log.level == chathook::LogLevel::info);
    CHECK_FALSE(config.log.plain_personal_data);
}

TEST_CASE("every limit is read in its unit") {
    const auto report =
        load_text(faultless +
                  "server:\n"
                  "  threads: 3\n"
                  "  limits: {body: 2MiB, header_bytes: 8KiB, headers: 32, connections: 10,\n"
                  "    requests_per_connection: 5, header_timeout: 1s, body_timeout: 2s,\n"
                  "    idle_timeout: 3s, write_timeout: 4s, drain_timeout: 10s, commit_timeout: 500ms,\n"
                  "    inflight_bytes: 4MiB, failed_verifications_burst: 7,\n"
                  "    failed_verifications_per_minute: 8}\n"
                  "journal: {path: here, retain_delivered: 1h, retain_dead: 2d,\n"
                  "  dedupe_window: 1s, min_free_disk: 0, max_size: 1GiB, on_damage: go_on,\n"
                  "  rejections: {keep: 5, age: 2h}}\n"
                  "log: {level: debug, format: json, pii: plain}\n");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    const Limits& limits = report.config->server.limits;
    CHECK(report.config->server.threads == 3);
    CHECK(limits.body == 2u << 20);
    CHECK(limits.header_bytes == 8u << 10);
    CHECK(limits.headers == 32);
    CHECK(limits.connections == 10);
    CHECK(limits.requests_per_connection == 5);
    CHECK(limits.header_timeout == 1s);
    CHECK(limits.body_timeout == 2s);
    CHECK(limits.idle_timeout == 3s);
    CHECK(limits.write_timeout == 4s);
    CHECK(limits.drain_timeout == 10s);
    CHECK(limits.commit_timeout == 500ms);
    CHECK(limits.inflight_bytes == 4u << 20);
    CHECK(limits.failed_verifications_burst == 7);
    CHECK(limits.failed_verifications_per_minute == 8);
    CHECK(report.config->journal.directory == "here");
    CHECK(report.config->journal.retain_delivered == 1h);
    CHECK(report.config->journal.retain_dead == 48h);
    CHECK(report.config->journal.dedupe_window == 1s);
    CHECK(report.config->journal.min_free_disk == 0);
    CHECK(report.config->journal.max_size == 1u << 30);
    CHECK(report.config->journal.on_damage == journal::OnDamage::go_on);
    CHECK(report.config->journal.rejections_keep == 5);
    CHECK(report.config->journal.rejections_age == 2h);
    CHECK(report.config->log.level == chathook::LogLevel::debug);
    CHECK(report.config->log.format == chathook::LogFormat::json);
    CHECK(report.config->log.plain_personal_data);
}

TEST_CASE("a dedupe_window of 0s is a warning, because vendors and proxies repeat webhooks") {
    const auto report = load_text(faultless + "journal: {dedupe_window: 0s}\n");
    REQUIRE(report.config);
    CHECK(report.config->journal.dedupe_window == 0s);
    CHECK(report.says("10: journal.dedupe_window: warning: 0s makes a second event of every webhook"));
    CHECK(load_text(faultless + "journal: {dedupe_window: 1s}\n").problems == Problems{});
}

TEST_CASE("drain_timeout is between zero and ten seconds") {
    CHECK(load_text(faultless + "server: {limits: {drain_timeout: 0s}}\n").problems == Problems{});
    CHECK(load_text(faultless + "server: {limits: {drain_timeout: 11s}}\n")
              .says("10: server.limits.drain_timeout: must be from 0ms to 10s, not 11s"));
}

TEST_CASE("inflight_bytes must not be less than one body of full size") {
    CHECK(load_text(faultless + "server: {limits: {body: 2MiB, inflight_bytes: 1MiB}}\n")
              .says("10: server.limits.inflight_bytes: limits.inflight_bytes is less than limits.body"));
    CHECK(load_text(faultless + "server: {limits: {body: 64MiB, inflight_bytes: 64MiB}}\n").config);
}

TEST_CASE("inflight_bytes below twice the body is a warning, and the default is never below that") {
    const auto less = load_text(faultless + "server: {limits: {body: 2MiB, inflight_bytes: 3MiB}}\n");
    CHECK(less.says(
        "10: server.limits.inflight_bytes: warning: limits.inflight_bytes is less than twice limits.body"));
    REQUIRE(less.config);
    CHECK(less.config->server.limits.inflight_bytes == 3u << 20);
    const auto unsaid = load_text(faultless + "server: {limits: {body: 64MiB}}\n");
    REQUIRE(unsaid.config);
    CHECK(unsaid.config->server.limits.inflight_bytes == 128u << 20);
    CHECK(load_text(faultless).config->server.limits.inflight_bytes == 24u << 20);
}

TEST_CASE("a single address needs no brackets, and none may occur twice") {
    const auto one = load_text(faultless + "server: {listen: 'unix:/run/x'}\n");
    REQUIRE(one.config);
    CHECK(one.config->server.listen.at(0).host == "/run/x");

    const auto twice = load_text(faultless +
                                 "server:\n"
                                 "  listen:\n"
                                 "    - 127.0.0.1:9464\n"
                                 "    - 127.0.0.1:9464\n"
                                 "    - localhost\n"
                                 "admin: {listen: '127.0.0.1:9464'}\n");
    CHECK(
        twice.problems ==
        Problems{"13: server.listen[1]: '127.0.0.1:9464' is already used by server.listen[0]; use each "
                 "address once",
                 "14: server.listen[2]: 'localhost' has no port; write host:port, \"[v6]:port\" (in quotes), "
                 "unix:/path or "
                 "systemd",
                 "15: admin.listen: '127.0.0.1:9464' is already used by server.listen[0]; use each address "
                 "once"});
    CHECK(load_text(faultless + "server: {listen: []}\n").says("10: server.listen: is empty"));
    CHECK(load_text(faultless + "admin: {listen: '127.0.0.1:8080'}\n").says("already used by server.listen"));
    CHECK(load_text(faultless + "server: {listen: [systemd]}\n").config);
}

TEST_CASE("the admin address needs a token if other machines can reach it") {
    CHECK(load_text(faultless + "admin: {listen: '127.0.0.1:9464'}\n").problems == Problems{});
    CHECK(load_text(faultless + "admin: {listen: 'unix:/run/x'}\n").problems == Problems{});
    CHECK(load_text(faultless + "admin: {listen: '0.0.0.0:9464'}\n")
              .says("10: admin.listen: '0.0.0.0:9464' can be reached from other machines; set admin.token"));
    const auto with = load_text(faultless + "admin: {listen: '0.0.0.0:9464', token: 0123456789abcdef}\n");
    CHECK(with.problems == Problems{});
    REQUIRE(with.config);
    CHECK(with.config->admin.token.view() == "0123456789abcdef");
    CHECK(load_text(faultless + "admin: {listen: systemd}\n")
              .says("10: admin.listen: systemd alone means all of its sockets"));
    CHECK(load_text(faultless + "admin: {}\n").says("10: admin.listen: is missing"));
    CHECK(load_text(faultless + "admin: {listen: '127.0.0.1:9464', token: short}\n")
              .says("10: admin.token: warning: the secret has fewer than 16 bytes"));
}

TEST_CASE("trusted proxies are networks, and the PROXY protocol needs at least one") {
    const auto report =
        load_text(faultless + "server: {trusted_proxies: [10.0.0.0/8, '::1'], proxy_protocol: true}\n");
    REQUIRE(report.config);
    CHECK(report.config->server.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1/128"});
    CHECK(load_text(faultless + "server: {trusted_proxies: [proxy]}\n")
              .says("10: server.trusted_proxies[0]: 'proxy' is not a network"));
    CHECK(load_text(faultless + "server: {trusted_proxies: [0.0.0.0/0]}\n")
              .says("warning: '0.0.0.0/0' trusts"));
    CHECK(
        load_text(faultless + "server: {proxy_protocol: true}\n").says("server.trusted_proxies is missing"));
    CHECK(load_text(faultless + "server: {proxy_protocol: true, listen: 'unix:/run/x'}\n").config);
    CHECK_FALSE(load_text(faultless + "server: {proxy_protocol: true, listen: systemd}\n").config);
}

TEST_CASE("TLS needs an existing certificate and key") {
    const TemporaryDirectory directory;
    const std::string certificate = directory.write("certificate.pem", "x").string();
    const std::string key = directory.write("key.pem", "x").string();
    const std::string open_key = directory.write("open.pem", "x", 0644).string();
    CHECK(load_text(faultless + "server: {tls: {certificate: " + certificate + ", key: " + key + "}}\n")
              .problems == Problems{});
    CHECK(load_text(faultless + "server: {tls: {certificate: " + certificate + "}}\n")
              .says("10: server.tls.key: is missing"));
    CHECK(load_text(faultless + "server: {tls: {certificate: /nowhere.pem, key: " + key + "}}\n")
              .says("10: server.tls.certificate: '/nowhere.pem' is not a file"));
    CHECK(load_text(faultless + "server: {tls: {certificate: " + certificate + ", key: " + key +
                    ", client_ca: " + directory.path().string() + "}}\n")
              .says("server.tls.client_ca: "));
    CHECK(load_text(faultless + "server: {tls: {certificate: " + certificate + ", key: " + open_key + "}}\n")
              .says("is open to every user"));
}

TEST_CASE("existing TLS files that cannot be used together are an error at the key at fault") {
    const TemporaryDirectory directory;
    const std::string certificate = directory.write("certificate.pem", "x").string();
    const std::string key = directory.write("key.pem", "x").string();
    Known judging = known;
    judging.check_tls = [](const Tls& tls) -> std::optional<TlsProblem> {
        return TlsProblem{"key", "'" + tls.key.string() + "' does not fit"};
    };
    const auto load_judged = [&](const std::string& tls) {
        std::string said;
        const auto file = directory.write("chathook.yaml", faultless + "server:\n  tls:\n" + tls);
        for (const Problem& problem : load(file, judging).problems) said += to_string(file, problem) + "\n";
        return said;
    };
    const std::string both = "    certificate: " + certificate + "\n    key: " + key + "\n";
    CHECK_THAT(load_judged(both), Catch::Contains(":13: server.tls.key: '" + key + "' does not fit"));
    CHECK_THAT(load_judged(both + "    client_ca: /nowhere.pem\n"), !Catch::Contains("does not fit"));
    CHECK_THAT(load_judged("    key: " + key + "\n"), !Catch::Contains("does not fit"));
}
