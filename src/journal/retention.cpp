#include "journal/retention.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t step_rows_max = 256;

// Of vendors' bodies that one step deletes. Deleted pages are overwritten (secure_delete), so a step writes
// as much into the log as it frees; on a full disk that has to fit into what the ballast left.
constexpr std::uint64_t step_bytes_max = 1 << 20;

// Between two sweeps: at least this, and so long that sweeping takes two hundredths of the writer's time.
constexpr std::chrono::seconds pause_min{1};
constexpr int pause_factor = 50;

// Whether a sweep ends here: what follows is younger still. A time of receipt in the future comes from a
// clock that was wrong, then or now; it says nothing about what follows, and is kept.
bool is_young(Instant received, Instant now, std::chrono::microseconds kept) noexcept {
    return received <= now && now - received <= kept;
}

}  // namespace

Retention::Retention(Database& database, Store& store, const JournalSettings& settings)
    : store_(store),
      retain_delivered_(settings.retain_delivered),
      retain_dead_(settings.retain_dead),
      dedupe_window_(settings.dedupe_window),
      dead_(database,
            "SELECT seq, sink, at FROM dead WHERE (seq, sink) > (?1, ?2) ORDER BY seq, sink LIMIT ?3"),
      events_(database,
              "SELECT e.seq, l.received, l.routed, EXISTS(SELECT 1 FROM dead d WHERE d.seq = e.seq), "
              "max(e.original_size, coalesce(length(e.raw), 0)) "
              "FROM events e CROSS JOIN ledger l ON l.seq = e.seq WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"),
      ledger_(database,
              "SELECT l.seq, l.received, l.key, EXISTS(SELECT 1 FROM events e WHERE e.seq = l.seq) "
              "FROM ledger l WHERE l.seq > ?1 ORDER BY l.seq LIMIT ?2") {}

void Retention::step(Instant now) {
    const auto started = steady_clock::now();
    bool finished = false;
    switch (stage_) {
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
        stage_ = stage_ == Stage::dead ? Stage::events : Stage::ledger;
        return;
    }
    stage_ = Stage::dead;
    next_ = ended + std::max<steady_clock::duration>(pause_min, worked_ * pause_factor);
    worked_ = {};
}

void Retention::postpone() noexcept { next_ = steady_clock::now() + pause_min; }

template <class Item, class Delete>
void Retention::apply(const std::vector<Item>& items, Delete&& each) {
    if (items.empty()) return;
    store_.begin();
    for (const Item& item : items) each(item);
    store_.commit();
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
    apply(due, [&](const auto& letter) { store_.delete_dead(letter.first, letter.second); });
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
        const Instant received{std::chrono::microseconds(rows.integer(1))};
        reached_young = is_young(received, now, retain_delivered_);
        if (reached_young) break;
        position = rows.number(0);
        if (received > now) continue;
        const bool has_dead_letter = rows.integer(3) != 0;
        if (has_dead_letter || !store_.settled_everywhere(position, rows.number(2))) continue;
        due.push_back(position);
        bytes += rows.number(4);
    }
    apply(due, [&](std::uint64_t sequence) { store_.delete_event(sequence); });
    position_ = position;
    return reached_young || (bytes < step_bytes_max && looked_at < step_rows_max);
}

bool Retention::sweep_ledger(Instant now) {
    std::vector<std::pair<std::uint64_t, std::string>> due;
    std::size_t looked_at = 0;
    std::uint64_t position = position_;
    bool reached_young = false;
    for (Rows rows = ledger_.run(position_, step_rows_max); rows.next(); ++looked_at) {
        const Instant received{std::chrono::microseconds(rows.integer(1))};
        reached_young = is_young(received, now, dedupe_window_);
        if (reached_young) break;
        position = rows.number(0);
        if (received > now) continue;
        const bool has_event = rows.integer(3) != 0;
        // The newest line stays: it is what the next sequence is counted from.
        if (!has_event && position != store_.counts().newest) due.emplace_back(position, rows.bytes(2));
    }
    apply(due, [&](const auto& line) { store_.delete_line(line.first, line.second); });
    position_ = position;
    return reached_young || looked_at < step_rows_max;
}

}  // namespace chathook::journal
