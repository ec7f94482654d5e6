#include "store/retention.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "support/log.hpp"

namespace chathook::store {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t step_rows_max = 256;
constexpr std::size_t step_groups_max = 32;

// Of vendors' bodies that one step deletes. Deleted pages are overwritten (secure_delete), so a step writes
// as much into the log as it frees; on a full disk that has to fit into what the ballast left.
constexpr std::uint64_t step_bytes_max = 1 << 20;

constexpr const char* unclaimed_reason =
    "no sink of that name is configured, and the event waited for it longer than journal.retain_dead";

constexpr steady_clock::duration pause_min = std::chrono::seconds(1);
constexpr steady_clock::duration pause_max = std::chrono::minutes(1);
constexpr int pause_factor = 50;

// Whether a sweep ends here: what follows is younger still.
bool is_young(Instant counted_from, Instant now, std::chrono::microseconds kept) noexcept {
    return now - counted_from <= kept;
}

}  // namespace

steady_clock::duration rest_after(steady_clock::duration worked) noexcept {
    return std::clamp(worked * pause_factor, pause_min, pause_max);
}

Retention::Retention(Database& database, Store& store, const JournalSettings& settings)
    : store_(store),
      retain_delivered_(settings.retain_delivered),
      retain_dead_(settings.retain_dead),
      dedupe_window_(settings.dedupe_window),
      waiting_(database, "SELECT seq, received, routed FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
      again_(
          database,
          "SELECT seq FROM again WHERE sink = ?1 AND coalesce(counted_from, at) < ?2 ORDER BY seq LIMIT ?3"),
      dead_(database,
            "SELECT seq, sink, coalesce(counted_from, at) FROM dead WHERE (seq, sink) > (?1, ?2) ORDER BY "
            "seq, sink LIMIT ?3"),
      events_(database,
              "SELECT e.seq, l.received, l.routed, EXISTS(SELECT 1 FROM dead d WHERE d.seq = e.seq) OR "
              "EXISTS(SELECT 1 FROM again a WHERE a.seq = e.seq), max(e.original_size, "
              "coalesce(length(e.raw), 0)) "
              "FROM events e CROSS JOIN ledger l ON l.seq = e.seq WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"),
      lines_(
          database,
          "SELECT l.first, l.data, r.first IS NOT NULL FROM lines l LEFT JOIN records r ON r.first = l.first "
          "WHERE l.first > ?1 ORDER BY l.first LIMIT ?2") {}

void Retention::step(Instant now, SinkSet unclaimed) {
    const auto started = steady_clock::now();
    expired_.clear();
    changed_counts_ = false;
    bool finished = false;
    switch (stage_) {
        case Stage::unclaimed: finished = sweep_unclaimed(now, unclaimed); break;
        case Stage::dead: finished = sweep_dead(now); break;
        case Stage::events: finished = sweep_events(now); break;
        case Stage::ledger: finished = sweep_ledger(now); break;
    }
    const auto ended = steady_clock::now();
    worked_ += ended - started;
    if (!finished) return;
    position_ = 0;
    position_sink_ = 0;
    if (stage_ != Stage::ledger) {
        stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
        return;
    }
    stage_ = Stage::unclaimed;
    next_ = ended + rest_after(worked_);
    worked_ = {};
}

void Retention::postpone() noexcept { next_ = steady_clock::now() + pause_min; }

void Retention::hurry() noexcept { next_ = std::min(next_, steady_clock::now() + pause_min); }

template <class Item, class Delete>
void Retention::apply(const std::vector<Item>& items, Delete&& each) {
    if (items.empty()) return;
    store_.begin();
    for (const Item& item : items) each(item);
    store_.commit();
}

// One sink after another, from what it waits for longest on.
bool Retention::sweep_unclaimed(Instant now, SinkSet unclaimed) {
    const Counts& counts = store_.counts();
    while (position_sink_ < store_.sinks() &&
           (!contains(unclaimed, position_sink_) ||
            counts.waiting[position_sink_] + counts.again[position_sink_] == 0)) {
        ++position_sink_;
        position_ = 0;
    }
    if (position_sink_ >= store_.sinks()) return true;
    bool finished = false;
    std::vector<Settlement> given_up = unclaimed_of(position_sink_, now, finished);
    if (!given_up.empty()) {
        log(LogLevel::warning, "events_of_a_removed_sink_given_up",
            {{"sink", store_.name_of(position_sink_)}, {"events", std::to_string(given_up.size())}});
        store_.begin();
        store_.settle(position_sink_, std::move(given_up), now);
        store_.commit();
        changed_counts_ = true;
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
    const Instant limit = now - retain_dead_;
    if (position_ == 0) {
        for (Rows rows = again_.run(sink, limit.time_since_epoch().count(), step_rows_max); rows.next();) {
            give_up(rows.number(0));
        }
        if (!given_up.empty()) return given_up;
        position_ = store_.counts().cursor[sink];
    }
    std::size_t looked_at = 0;
    for (Rows rows = waiting_.run(position_, step_rows_max); rows.next(); ++looked_at) {
        finished = is_young(counted_from(rows, 0, 1), now, retain_dead_);
        if (finished) break;
        position_ = rows.number(0);
        if (contains(rows.number(2), sink) && store_.waits(position_, sink)) {
            give_up(position_);
        }
    }
    finished = finished || looked_at < step_rows_max;
    return given_up;
}

Instant Retention::counted_from(const Rows& rows, int sequence, int received) const {
    return store_.ages().counted_from(rows.number(sequence),
                                      Instant(std::chrono::microseconds(rows.integer(received))));
}

bool Retention::sweep_dead(Instant now) {
    std::vector<std::pair<std::uint64_t, SinkNumber>> due;
    std::size_t looked_at = 0;
    auto position = std::pair(position_, position_sink_);
    for (Rows rows = dead_.run(position_, position_sink_, step_rows_max); rows.next(); ++looked_at) {
        position = {rows.number(0), static_cast<SinkNumber>(rows.number(1))};
        const Instant at{std::chrono::microseconds(rows.integer(2))};
        if (now - at > retain_dead_) due.push_back(position);
    }
    apply(due, [&](const auto& letter) { store_.discard(letter.second, std::span(&letter.first, 1)); });
    for (const auto& letter : due) ++expired_[letter.second];
    for (const auto& [sink, letters] : expired_) {
        log(LogLevel::warning, "dead_letters_expired",
            {{"sink", store_.name_of(sink)},
             {"events", std::to_string(letters)},
             {"reason", "they were dead letters for longer than journal.retain_dead"}});
    }
    changed_counts_ = !due.empty();
    std::tie(position_, position_sink_) = position;
    return looked_at < step_rows_max;
}

bool Retention::sweep_events(Instant now) {
    std::vector<std::uint64_t> due;
    std::size_t looked_at = 0;
    std::uint64_t bytes = 0;
    std::uint64_t position = position_;
    bool reached_young = false;
    for (Rows rows = events_.run(position_, step_rows_max); bytes < step_bytes_max && rows.next();
         ++looked_at) {
        reached_young = is_young(counted_from(rows, 0, 1), now, retain_delivered_);
        if (reached_young) break;
        position = rows.number(0);
        const bool is_held = rows.integer(3) != 0;  // by a dead letter, or because it is due again
        if (is_held || !store_.settled_everywhere(position, rows.number(2))) continue;
        due.push_back(position);
        bytes += rows.number(4);
    }
    if (!due.empty()) {
        store_.begin();
        store_.forget(due, now);
        store_.commit();
    }
    position_ = position;
    return reached_young || (bytes < step_bytes_max && looked_at < step_rows_max);
}

// A group of lines at a time.
bool Retention::sweep_ledger(Instant now) {
    std::vector<std::uint64_t> due;
    std::size_t looked_at = 0;
    std::uint64_t position = position_;
    bool reached_young = false;
    for (Rows rows = lines_.run(position_, step_groups_max); rows.next(); ++looked_at) {
        const LineGroup group(rows.number(0), rows.bytes(1));
        if (group.size() > 0) {
            const Line oldest = group.line(0).line;
            const Instant from = store_.ages().counted_from(oldest.sequence, oldest.received);
            reached_young = is_young(from, now, dedupe_window_);
        }
        if (reached_young) break;
        position = group.first();
        const bool has_records = rows.integer(2) != 0;
        if (!has_records) due.push_back(position);
    }
    apply(due, [&](std::uint64_t first) { store_.forget_lines(first, now); });
    position_ = position;
    return reached_young || looked_at < step_groups_max;
}

}  // namespace chathook::store
