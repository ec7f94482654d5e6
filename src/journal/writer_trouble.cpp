// How the writer handles a disk that is full, fails or was replaced, and what it reports about itself.
#include "journal/writer.hpp"

#include <utility>

#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

// One round of run() takes a second at most if there is no work.
constexpr std::chrono::seconds alive_if_active_within{10};
constexpr std::chrono::seconds ready_if_active_within{3};

// Between two checks while nothing is committed.
constexpr std::chrono::milliseconds files_check_interval{100};

}  // namespace

bool Writer::check_room() {
    const std::optional<std::string> reason = engine_->reason_for_no_room();
    queue_.refuse(reason ? std::optional(Errc::journal_full) : std::nullopt);
    set_health({!reason, reason.value_or("")});
    return !reason;
}

void Writer::note_active() noexcept { last_active_ = steady_clock::now(); }

bool Writer::active_within(std::chrono::seconds within) const noexcept {
    return steady_clock::now() - last_active_.load() < within;
}

bool Writer::alive() const noexcept { return active_within(alive_if_active_within); }

// Returns what the callers are told about an error of the engine, and changes the state of the journal
// accordingly.
Errc Writer::handle_error(const EngineError& error) {
    if (error.kind() == EngineError::Kind::full) {
        engine_->ran_out_of_room(error.reason());
        check_room();
        return Errc::journal_full;
    }
    // It is unknown whether the transaction is on the disk, and a second sync would not tell: Linux drops the
    // pages of a failed one. Only a restart finds out, which reads the log again.
    fail(engine_->reason_of_failure(error));
    return Errc::journal_failed;
}

void Writer::fail(const std::string& reason) {
    if (failed_) return;
    failed_ = true;
    engine_->abandon();
    queue_.fail();
    {
        const std::lock_guard lock(health_mutex_);
        health_ = {false, reason};
    }
    on_fatal_(reason);  // which logs it
}

bool Writer::check_files() {
    if (failed_) return false;
    next_files_check_ = steady_clock::now() + files_check_interval;
    const auto loss = engine_->rescue_if_lost();
    if (!loss) return true;
    fail(*loss);
    return false;
}

Health Writer::health() const {
    // The disk may also hang during the writer's other work, while no event is being committed.
    if (queue_.stalled() || !active_within(ready_if_active_within)) {
        return {false, "the journal's disk does not answer in time"};
    }
    const std::lock_guard lock(health_mutex_);
    return health_;
}

void Writer::set_health(Health health) {
    const std::lock_guard lock(health_mutex_);
    if (health.writable && !health_.writable) log(LogLevel::info, "journal_writable");
    if (!health.writable && health_.writable) {
        log(LogLevel::error, "journal_not_writable", {{"reason", health.reason}});
    }
    health_ = std::move(health);
}

}  // namespace chathook::journal
