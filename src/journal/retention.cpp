#include "journal/retention.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t step_rows_max = 256;
constexpr std::size_t step_groups_max = 32;

// Of vendors' bodies that one step deletes. An engine may overwrite what it deletes, so a step writes as much
// into its log as it frees; on a full disk that has to fit into the room that the ballast left.
constexpr std::uint64_t step_bytes_max = 1 << 20;

constexpr const char* unclaimed_reason =
    "no sink of that name is configured, and the event waited for it longer than journal.retain_dead";

constexpr steady_clock::duration pause_min = std::chrono::seconds(1);
constexpr steady_clock::duration pause_max = std::chrono::minutes(1);
constexpr int pause_factor = 50;

}  // namespace

steady_clock::duration pause_after(steady_clock::duration worked) noexcept {
    return std::clamp(worked * pause_factor, pause_min, pause_max);
}

Retention::Retention(Engine& engine, const JournalSettings& settings, std::shared_ptr<const Ages> ages)
    : engine_(engine),
      ages_(std::move(ages)),
      retain_delivered_(settings.retain_delivered),
      retain_dead_(settings.retain_dead),
      dedupe_window_(settings.dedupe_window) {}

Retention::Swept Retention::step(Instant now, const SinkSet& unclaimed) {
    const auto started = steady_clock::now();
    Swept swept;
    bool finished = false;
    switch (stage_) {
        case Stage::unclaimed: finished = sweep_unclaimed(now, unclaimed, swept); break;
        case Stage::dead: finished = sweep_dead(now, swept); break;
        case Stage::events: finished = sweep_events(now); break;
        case Stage::ledger: finished = sweep_ledger(now); break;
    }
    const auto ended = steady_clock::now();
    worked_ += ended - started;
    if (finished) finish_stage(ended);
    return swept;
}

void Retention::finish_stage(steady_clock::time_point ended) noexcept {
    position_ = 0;
    position_sink_ = 0;
    if (stage_ != Stage::ledger) {
        stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
        return;
    }
    stage_ = Stage::unclaimed;
    next_ = ended + pause_after(worked_);
    worked_ = {};
}

void Retention::postpone() noexcept { next_ = steady_clock::now() + pause_min; }

void Retention::expedite() noexcept { next_ = std::min(next_, steady_clock::now() + pause_min); }

// Rows are listed in the order in which they were stored, so a stage ends at the first one that is not older
// than its limit: what follows is younger still.
bool Retention::is_older(std::uint64_t sequence, Instant received, Instant now,
                         std::chrono::microseconds kept) const {
    return now - ages_->counted_from(sequence, received) > kept;
}

void Retention::skip_sinks_without_work(const SinkSet& unclaimed) {
    const std::vector<SinkCounts>& counts = engine_.counts().sinks;
    while (position_sink_ < counts.size() &&
           (!unclaimed.contains(position_sink_) ||
            counts[position_sink_].waiting + counts[position_sink_].again == 0)) {
        ++position_sink_;
        position_ = 0;
    }
}

// One sink after another, from the event that waits longest on.
bool Retention::sweep_unclaimed(Instant now, const SinkSet& unclaimed, Swept& swept) {
    skip_sinks_without_work(unclaimed);
    if (position_sink_ >= engine_.counts().sinks.size()) return true;
    bool finished = false;
    std::vector<Settlement> given_up = unclaimed_of(position_sink_, now, finished);
    if (!given_up.empty()) {
        log(LogLevel::warning, "events_of_a_removed_sink_given_up",
            {{"sink", engine_.name_of(position_sink_)}, {"events", std::to_string(given_up.size())}});
        engine_.begin();
        engine_.settle(position_sink_, std::move(given_up), now);
        engine_.commit();
        swept.changed_counts = true;
    }
    if (finished) {
        ++position_sink_;
        position_ = 0;
    }
    return false;
}

std::vector<Settlement> Retention::unclaimed_of(SinkNumber sink, Instant now, bool& finished) {
    std::vector<Settlement> given_up;
    const auto give_up = [&](std::uint64_t sequence) {
        given_up.push_back({sequence, Settlement::Kind::dead, 0, unclaimed_reason});
    };
    if (position_ == 0) {
        for (const std::uint64_t sequence : engine_.due_again_before(sink, now - retain_dead_, step_rows_max))
            give_up(sequence);
        if (!given_up.empty()) return given_up;
        position_ = engine_.counts().sinks[sink].cursor;
    }
    std::size_t looked_at = 0;
    engine_.visit_ledger(sink, position_, step_rows_max, [&](const RetainedLine& line) {
        finished = !is_older(line.sequence, line.received, now, retain_dead_);
        if (finished) return false;
        ++looked_at;
        position_ = line.sequence;
        if (line.waits) give_up(line.sequence);
        return true;
    });
    finished = finished || looked_at < step_rows_max;
    return given_up;
}

bool Retention::sweep_dead(Instant now, Swept& swept) {
    const auto letters = engine_.dead_letters(position_, position_sink_, step_rows_max);
    std::vector<RetainedDeadLetter> old;
    for (const RetainedDeadLetter& letter : letters) {
        if (now - letter.counted_from > retain_dead_) old.push_back(letter);
    }
    if (!old.empty()) {
        engine_.begin();
        for (const RetainedDeadLetter& letter : old) {
            engine_.discard(letter.sink, std::span(&letter.sequence, 1));
            ++swept.expired[letter.sink];
        }
        engine_.commit();
    }
    for (const auto& [sink, expired] : swept.expired) {
        log(LogLevel::warning, "dead_letters_expired",
            {{"sink", engine_.name_of(sink)},
             {"events", std::to_string(expired)},
             {"reason", "they were dead letters for longer than journal.retain_dead"}});
    }
    swept.changed_counts = !old.empty();
    if (!letters.empty()) {
        position_ = letters.back().sequence;
        position_sink_ = letters.back().sink;
    }
    return letters.size() < step_rows_max;
}

bool Retention::sweep_events(Instant now) {
    std::vector<std::uint64_t> old;
    std::size_t looked_at = 0;
    std::uint64_t bytes = 0;
    std::uint64_t position = position_;
    bool reached_young = false;
    engine_.visit_events(position_, step_rows_max, [&](const RetainedEvent& event) {
        reached_young = !is_older(event.sequence, event.received, now, retain_delivered_);
        if (reached_young) return false;
        ++looked_at;
        position = event.sequence;
        if (event.is_held || event.waits) return true;
        old.push_back(event.sequence);
        bytes += event.bytes;
        return bytes < step_bytes_max;
    });
    if (!old.empty()) {
        engine_.begin();
        engine_.forget(old, now);
        engine_.commit();
    }
    position_ = position;
    return reached_young || (bytes < step_bytes_max && looked_at < step_rows_max);
}

bool Retention::sweep_ledger(Instant now) {
    std::vector<std::uint64_t> old;
    std::size_t looked_at = 0;
    std::uint64_t position = position_;
    bool reached_young = false;
    engine_.visit_groups(position_, step_groups_max, [&](const RetainedGroup& group) {
        reached_young =
            group.oldest && !is_older(group.oldest->sequence, group.oldest->received, now, dedupe_window_);
        if (reached_young) return false;
        ++looked_at;
        position = group.first;
        if (!group.has_records) old.push_back(group.first);
        return true;
    });
    if (!old.empty()) {
        engine_.begin();
        for (const std::uint64_t first : old) engine_.forget_lines(first, now);
        engine_.commit();
    }
    position_ = position;
    return reached_young || looked_at < step_groups_max;
}

}  // namespace chathook::journal
