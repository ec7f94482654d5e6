#include "daemon/parts.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "sinks/catalog.hpp"
#include "vendors/catalog.hpp"

namespace chathook::daemon {

namespace {

constexpr std::size_t admin_unsent_bytes_max = 32 << 10;
// A silent client of the admin address sends again at no loss, so a stop waits for it only briefly.
constexpr std::chrono::milliseconds admin_drain_timeout{500};

void add_endpoints(std::vector<net::Endpoint>& endpoints, const config::Address& address) {
    switch (address.kind) {
        case config::Address::Kind::tcp:
            endpoints.push_back(
                {.kind = net::Endpoint::Kind::tcp, .host = address.host, .port = address.port});
            return;
        case config::Address::Kind::unix_socket:
            endpoints.push_back({.kind = net::Endpoint::Kind::unix_socket,
                                 .path = address.host,
                                 .mode = address.mode,
                                 .owner = address.owner,
                                 .group = address.group});
            return;
        case config::Address::Kind::systemd: {
            const std::size_t before = endpoints.size();
            for (net::Endpoint& inherited : net::systemd_endpoints()) {
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

ingest::Route route_of(const config::Route& route, const SinkNumbers& sinks) {
    journal::SinkSet to;
    for (const std::string& name : route.to) to.insert(sinks.at(name));
    return {route.types, route.vendors, route.sources, to};
}

const char* key_of(net::TlsProblem::File file) {
    switch (file) {
        case net::TlsProblem::File::certificate: return "certificate";
        case net::TlsProblem::File::key: return "key";
        case net::TlsProblem::File::client_ca: return "client_ca";
    }
    return "";
}

}  // namespace

http::ServerSettings public_server_of(const config::Server& server, std::uint64_t connections) {
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
        settings.tls = std::get<net::TlsContext>(std::move(tls));
    }
    settings.limits = server.limits;
    settings.limits.connections = connections;
    return settings;
}

http::ServerSettings admin_server_of(const config::Address& listen, std::uint64_t connections) {
    http::ServerSettings settings;
    add_endpoints(settings.listen, listen);
    settings.threads = 1;
    settings.limits.drain_timeout = admin_drain_timeout;
    settings.allow = "GET, HEAD, POST";
    settings.limits.connections = connections;
    settings.limits.unsent_bytes = admin_unsent_bytes_max;
    return settings;
}

void require_every_socket_named(const config::Config& config) {
    std::vector<config::Address> addresses = config.server.listen;
    if (config.admin.listen) addresses.push_back(*config.admin.listen);
    for (const net::Endpoint& socket : net::systemd_endpoints()) {
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
    journal::JournalSettings settings = config.journal;
    settings.commit_timeout = config.server.limits.commit_timeout;
    // An event that cannot contain its body unchanged takes up to three times as much, plus some overhead.
    settings.queue_bytes_max = 4 * config.server.limits.inflight_bytes;
    return settings;
}

ingest::FailureRate failure_rate_of(const config::Limits& limits) {
    return {limits.failed_verifications_burst, limits.failed_verifications_per_minute};
}

LogSettings log_of(const config::Config& config) {
    LogSettings settings = config.log;
    for (const config::Sink& sink : config.sinks)
        settings.to_stderr = settings.to_stderr || sink.type == "stdout";
    return settings;
}

std::variant<net::TlsContext, config::TlsProblem> tls_of(const config::Tls& tls) {
    auto loaded = net::load_tls(tls);
    if (auto* problem = std::get_if<net::TlsProblem>(&loaded)) {
        return config::TlsProblem{key_of(problem->file), std::move(problem->message)};
    }
    return std::get<net::TlsContext>(std::move(loaded));
}

std::optional<config::TlsProblem> check_tls(const config::Tls& tls) {
    auto made = tls_of(tls);
    if (auto* problem = std::get_if<config::TlsProblem>(&made)) return std::move(*problem);
    return std::nullopt;
}

config::Known known() {
    static constexpr config::VendorReader reader{vendors::read_vendor, vendors::read_vendor_within,
                                                 vendors::with_map, vendors::fault_of_secret};
    return {vendors::vendor_names(), sinks::sink_kinds(), vendors::find_vendor, check_tls, &reader,
            vendors::event_types()};
}

std::shared_ptr<const ingest::Routing> routing_of(std::vector<config::Source>&& sources,
                                                  const std::vector<config::Route>& routes,
                                                  const SinkNumbers& sinks, Metrics& metrics) {
    std::vector<ingest::Source> made;
    for (config::Source& source : sources) {
        const VendorSettings settings = std::move(source.settings);  // wiped once the keys are prepared
        made.push_back({source.name, source.path,
                        std::make_unique<verify::Vendor>(std::move(source.definition), settings),
                        &metrics.source(source.name, source.vendor), source.keep_rejected});
    }
    std::vector<ingest::Route> resolved;
    for (const config::Route& route : routes) resolved.push_back(route_of(route, sinks));
    return std::make_shared<ingest::Routing>(std::move(made), std::move(resolved));
}

}  // namespace chathook::daemon
