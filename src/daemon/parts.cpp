#include "daemon/parts.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "vendors/catalog.hpp"

namespace chathook::daemon {

namespace {

void add_endpoints(std::vector<http::Endpoint>& endpoints, const config::Address& address) {
    switch (address.kind) {
        case config::Address::Kind::tcp:
            endpoints.push_back(
                {.kind = http::Endpoint::Kind::tcp, .host = address.host, .port = address.port});
            return;
        case config::Address::Kind::unix_socket:
            endpoints.push_back({.kind = http::Endpoint::Kind::unix_socket,
                                 .path = address.host,
                                 .mode = address.mode,
                                 .owner = address.owner,
                                 .group = address.group});
            return;
        case config::Address::Kind::systemd: {
            const std::size_t before = endpoints.size();
            for (http::Endpoint& inherited : http::systemd_endpoints()) {
                const bool meant = address.host.empty() || inherited.name == address.host;
                if (meant) endpoints.push_back(std::move(inherited));
            }
            if (endpoints.size() == before) {
                throw std::runtime_error(
                    "cannot listen on " + address.text +
                    ": systemd handed over no such socket; start its .socket unit first");
            }
            return;
        }
    }
}

http::Limits limits_of(const config::Limits& limits) {
    http::Limits result;
    result.body = limits.body;
    result.header_bytes = limits.header_bytes;
    result.headers = limits.headers;
    result.connections = limits.connections;
    result.requests_per_connection = limits.requests_per_connection;
    result.header_timeout = limits.header_timeout;
    result.body_timeout = limits.body_timeout;
    result.idle_timeout = limits.idle_timeout;
    result.write_timeout = limits.write_timeout;
    result.inflight_bytes = limits.inflight_bytes;
    return result;
}

ingest::Route route_of(const config::Route& route, const SinkNumbers& sinks) {
    journal::SinkSet to = 0;
    for (const std::string& name : route.to) to |= journal::SinkSet{1} << sinks.at(name);
    return {route.types, route.vendors, route.sources, to};
}

const char* key_of(http::TlsProblem::File file) {
    switch (file) {
        case http::TlsProblem::File::certificate: return "certificate";
        case http::TlsProblem::File::key: return "key";
        case http::TlsProblem::File::client_ca: return "client_ca";
    }
    return "";
}

LogLevel level_of(const std::string& name) {
    if (name == "debug") return LogLevel::debug;
    if (name == "warning") return LogLevel::warning;
    if (name == "error") return LogLevel::error;
    return LogLevel::info;
}

}  // namespace

http::ServerSettings public_server_of(const config::Server& server) {
    http::ServerSettings settings;
    for (const config::Address& address : server.listen) add_endpoints(settings.listen, address);
    settings.threads = server.threads;
    settings.trusted_proxies = server.trusted_proxies;
    settings.proxy_protocol = server.proxy_protocol;
    if (server.tls) {
        auto tls = tls_of(*server.tls);
        if (const auto* problem = std::get_if<config::TlsProblem>(&tls)) {
            throw std::runtime_error("server.tls." + problem->key + ": " + problem->message);
        }
        settings.tls = std::get<http::TlsContext>(std::move(tls));
    }
    settings.limits = limits_of(server.limits);
    return settings;
}

http::ServerSettings admin_server_of(const config::Address& listen) {
    http::ServerSettings settings;
    add_endpoints(settings.listen, listen);
    settings.threads = 1;
    settings.allow = "GET, HEAD, POST";
    return settings;
}

void require_every_socket_named(const config::Config& config) {
    std::vector<config::Address> addresses = config.server.listen;
    if (config.admin.listen) addresses.push_back(*config.admin.listen);
    for (const http::Endpoint& socket : http::systemd_endpoints()) {
        const bool named = std::ranges::any_of(addresses, [&](const config::Address& address) {
            return address.kind == config::Address::Kind::systemd &&
                   (address.host.empty() || address.host == socket.name);
        });
        if (named) continue;
        throw std::runtime_error("systemd handed over the socket " + socket.name +
                                 ", which no address names; listen on systemd:" + socket.name +
                                 ", or disable its .socket unit");
    }
}

journal::JournalSettings journal_of(const config::Config& config) {
    journal::JournalSettings settings;
    settings.directory = config.journal.path;
    settings.commit_timeout = config.server.limits.commit_timeout;
    settings.dedupe_window = config.journal.dedupe_window;
    settings.retain_delivered = config.journal.retain_delivered;
    settings.retain_dead = config.journal.retain_dead;
    settings.rejections_keep = config.journal.rejections_keep;
    settings.rejections_age = config.journal.rejections_age;
    settings.min_free_disk = config.journal.min_free_disk;
    settings.max_size = config.journal.max_size;
    if (config.journal.on_damage == "go_on") settings.on_damage = journal::OnDamage::go_on;
    settings.queue_bytes_max = config.server.limits.inflight_bytes;
    return settings;
}

ingest::FailureRate failure_rate_of(const config::Limits& limits) {
    return {limits.failed_verifications_burst, limits.failed_verifications_per_minute};
}

dispatch::DeliveryPolicy delivery_policy_of(const config::Retry& retry) {
    dispatch::DeliveryPolicy policy;
    policy.backoff = {retry.initial, retry.max};
    policy.max_age = retry.max_age;
    policy.breaker.failures = static_cast<unsigned>(retry.breaker_failures);
    policy.breaker.pause = retry.breaker_pause;
    return policy;
}

LogSettings log_of(const config::Config& config) {
    LogSettings settings;
    settings.level = level_of(config.log.level);
    settings.format = config.log.format == "json" ? LogFormat::json : LogFormat::text;
    settings.plain_personal_data = config.log.pii == "plain";
    for (const config::Sink& sink : config.sinks)
        settings.to_stderr = settings.to_stderr || sink.type == "stdout";
    return settings;
}

std::variant<http::TlsContext, config::TlsProblem> tls_of(const config::Tls& tls) {
    auto loaded = http::load_tls({tls.certificate, tls.key, tls.client_ca});
    if (auto* problem = std::get_if<http::TlsProblem>(&loaded)) {
        return config::TlsProblem{key_of(problem->file), std::move(problem->message)};
    }
    return std::get<http::TlsContext>(std::move(loaded));
}

std::optional<config::TlsProblem> check_tls(const config::Tls& tls) {
    auto made = tls_of(tls);
    if (auto* problem = std::get_if<config::TlsProblem>(&made)) return std::move(*problem);
    return std::nullopt;
}

std::shared_ptr<const ingest::Routing> routing_of(std::vector<config::Source>&& sources,
                                                  const std::vector<config::Route>& routes,
                                                  const SinkNumbers& sinks, Metrics& metrics) {
    std::vector<ingest::Source> made;
    for (config::Source& source : sources) {
        made.push_back({source.name, source.path,
                        vendors::make_vendor(source.vendor, std::move(source.settings)),
                        &metrics.source(source.name, source.vendor), source.keep_rejected});
    }
    std::vector<ingest::Route> resolved;
    for (const config::Route& route : routes) resolved.push_back(route_of(route, sinks));
    return std::make_shared<ingest::Routing>(std::move(made), std::move(resolved));
}

}  // namespace chathook::daemon
