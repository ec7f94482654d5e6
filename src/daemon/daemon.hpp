// The composition root: constructs the rooms in the order of the flow and destroys them in reverse. Called by
// the main thread, except where noted.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "admin/admin.hpp"
#include "config/config.hpp"
#include "daemon/parts.hpp"
#include "dispatch/dispatcher.hpp"
#include "http/server.hpp"
#include "ingest/ingest.hpp"
#include "journal/journal.hpp"
#include "status/report.hpp"
#include "support/metrics.hpp"

namespace chathook::daemon {

class Daemon {
public:
    // Opens the journal and binds every address, but does not serve yet. `on_fatal` is called once, on the
    // journal's writer thread, if the disk fails. Throws journal::OpenError, or std::runtime_error for an
    // address.
    Daemon(config::Config config, std::function<void(const std::string& reason)> on_fatal);

    // Stops without grace if stop() was not called, for example because start() threw.
    ~Daemon();

    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    void start();

    // Applies the sources, routes and TLS files of `next`, all or none, without touching a connection or the
    // queue. False if something changed that needs a restart, or a TLS file is unusable: then nothing is
    // applied, and the log names the key. If it throws, nothing was applied either.
    bool reload(config::Config next);

    // Notes for `status` that a reload was refused before there was a configuration to apply: `reason` is
    // what is wrong with the new one.
    void note_refused_reload(const std::string& reason);

    // A digest of what verifies and reads webhooks now.
    std::string fingerprint() const { return ingest_->fingerprint(); }

    // For logrotate: every sink writes to a newly opened file from its next delivery on.
    void reopen() noexcept;

    // Whether the journal's writer thread still makes progress.
    bool alive() const { return journal_->alive(); }

    // Stops accepting, answers pending requests and those that arrive during limits.drain_timeout, gives each
    // sink a second to finish its current delivery, and closes the journal. Takes at most
    // limits.drain_timeout and a second, plus the time of the disk.
    void stop();

private:
    std::vector<std::string> vendors_with_events() const;
    status::Running running() const;
    std::string why_not_applied(config::Config&& next);
    void note_reload(status::Reload outcome);
    std::vector<dispatch::SinkSetup> make_sinks();
    void stop_within(std::chrono::milliseconds requests, std::chrono::milliseconds deliveries);

    const Instant started_;
    const std::chrono::steady_clock::time_point started_steady_ = std::chrono::steady_clock::now();
    mutable std::mutex reloads_;  // guards what `status` tells of the configuration, the next two
    Instant loaded_;
    std::optional<status::Reload> last_reload_;

    config::Config config_;
    const journal::JournalSettings journal_settings_;  // a change needs a restart
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<journal::Journal> journal_;
    SinkNumbers sink_numbers_;
    std::unique_ptr<ingest::Ingest> ingest_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<admin::Admin> admin_;
    std::unique_ptr<http::Server> admin_server_;
    std::vector<dispatch::SinkSetup> sinks_;  // until start() moves them to the dispatcher
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
};

}  // namespace chathook::daemon
