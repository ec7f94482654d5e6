#include "daemon/daemon.hpp"

#include <utility>

#include "sinks/catalog.hpp"
#include "support/log.hpp"

namespace chathook::daemon {

namespace {

// A webhook's answer waits for one fsync and a sink's delivery for one timeout: ten seconds let both end on
// their own.
constexpr std::chrono::seconds grace{10};
constexpr std::chrono::seconds admin_grace{1};

std::unique_ptr<Sink> make_sink(const config::Sink& sink) {
    const SinkKind* kind = sinks::find_sink_kind(sink.type);
    if (kind == nullptr) throw std::runtime_error("sink " + sink.name + ": unknown type " + sink.type);
    auto made = kind->make(sink.settings);
    if (const auto* error = std::get_if<SettingsError>(&made)) {
        throw std::runtime_error("sink " + sink.name + ": " + error->key + ": " + error->message);
    }
    return std::get<std::unique_ptr<Sink>>(std::move(made));
}

void log_addresses(std::string_view event, const http::Server& server) {
    for (const std::string& address : server.bound_addresses())
        log(LogLevel::info, event, {{"address", address}});
}

}  // namespace

Daemon::Daemon(config::Config config, std::function<void(const std::string& reason)> on_fatal)
    : config_(std::move(config)), metrics_(make_metrics(CHATHOOK_VERSION)) {
    require_every_socket_named(config_);
    journal_ = journal::make_sqlite_journal(journal_of(config_), metrics_->journal(), std::move(on_fatal));
    sinks_ = make_sinks();
    auto routing = routing_of(std::move(config_.sources), config_.routes, sink_numbers_, *metrics_);
    ingest_ =
        std::make_unique<ingest::Ingest>(std::move(routing), *journal_, *metrics_, config_.server.limits.body,
                                         failure_rate_of(config_.server.limits));
    server_ = std::make_unique<http::Server>(public_server_of(config_.server), *ingest_);
    if (!config_.admin.listen) return;
    admin::Actions actions{
        .retake = [this](const journal::Rejection& kept) { return ingest_->retake(kept); }};
    admin_ = std::make_unique<admin::Admin>(*journal_, *metrics_, config_.admin.token, std::move(actions));
    admin_server_ = std::make_unique<http::Server>(admin_server_of(*config_.admin.listen), *admin_);
}

// The servers' connections hold what waits for the journal, so it has to have answered before they go.
Daemon::~Daemon() {
    constexpr std::chrono::milliseconds none{0};
    stop_within(none, none);
}

void Daemon::start() {
    dispatcher_ = std::make_unique<dispatch::Dispatcher>(std::move(sinks_), *journal_, *metrics_);
    server_->start();
    log_addresses("listening", *server_);
    if (!admin_server_) return;
    admin_server_->start();
    log_addresses("admin listening", *admin_server_);
}

bool Daemon::reload(config::Config next) {
    const auto keys = restart_needed_for(config_, next);
    for (const std::string& key : keys) {
        log(LogLevel::error, "reload refused",
            {{"key", key}, {"mend", "restart to change this; nothing was reloaded"}});
    }
    if (!keys.empty()) return false;
    http::TlsContext tls;
    if (next.server.tls) {
        auto made = tls_of(*next.server.tls);
        if (const auto* problem = std::get_if<config::TlsProblem>(&made)) {
            log(LogLevel::error, "reload refused",
                {{"key", "server.tls." + problem->key}, {"reason", problem->message}});
            return false;
        }
        tls = std::get<http::TlsContext>(std::move(made));
    }
    ingest_->reload(routing_of(std::move(next.sources), next.routes, sink_numbers_, *metrics_));
    if (tls) server_->set_tls(std::move(tls));
    config_ = std::move(next);
    return true;
}

void Daemon::reopen() noexcept {
    if (dispatcher_) dispatcher_->reopen();
}

void Daemon::stop() { stop_within(grace, admin_grace); }

// The second time does nothing.
void Daemon::stop_within(std::chrono::milliseconds grace, std::chrono::milliseconds admin_grace) {
    server_->stop(grace);
    if (admin_server_) admin_server_->stop(admin_grace);
    if (dispatcher_) dispatcher_->stop(grace);
    journal_->stop();
    if (admin_) admin_->stop();
}

std::vector<dispatch::SinkSetup> Daemon::make_sinks() {
    std::vector<dispatch::SinkSetup> setups;
    for (const config::Sink& sink : config_.sinks) {
        const auto number = journal_->sink_number(sink.name);
        if (!number) {
            throw std::runtime_error("sink " + sink.name + ": the journal has numbered its " +
                                     std::to_string(journal::sinks_max) +
                                     " sinks; start with a fresh journal.path");
        }
        sink_numbers_.emplace(sink.name, *number);
        setups.push_back({sink.name, *number, sinks::find_sink_kind(sink.type)->traits,
                          delivery_policy_of(sink.retry), make_sink(sink)});
    }
    return setups;
}

}  // namespace chathook::daemon
