#include "daemon/service.hpp"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <atomic>
#include <csignal>
#include <exception>
#include <stdexcept>

#include "daemon/daemon.hpp"
#include "support/error_text.hpp"
#include "support/exit_codes.hpp"
#include "support/log.hpp"

namespace chathook::daemon {

namespace {

namespace asio = boost::asio;

// systemd wants the monotonic time at which a reload began (sd_notify(3), RELOADING=1).
void notify_reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<unsigned long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", microseconds);
}

class Service {
public:
    Service(config::Config config, const Reread& reread)
        : reread_(reread),
          signals_(io_, SIGTERM, SIGINT, SIGHUP),
          watchdog_(io_),
          daemon_(std::move(config), [this](const std::string& reason) { fail(reason); }) {
        signals_.add(SIGUSR1);
    }

    int run() {
        daemon_.start();
        sd_notify(0, "READY=1");
        log(LogLevel::info, "ready");
        wait_for_signal();
        feed_watchdog();
        io_.run();
        sd_notify(0, "STOPPING=1");
        daemon_.stop();
        log(LogLevel::info, "stopped");
        return exit_code_;
    }

private:
    void wait_for_signal() {
        signals_.async_wait([this](const boost::system::error_code& error, int number) {
            if (error) return;
            if (number == SIGTERM || number == SIGINT) return end();
            if (number == SIGHUP) reload();
            daemon_.reopen();
            wait_for_signal();
        });
    }

    void end() {
        log(LogLevel::info, "stopping");
        // Restores the default action: the next one ends the process, whose state is on disk anyway. SIGHUP
        // and SIGUSR1, which logrotate may send at any time, have no effect from here on.
        signals_.remove(SIGTERM);
        signals_.remove(SIGINT);
        io_.stop();
    }

    // A failure here must not end a serving daemon: it keeps its configuration.
    void reload() noexcept {
        notify_reloading();
        try {
            ReadAgain next = reread_();
            if (!next.config) {
                daemon_.note_refused_reload(next.reason);
            } else if (daemon_.reload(std::move(*next.config))) {
                log(LogLevel::info, "reloaded", {{"vendors", daemon_.fingerprint()}});
            }
        } catch (const std::exception& error) {
            log(LogLevel::error, "reload_refused", {{"reason", error.what()}});
            daemon_.note_refused_reload(error.what());
        }
        sd_notify(0, "READY=1");
    }

    // Called on the journal's writer thread, possibly while it stops: acknowledged events are safe, but
    // nothing more can be promised.
    void fail(const std::string& reason) {
        log(LogLevel::error, "journal_failed", {{"reason", reason}});
        exit_code_ = ExitCode::io_error;
        asio::post(io_, [this] { io_.stop(); });
    }

    void feed_watchdog() {
        std::uint64_t microseconds = 0;
        if (sd_watchdog_enabled(0, &microseconds) <= 0) return;
        // A daemon whose disk hangs cannot answer, so the watchdog is not fed and systemd ends the daemon.
        if (daemon_.alive()) sd_notify(0, "WATCHDOG=1");
        watchdog_.expires_after(std::chrono::microseconds(microseconds / 2));
        watchdog_.async_wait([this](const boost::system::error_code& error) {
            if (!error) feed_watchdog();
        });
    }

    const Reread& reread_;
    asio::io_context io_;
    asio::signal_set signals_;
    asio::steady_timer watchdog_;
    std::atomic<int> exit_code_{ExitCode::done};
    Daemon daemon_;
};

}  // namespace

int serve(config::Config config, const Reread& reread) {
    try {
        return Service(std::move(config), reread).run();
    } catch (const journal::OpenError& error) {
        log(LogLevel::error, "cannot_open_journal", {{"reason", error.what()}});
        return error.exit_code();
    } catch (const boost::system::system_error& error) {
        // For a lack of descriptors Asio's text names an internal part: "epoll: Too many open files
        // [system:24]".
        const bool of_system = error.code().category() == boost::system::system_category();
        const std::string reason = of_system ? error_text(error.code().value()) : error.what();
        log(LogLevel::error, "cannot_start", {{"reason", reason}});
        return ExitCode::unavailable;
    } catch (const std::runtime_error& error) {
        log(LogLevel::error, "cannot_start", {{"reason", error.what()}});
        return ExitCode::unavailable;
    }
}

}  // namespace chathook::daemon
