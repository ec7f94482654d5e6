#include "store/source_table.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>

#include "store/opened.hpp"

using namespace chathook::store;
using namespace std::chrono_literals;
using chathook::Event;
using chathook::Instant;
using chathook::journal::test::event_of;
using chathook::journal::test::recently;
using chathook::store::test::Opened;
using Clock = std::chrono::steady_clock;

namespace {

Event event_from(const std::string& source, const std::string& id, Instant received = recently) {
    Event event = event_of(id);
    event.source = source;
    event.received = received;
    return event;
}

std::string rows_of(Database& database) {
    return database.value_of("SELECT ifnull(group_concat(name || ' ' || sequence, ', '), '') FROM sources");
}

// A table beside a journal without events.
struct Alone {
    Opened on;
    Clock::time_point now{};
    SourceTable table{on.database, now};

    void transact(const std::string& source, std::uint64_t sequence, bool commits = true) {
        on.database.execute("BEGIN IMMEDIATE");
        table.begin(now);
        table.note(source, sequence, recently);
        on.database.execute(commits ? "COMMIT" : "ROLLBACK");
        if (commits) {
            table.committed();
        } else {
            table.undo();
        }
    }
};

}  // namespace

TEST_CASE("the newest event of a source is known at once, and after its record was deleted") {
    Opened on;
    on.commit([&] { on.store.append(event_from("leads", "1", recently), {}); });
    on.commit([&] { on.store.append(event_from("leads", "2", recently + 1min), {}); });
    on.commit([&] { on.store.append(event_from("chat", "3", recently + 2min), {}); });
    const LastEvents now = read_last_events(on.database);
    REQUIRE(now.size() == 2);
    CHECK(now.at("leads").sequence == 2);
    CHECK(now.at("leads").received == recently + 1min);
    CHECK(now.at("chat").sequence == 3);

    on.commit([&] { on.store.mark_saved(new_index_identity()); });
    on.commit([&] { on.store.forget(std::vector<std::uint64_t>{1, 2, 3}, recently + 24h); });
    CHECK(read_last_events(on.database).at("leads").received == recently + 1min);
}

TEST_CASE("a request that is taken late does not make a source's newest event older") {
    Opened on;
    on.commit([&] { on.store.append(event_from("leads", "1", recently), {}); });
    on.commit([&] { on.store.append(event_from("leads", "late", recently - 1h), {}); });
    CHECK(read_last_events(on.database).at("leads").received == recently);
    CHECK(read_last_events(on.database).at("leads").sequence == 2);
    on.commit([&] { on.store.mark_saved(new_index_identity()); });
    CHECK(read_last_events(on.database).at("leads").received == recently);
}

TEST_CASE("the rows are written five seconds after the last time, or after 50,000 events") {
    Alone on;
    on.transact("leads", 1);
    on.now += SourceTable::write_after - 1ms;
    on.transact("leads", 2);
    CHECK(rows_of(on.on.database).empty());
    on.now += 1ms;
    on.transact("leads", 3);
    CHECK(rows_of(on.on.database) == "leads 2");
    on.transact("chat", 4);
    CHECK(rows_of(on.on.database) == "leads 2");
    for (std::uint64_t at = 5; at < 5 + SourceTable::write_after_events; ++at)
        on.table.note("leads", at, recently);
    on.table.committed();
    on.transact("leads", 60'000);
    CHECK(rows_of(on.on.database) == "chat 4, leads 50004");
}

TEST_CASE("what a transaction that was rolled back noted or wrote is written later or not at all") {
    Alone on;
    on.transact("leads", 1);
    on.now += SourceTable::write_after;
    on.transact("never", 2, false);  // it would have written "leads 1"
    CHECK(rows_of(on.on.database).empty());
    on.now += SourceTable::write_after;
    on.transact("chat", 2);
    CHECK(rows_of(on.on.database) == "leads 1");
}

TEST_CASE("what a crash left out is read from the records, and written") {
    Opened on;
    on.commit([&] { on.store.append(event_from("leads", "1"), {}); });
    on.commit([&] { on.store.append(event_from("chat", "2"), {}); });
    on.database.execute("DELETE FROM sources");
    SourceTable next(on.database, Clock::time_point{});
    on.database.execute("BEGIN IMMEDIATE");
    next.begin();
    on.database.execute("COMMIT");
    CHECK(rows_of(on.database) == "chat 2, leads 1");
}

TEST_CASE("an event that was rolled back is nobody's newest event") {
    Opened on;
    on.commit([&] { on.store.append(event_from("leads", "1"), {}); });
    on.store.begin();
    on.store.append(event_from("leads", "2", recently + 1min), {});
    on.store.rollback();
    on.commit([&] { on.store.append(event_from("chat", "3"), {}); });
    on.commit([&] { on.store.mark_saved(new_index_identity()); });
    CHECK(read_last_events(on.database).at("leads").received == recently);
}
