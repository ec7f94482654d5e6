#include "daemon/daemon.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include "daemon/descriptors.hpp"
#include "daemon/sink_files.hpp"
#include "sinks/catalog.hpp"
#include "store/engine.hpp"
#include "support/clock.hpp"
#include "support/log.hpp"
#include "vendors/catalog.hpp"

namespace chathook::daemon {

namespace {

// From SIGTERM to the first answer of the next process at most three seconds may pass, because vendors give
// up after three to ten. A second in addition to the drain is enough for a webhook's answer, which waits for
// one fsync. A sink's delivery may take as long as its timeout, so it is abandoned and repeated under the
// same id.
constexpr std::chrono::seconds request_grace{1};  // after limits.drain_timeout
constexpr std::chrono::seconds admin_grace{
    1};  // nothing is lost with its answers, so they are not waited for longer
constexpr std::chrono::seconds delivery_grace{1};

std::unique_ptr<Sink> make_sink(const config::Sink& sink) {
    const SinkKind* kind = sinks::find_sink_kind(sink.type);
    if (kind == nullptr) throw std::runtime_error("sink " + sink.name + ": unknown type " + sink.type);
    auto made = kind->make(sink.settings);
    if (const auto* error = std::get_if<SettingsError>(&made)) {
        throw std::runtime_error("sink " + sink.name + ": " + error->key + ": " + error->message);
    }
    return std::get<std::unique_ptr<Sink>>(std::move(made));
}

// Streams leave a quarter of the admin connections for all other requests.
constexpr std::uint64_t streams_of(std::uint64_t admin_connections) { return admin_connections * 3 / 4; }

DescriptorShares shares_of(const config::Config& config) {
    const auto limit = descriptor_limit();
    const std::uint64_t configured = config.server.limits.connections;
    const DescriptorShares shares = share_descriptors(limit, configured, deliveries_at_once(config.sinks));
    if (shares.connections < configured) {
        log(LogLevel::warning, "connections_limited",
            {{"connections", std::to_string(shares.connections)},
             {"configured", std::to_string(configured)},
             {"open_files", std::to_string(*limit)},
             {"hint", "set LimitNOFILE= (ulimit -n) to at least " + std::to_string(shares.wanted) +
                          ", or lower server.limits.connections"}});
    }
    return shares;
}

void log_addresses(LogKey key, const http::Server& server) {
    for (const std::string& address : server.bound_addresses())
        log(LogLevel::info, key, {{"address", address}});
}

}  // namespace

Daemon::Daemon(config::Config config, std::function<void(const std::string& reason)> on_fatal)
    : started_(now()),
      loaded_(started_),
      config_(std::move(config)),
      journal_settings_(journal_of(config_)),
      metrics_(make_metrics(CHATHOOK_VERSION)) {
    require_every_socket_named(config_);
    journal_ = journal::open_journal(store::open_engine, journal_settings_, metrics_->journal(),
                                     std::move(on_fatal));
    sinks_ = make_sinks();
    auto routing = routing_of(std::move(config_.sources), config_.routes, sink_numbers_, *metrics_);
    ingest_ =
        std::make_unique<ingest::Ingest>(std::move(routing), *journal_, *journal_, *metrics_,
                                         config_.server.limits.body, failure_rate_of(config_.server.limits),
                                         static_cast<std::size_t>(config_.server.limits.document_bytes));
    const DescriptorShares shares = shares_of(config_);
    server_ = std::make_unique<http::Server>(public_server_of(config_.server, shares.connections), *ingest_);
    if (!config_.admin.listen) return;
    admin::Actions actions{.retake = [this](const journal::Rejection& kept) { return ingest_->retake(kept); },
                           .sink_status = [this] { return dispatcher_->status(); },
                           .vendors = [this] { return vendors_with_events(); },
                           .fingerprint = [this] { return ingest_->fingerprint(); },
                           .running = [this] { return running(); },
                           .streams_max = streams_of(shares.admin_connections)};
    admin_ = std::make_unique<admin::Admin>(*journal_, *metrics_, config_.admin.token, std::move(actions));
    admin_server_ = std::make_unique<http::Server>(
        admin_server_of(*config_.admin.listen, shares.admin_connections), *admin_);
}

// The servers' connections own what waits for the journal, so it must have answered before they are
// destroyed.
Daemon::~Daemon() { stop_within(std::chrono::milliseconds(0), std::chrono::milliseconds(0)); }

void Daemon::start() {
    dispatcher_ = std::make_unique<dispatch::Dispatcher>(std::move(sinks_), *journal_, *metrics_);
    server_->start();
    log_addresses("listening", *server_);
    if (!admin_server_) return;
    admin_server_->start();
    log_addresses("admin_listening", *admin_server_);
}

bool Daemon::reload(config::Config next) {
    const std::string reason = why_not_applied(std::move(next));
    note_reload({now(), reason.empty(), reason});
    return reason.empty();
}

// Applies `next`, or says why that cannot be done.
std::string Daemon::why_not_applied(config::Config&& next) {
    const auto keys = restart_needed_for(config_, next);
    std::string all;
    for (const std::string& key : keys) {
        log(LogLevel::error, "reload_refused",
            {{"key", key}, {"hint", "restart to change this; nothing was reloaded"}});
        all += (all.empty() ? "a restart is needed to change " : ", ") + key;
    }
    if (!keys.empty()) return all;
    net::TlsContext tls;
    if (next.server.tls) {
        auto made = tls_of(*next.server.tls);
        if (const auto* problem = std::get_if<config::TlsProblem>(&made)) {
            const std::string key = "server.tls." + problem->key;
            log(LogLevel::error, "reload_refused", {{"key", key}, {"reason", problem->message}});
            return key + ": " + problem->message;
        }
        tls = std::get<net::TlsContext>(std::move(made));
    }
    // Everything that can fail is done before the first change.
    auto routing = routing_of(std::move(next.sources), next.routes, sink_numbers_, *metrics_);
    ingest_->reload(std::move(routing));
    if (tls) server_->set_tls(std::move(tls));
    config_ = std::move(next);
    return {};
}

void Daemon::note_refused_reload(const std::string& reason) { note_reload({now(), false, reason}); }

void Daemon::note_reload(status::Reload outcome) {
    const std::lock_guard lock(reloads_);
    if (outcome.accepted) loaded_ = outcome.at;
    last_reload_ = std::move(outcome);
}

// On the admin desk's thread, so nothing of config_, which a reload replaces on the main thread.
status::Running Daemon::running() const {
    status::Running running;
    running.version = CHATHOOK_VERSION;
    running.started = started_;
    running.uptime =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_steady_);
    const auto routing = ingest_->routing();
    running.fingerprint = routing->fingerprint();
    for (const ingest::Source& source : routing->sources()) {
        running.sources.push_back({source.name, std::string(source.vendor->definition().name), source.path});
    }
    running.max_size = journal_settings_.max_size;
    running.min_free_disk = journal_settings_.min_free_disk;
    running.retain_delivered = journal_settings_.retain_delivered;
    running.retain_dead = journal_settings_.retain_dead;
    running.dedupe_window = journal_settings_.dedupe_window;
    const std::lock_guard lock(reloads_);
    running.loaded = loaded_;
    running.last_reload = last_reload_;
    return running;
}

