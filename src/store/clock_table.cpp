#include "store/clock_table.hpp"

#include <algorithm>
#include <string>

namespace chathook::store {

using std::chrono::microseconds;

ClockTable::ClockTable(Database& database)
    : database_(database),
      save_(database,
            "INSERT OR REPLACE INTO clock(one, now, lead, date_lead, owes, owed_lead, at_once, ran, apart) "
            "VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      forget_epochs_(database, "DELETE FROM epochs"),
      insert_epoch_(database,
                    "INSERT INTO epochs(first, lead, counts_from, counts_until) VALUES(?1, ?2, ?3, ?4)"),
      oldest_(database, "SELECT first FROM lines ORDER BY first LIMIT 1") {}

std::optional<ClockState> ClockTable::load() {
    Statement state(database_,
                    "SELECT now, lead, date_lead, owes, owed_lead, at_once, ran, apart FROM clock");
    Rows rows = state.run();
    if (!rows.next()) return std::nullopt;
    return ClockState{rows.instant(0),
                      microseconds(rows.integer(1)),
                      microseconds(rows.integer(2)),
                      rows.integer(3) != 0,
                      microseconds(rows.integer(4)),
                      microseconds(rows.integer(5)),
                      microseconds(rows.integer(6)),
                      microseconds(rows.integer(7))};
}

std::vector<Epoch> ClockTable::load_epochs() {
    std::vector<Epoch> epochs;
    Statement all(database_, "SELECT first, lead, counts_from, counts_until FROM epochs ORDER BY first");
    for (Rows rows = all.run(); rows.next();) {
        epochs.push_back({rows.number(0), microseconds(rows.integer(1)), rows.instant(2), rows.instant(3)});
    }
    return epochs;
}

std::optional<Instant> ClockTable::latest() {
    Statement times(database_,
                    "SELECT max(received) FROM (SELECT received FROM ledger ORDER BY seq DESC LIMIT 1) "
                    "UNION ALL SELECT max(at) FROM owed "
                    "UNION ALL SELECT max(received) FROM rejections");
    std::optional<Instant> latest;
    for (Rows rows = times.run(); rows.next();) {
        if (rows.integer(0) != 0) latest = std::max(latest.value_or(Instant::min()), rows.instant(0));
    }
    return latest;
}

bool ClockTable::bound_ages(Instant now) {
    const std::int64_t count = now.time_since_epoch().count();
    bool was_ahead = false;
    const auto bound = [&](const std::string& table, const std::string& time) {
        Statement ahead(database_, "SELECT 1 FROM " + table + " WHERE counted_from IS NULL AND " + time +
                                       " > ?1 LIMIT 1");
        if (Rows rows = ahead.run(count); rows.next()) was_ahead = true;
        Statement update(database_, "UPDATE " + table + " SET counted_from = min(" + time +
                                        ", ?1) WHERE counted_from IS NULL");
        update.execute(count);
    };
    bound("owed", "at");
    bound("rejections", "received");
    return was_ahead;
}

void ClockTable::save(const ClockState& state) {
    save_.execute(state.now.time_since_epoch().count(), state.lead.count(), state.date_lead.count(),
                  state.stop_uncounted, state.lead_at_stop.count(), state.at_once.count(), state.ran.count(),
                  state.apart.count());
}

void ClockTable::save_epochs(const std::vector<Epoch>& epochs) {
    forget_epochs_.execute();
    for (const Epoch& epoch : epochs) {
        insert_epoch_.execute(epoch.first, epoch.lead.count(), epoch.from.time_since_epoch().count(),
                              epoch.until.time_since_epoch().count());
    }
}

std::uint64_t ClockTable::oldest_sequence() {
    Rows rows = oldest_.run();
    return rows.next() ? rows.number(0) : 0;
}

}  // namespace chathook::store
