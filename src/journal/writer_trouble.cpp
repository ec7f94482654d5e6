// What the writer does when the disk is full, fails, or is not there any more; and what it says of itself.
#include "journal/writer.hpp"

#include <utility>

#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds alive_within{10};           // of coming round once
constexpr std::chrono::seconds ready_within{3};            // the same; it wakes much more often by itself
constexpr std::chrono::milliseconds ground_interval{100};  // between two looks while nothing is committed

}  // namespace

bool Writer::has_room() {
    const std::optional<std::string> reason = engine_->lack_of_room();
    queue_.refuse(reason ? std::optional(Errc::journal_full) : std::nullopt);
    set_health({!reason, reason.value_or("")});
    return !reason;
}

void Writer::came_round() noexcept { came_round_ = steady_clock::now(); }

bool Writer::comes_round(std::chrono::seconds within) const noexcept {
    return steady_clock::now() - came_round_.load() < within;
}

bool Writer::alive() const noexcept { return comes_round(alive_within); }

// Sorts an error of the engine into what the waiters are told, and remembers what it means for later ones.
Errc Writer::trouble(const EngineError& error) {
    if (error.kind() == EngineError::Kind::full) {
        engine_->ran_out_of_room(error.reason());
        has_room();
        return Errc::journal_full;
    }
    // Whether the transaction is on disk is not known, and a second sync would not tell: Linux forgets the
    // pages of a failed one. Only a restart, which reads the log anew, finds out.
    fail(engine_->reason_of_failure(error));
    return Errc::journal_failed;
}

void Writer::fail(const std::string& reason) {
    if (failed_) return;
    failed_ = true;
    engine_->abandon();
    queue_.fail();
    set_health({false, reason});
    on_fatal_(reason);
}

bool Writer::stands() {
    if (failed_) return false;
    next_ground_ = steady_clock::now() + ground_interval;
    const auto loss = engine_->lost();
    if (!loss) return true;
    fail(*loss);
    return false;
}

Health Writer::health() const {
    // The disk may hang under the writer's other work too, while no event is being committed.
    if (queue_.stalled() || !comes_round(ready_within)) {
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