void Daemon::reopen() noexcept {
    if (dispatcher_) dispatcher_->reopen();
}

void Daemon::stop() { stop_within(config_.server.limits.drain_timeout + request_grace, delivery_grace); }

// In parallel, so that a stop takes as long as its slowest part and not their sum; if no thread can be
// created, one after the other. The journal stops after the parts that write to it. A second call has no
// effect.
void Daemon::stop_within(std::chrono::milliseconds requests, std::chrono::milliseconds deliveries) {
    constexpr auto beside = std::launch::async | std::launch::deferred;
    const auto admin = std::async(beside, [&] {
        if (admin_server_) admin_server_->stop(std::min<std::chrono::milliseconds>(requests, admin_grace));
    });
    const auto sinks = std::async(beside, [&] {
        if (dispatcher_) dispatcher_->stop(deliveries);
    });
    server_->stop(requests);
    admin.wait();
    sinks.wait();
    journal_->stop();
    if (admin_) admin_->stop();
    ingest_->close();
}

// Those of the program, and of the sources' own.
std::vector<std::string> Daemon::vendors_with_events() const {
    const auto shipped = vendors::vendor_names();
    std::vector<std::string> names(shipped.begin(), shipped.end());
    for (std::string& name : ingest_->vendor_names()) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

std::vector<dispatch::SinkSetup> Daemon::make_sinks() {
    std::vector<dispatch::SinkSetup> setups;
    for (const config::Sink& sink : config_.sinks) {
        const auto number = journal_->sink_number(sink.name);
        if (!number) {
            throw std::runtime_error("sinks." + sink.name + ": the journal gave it no number (" +
                                     std::string(reason_code(number.error())) + ")");
        }
        sink_numbers_.emplace(sink.name, *number);
        setups.push_back(
            {sink.name, *number, sinks::find_sink_kind(sink.type)->traits, sink.retry, make_sink(sink)});
    }
    judge_files_of(setups, config_);
    return setups;
}

}  // namespace chathook::daemon
