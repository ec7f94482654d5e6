// What of a configuration only a restart can change.
#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/parts.hpp"

namespace chathook {

namespace {

config::Config some_config() {
    config::Config config;
    config.server.listen.push_back({config::Address::Kind::tcp, "127.0.0.1", 8080, "127.0.0.1:8080"});
    config.admin.listen = config::Address{config::Address::Kind::tcp, "127.0.0.1", 9464, "127.0.0.1:9464"};
    config::Sink sink;
    sink.name = "crm";
    sink.type = "http";
    sink.settings = SinkSettings("crm");
    sink.settings.set("url", std::string("https://crm.example/hook"));
    sink.settings.set("timeout", std::chrono::milliseconds(15'000));
    sink.settings.set("headers", std::vector<SecretHeader>{
                                     {"Authorization", std::make_shared<const SecretBytes>("Bearer one")}});
    config.sinks.push_back(std::move(sink));
    return config;
}

}  // namespace

TEST_CASE("a configuration that is the same needs no restart", "[daemon]") {
    CHECK(daemon::restart_needed_for(some_config(), some_config()).empty());
}

TEST_CASE("sources, secrets and routes are taken without a restart", "[daemon]") {
    config::Config next = some_config();
    config::Source source;
    source.name = "new";
    next.sources.push_back(std::move(source));
    next.routes.push_back({{"lead.*"}, {}, {}, {"crm"}});
    CHECK(daemon::restart_needed_for(some_config(), next).empty());
}

TEST_CASE("other TLS files are taken without a restart", "[daemon]") {
    config::Config now = some_config();
    now.server.tls = config::Tls{"a.pem", "a.key", ""};
    config::Config next = some_config();
    next.server.tls = config::Tls{"b.pem", "b.key", "clients.pem"};
    CHECK(daemon::restart_needed_for(now, next).empty());
}

TEST_CASE("what only a restart can change is named by its key", "[daemon]") {
    using Change = std::function<void(config::Config&)>;
    const std::pair<const char*, Change> changes[] = {
        {"server.listen", [](auto& c) { c.server.listen[0].text = "127.0.0.1:8081"; }},
        {"server.threads", [](auto& c) { c.server.threads = 3; }},
        {"server.trusted_proxies", [](auto& c) { c.server.trusted_proxies = {"10.0.0.0/8"}; }},
        {"server.proxy_protocol", [](auto& c) { c.server.proxy_protocol = true; }},
        {"server.tls",
         [](auto& c) {
             c.server.tls = config::Tls{"a.pem", "a.key", ""};
         }},
        {"server.limits", [](auto& c) { c.server.limits.body = 1; }},
        {"server.limits", [](auto& c) { c.server.limits.failed_verifications_burst = 1; }},
        {"server.limits", [](auto& c) { c.server.limits.failed_verifications_per_minute = 1; }},
        {"server.limits", [](auto& c) { c.server.limits.commit_timeout = std::chrono::milliseconds(1); }},
        {"admin", [](auto& c) { c.admin.listen.reset(); }},
        {"admin", [](auto& c) { c.admin.token = SecretBytes("a token of some length"); }},
        {"journal", [](auto& c) { c.journal.path = "/elsewhere"; }},
        {"journal", [](auto& c) { c.journal.dedupe_window = std::chrono::seconds(1); }},
        {"sinks", [](auto& c) { c.sinks[0].name = "other"; }},
        {"sinks", [](auto& c) { c.sinks[0].retry.max_age = std::chrono::milliseconds(1); }},
        {"sinks", [](auto& c) { c.sinks[0].settings.set("url", std::string("https://other.example")); }},
        {"sinks", [](auto& c) { c.sinks[0].settings.set("timeout", std::chrono::milliseconds(1)); }},
        {"sinks",
         [](auto& c) {
             c.sinks[0].settings.set(
                 "headers", std::vector<SecretHeader>{
                                {"Authorization", std::make_shared<const SecretBytes>("Bearer two")}});
         }},
        {"log", [](auto& c) { c.log.level = "debug"; }},
    };
    for (const auto& [key, change] : changes) {
        INFO(key);
        config::Config next = some_config();
        change(next);
        CHECK(daemon::restart_needed_for(some_config(), next) == std::vector<std::string>{key});
    }
}

}  // namespace chathook
