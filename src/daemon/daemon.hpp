// The composition root: builds the rooms in the order of the flow and takes them down in reverse. All calls
// from the main thread, except where said.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/admin.hpp"
#include "config/config.hpp"
#include "daemon/parts.hpp"
#include "dispatch/dispatcher.hpp"
#include "http/server.hpp"
#include "ingest/ingest.hpp"
#include "journal/journal.hpp"
#include "support/metrics.hpp"

namespace chathook::daemon {

class Daemon {
public:
    // Opens the journal and binds every address; nothing is served yet. `on_fatal` is called once, on the
    // journal's writer thread, when the disk failed. Throws journal::OpenError, or std::runtime_error for an
    // address.
    Daemon(config::Config config, std::function<void(const std::string& reason)> on_fatal);

    // Stops without grace if that has not been done, as when start() threw.
    ~Daemon();

    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    void start();

    // Takes the sources, routes and TLS files of `next`, all or none, without touching a connection or the
    // queue. False when something changed that only a restart can change, or a TLS file is no good: nothing
    // is taken then, and the log names it.
    bool reload(config::Config next);

    // logrotate was here: every sink writes to a fresh file from its next delivery on.
    void reopen() noexcept;

    // Whether the journal's writer still comes round.
    bool alive() const { return journal_->alive(); }

    // Stops accepting, answers what is under way, lets each sink finish the delivery it is at, closes the
    // journal.
    void stop();

private:
    std::vector<dispatch::SinkSetup> make_sinks();
    void stop_within(std::chrono::milliseconds grace, std::chrono::milliseconds admin_grace);

    config::Config config_;
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<journal::Journal> journal_;
    SinkNumbers sink_numbers_;
    std::unique_ptr<ingest::Ingest> ingest_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<admin::Admin> admin_;
    std::unique_ptr<http::Server> admin_server_;
    std::vector<dispatch::SinkSetup> sinks_;  // until start() hands them to the dispatcher
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
};

}  // namespace chathook::daemon
