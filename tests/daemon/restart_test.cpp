// Which changes of a configuration need a restart.
#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/parts.hpp"

namespace chathook {

namespace {

SinkSettings::Value a_template(const std::string& text, int line) {
    auto tree = std::make_shared<SettingsTree>();
    tree->kind = SettingsTree::Kind::mapping;
    tree->keys = {"id"};
    tree->values.push_back({SettingsTree::Kind::text, line, text, {}, {}});
    return std::shared_ptr<const SettingsTree>(std::move(tree));
}

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
    sink.settings.set("template", a_template("{{id}}", 12));
    sink.settings.set("allow_private", true);
    sink.settings.set("concurrency", std::uint64_t{1});
    config.sinks.push_back(std::move(sink));
    return config;
}

}  // namespace

TEST_CASE("an unchanged configuration needs no restart", "[daemon]") {
    CHECK(daemon::restart_needed_for(some_config(), some_config()).empty());
}

TEST_CASE("changed sources, secrets and routes need no restart", "[daemon]") {
    config::Config next = some_config();
    config::Source source;
    source.name = "new";
    next.sources.push_back(std::move(source));
    next.routes.push_back({{"lead.*"}, {}, {}, {"crm"}});
    CHECK(daemon::restart_needed_for(some_config(), next).empty());
}

TEST_CASE("other TLS files need no restart", "[daemon]") {
    config::Config now = some_config();
    now.server.tls = config::Tls{"a.pem", "a.key", ""};
    config::Config next = some_config();
    next.server.tls = config::Tls{"b.pem", "b.key", "clients.pem"};
    CHECK(daemon::restart_needed_for(now, next).empty());
}

TEST_CASE("a template that moved to another line of the file needs no restart", "[daemon]") {
    config::Config next = some_config();
    next.sinks[0].settings.set("template", a_template("{{id}}", 99));
    CHECK(daemon::restart_needed_for(some_config(), next).empty());
}

TEST_CASE("a changed order of sinks needs no restart", "[daemon]") {
    const auto with_two = [](bool turned) {
        config::Config config = some_config();
        config::Sink other;
        other.name = "other";
        config.sinks.push_back(std::move(other));
        if (turned) std::swap(config.sinks[0], config.sinks[1]);
        return config;
    };
    CHECK(daemon::restart_needed_for(with_two(false), with_two(true)).empty());
}

TEST_CASE("a sink that is added or removed is named", "[daemon]") {
    const auto with_another = [] {
        config::Config config = some_config();
        config::Sink other;
        other.name = "other";
        config.sinks.push_back(std::move(other));
        return config;
    };
    const std::vector<std::string> expected{"sinks.other"};
    CHECK(daemon::restart_needed_for(some_config(), with_another()) == expected);
    CHECK(daemon::restart_needed_for(with_another(), some_config()) == expected);
}

TEST_CASE("a change that needs a restart is named by its key", "[daemon]") {
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
        {"server.limits.body", [](auto& c) { c.server.limits.body = 1; }},
        {"server.limits.failed_verifications_burst",
         [](auto& c) { c.server.limits.failed_verifications_burst = 1; }},
        {"server.limits.failed_verifications_per_minute",
         [](auto& c) { c.server.limits.failed_verifications_per_minute = 1; }},
        {"server.limits.commit_timeout",
         [](auto& c) { c.server.limits.commit_timeout = std::chrono::milliseconds(1); }},
        {"admin.listen", [](auto& c) { c.admin.listen.reset(); }},
        {"admin.token", [](auto& c) { c.admin.token = SecretBytes("a token of some length"); }},
        {"journal.path", [](auto& c) { c.journal.directory = "/elsewhere"; }},
        {"journal.dedupe_window", [](auto& c) { c.journal.dedupe_window = std::chrono::seconds(1); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].type = "file"; }},
        {"sinks.crm", [](auto& c) { c.sinks[0].retry.breaker.failures = 6; }},
        {"sinks.crm", [](auto& c) { c.sinks[0].retry.breaker.pause = std::chrono::milliseconds(1); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("template", a_template("{{type}}", 12)); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("allow_private", false); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("concurrency", std::uint64_t{2}); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("concurrency", true); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("unknown", true); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].retry.max_age = std::chrono::milliseconds(1); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("url", std::string("https://other.example")); }},
        {"sinks.crm", [](auto& c) { c.sinks[0].settings.set("timeout", std::chrono::milliseconds(1)); }},
        {"sinks.crm",
         [](auto& c) {
             c.sinks[0].settings.set(
                 "headers", std::vector<SecretHeader>{
                                {"Authorization", std::make_shared<const SecretBytes>("Bearer two")}});
         }},
        {"journal.rejections.keep", [](auto& c) { c.journal.rejections_keep = 1; }},
        {"log.level", [](auto& c) { c.log.level = LogLevel::debug; }},
        {"log.pii", [](auto& c) { c.log.plain_personal_data = true; }},
    };
    for (const auto& [key, change] : changes) {
        INFO(key);
        config::Config next = some_config();
        change(next);
        CHECK(daemon::restart_needed_for(some_config(), next) == std::vector<std::string>{key});
    }
}

}  // namespace chathook
