#include "store/owed_table.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"
#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;

namespace {

constexpr Step becomes(OwedState state, unsigned flags = 0) { return {true, false, state, flags}; }

struct Table : Opened {
    Table() { database.execute("BEGIN"); }

    void write(SinkNumber sink, std::uint64_t sequence, OwedState before, OwedState after) {
        const Settlement why{.sequence = sequence, .attempts = 3, .reason = "refused"};
        table.write(sink, sequence, before, becomes(after), &why, recently);
    }

    OwedTable table{database, std::make_shared<journal::Ages>()};
};

}  // namespace

TEST_CASE("rows of what is owed are counted by sink and state, and again at the next start") {
    Table on;
    on.write(70, 1, OwedState::none, OwedState::dead);
    on.write(70, 2, OwedState::none, OwedState::dead);
    on.write(0, 2, OwedState::none, OwedState::again);
    on.write(70, 1, OwedState::dead, OwedState::discarded);
    const OwedTable anew(on.database, std::make_shared<journal::Ages>());
    for (const OwedTable* table : std::initializer_list<const OwedTable*>{&on.table, &anew}) {
        CHECK(table->count(70, OwedState::dead) == 1);
        CHECK(table->count(70, OwedState::discarded) == 1);
        CHECK(table->count(0, OwedState::again) == 1);
        CHECK(table->count(0, OwedState::dead) == 0);
        CHECK(table->count(5000, OwedState::dead) == 0);
    }
}

TEST_CASE("a discarded dead letter keeps its attempts, its reason and its time") {
    Table on;
    on.write(0, 1, OwedState::none, OwedState::dead);
    const std::string before = on.value_of("SELECT attempts || reason || at FROM owed");
    CHECK(before.starts_with("3refused"));
    on.table.write(0, 1, OwedState::dead, becomes(OwedState::discarded), nullptr,
                   recently + std::chrono::hours(1));
    CHECK(on.value_of("SELECT attempts || reason || at FROM owed") == before);
}

TEST_CASE("further attempts keep the time of the first one that failed") {
    Table on;
    Settlement attempt{.sequence = 1,
                       .kind = Settlement::Kind::tried,
                       .attempts = 1,
                       .reason = "HTTP 503",
                       .id = {},
                       .next_try = recently + std::chrono::seconds(2)};
    on.table.write(0, 1, OwedState::none, becomes(OwedState::tried), &attempt, recently);
    const std::string at = on.value_of("SELECT at FROM owed");
    attempt.attempts = 2;
    attempt.reason = "HTTP 502";
    attempt.next_try = recently + std::chrono::seconds(6);
    on.table.write(0, 1, OwedState::tried, becomes(OwedState::tried), &attempt,
                   recently + std::chrono::seconds(2));
    CHECK(on.value_of("SELECT attempts || reason FROM owed") == "2HTTP 502");
    CHECK(on.value_of("SELECT next_try - at FROM owed") == "6000000");
    CHECK(on.value_of("SELECT at FROM owed") == at);
    CHECK(on.table.count(0, OwedState::tried) == 1);
}

TEST_CASE("what ended is forgotten with its record, what is owed is not") {
    Table on;
    on.write(0, 1, OwedState::none, OwedState::dead);
    on.write(0, 1, OwedState::dead, OwedState::discarded);
    on.write(1, 1, OwedState::none, OwedState::delivered);
    on.write(2, 1, OwedState::none, OwedState::dead);
    on.database.execute(
        "INSERT INTO owed(seq, sink, state, flags, attempts, reason, at) VALUES(1, 3, 9, 0, 0, '', 0)");
    on.table.forget(1);
    CHECK(on.value_of("SELECT group_concat(sink) FROM owed") == "2,3");
    CHECK(on.table.count(0, OwedState::discarded) == 0);
    CHECK(on.table.count(2, OwedState::dead) == 1);
}

TEST_CASE("a row of a sink that the journal does not have takes no memory, and an erasure removes it") {
    Opened on;
    on.commit([&] { on.store.append(event_of("a"), {}); });
    on.database.execute(
        "INSERT INTO owed(seq, sink, state, flags, attempts, reason, at) VALUES(1, 4000000000, 2, 0, 1, 'x', "
        "0)");
    const OwedTable table(on.database, std::make_shared<journal::Ages>());
    CHECK(table.count(4'000'000'000, OwedState::dead) == 0);
    on.commit([&] { on.store.erase(std::vector<std::uint64_t>{1}, {}, recently); });
    CHECK(on.value_of("SELECT count(*) FROM owed") == "0");
}

TEST_CASE("counts are those from before a transaction that is rolled back") {
    Table on;
    on.write(0, 1, OwedState::none, OwedState::dead);
    on.table.begin();
    on.write(0, 1, OwedState::dead, OwedState::again);
    on.write(1, 1, OwedState::none, OwedState::dead);
    on.table.undo();
    CHECK(on.table.count(0, OwedState::dead) == 1);
    CHECK(on.table.count(0, OwedState::again) == 0);
    CHECK(on.table.count(1, OwedState::dead) == 0);
}

TEST_CASE("a sink without rows costs no statement, nor does an event that waits where none was tried") {
    Table on;
    on.write(0, 1, OwedState::none, OwedState::dead);
    on.database.execute("COMMIT");
    const auto statements = [&](SinkNumber sink, bool waits) {
        return on.statements_of([&] { on.table.find(sink, 1, waits); });
    };
    const int none = statements(1, false);
    CHECK(statements(0, true) == none);
    CHECK(statements(0, false) == none + 1);
    on.commit([&] { on.write(0, 2, OwedState::none, OwedState::tried); });
    CHECK(statements(0, true) == none + 1);
}
