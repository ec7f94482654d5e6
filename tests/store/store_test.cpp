#include "store/store.hpp"

#include <catch2/catch.hpp>

#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;

TEST_CASE("a transaction that is rolled back changes nothing in memory, either") {
    Opened on;
    on.commit([&] {
        REQUIRE(on.store.sink_number("events") == 0u);
        for (const char* name : {"a", "b", "c"}) on.store.append(event_of(name), {0});
        on.store.settle(0, {delivered(2)}, recently);
    });
    on.store.begin();
    CHECK(on.store.sink_number("other") == 1u);
    CHECK(on.store.append(event_of("d"), {0, 1}).sequence == 4);
    CHECK(on.store.append(event_of("d"), {0, 1}).duplicate);
    on.store.settle(0, {delivered(1), dead(4)}, recently);
    on.store.rollback();

    CHECK(on.store.counts().newest == 3);
    CHECK(on.store.counts().sinks[0].cursor == 0);
    CHECK(on.store.counts().sinks[0].waiting == 2);
    CHECK(on.store.counts().sinks[0].dead == 0);
    CHECK_FALSE(on.store.knows(1));
    CHECK(on.store.settled_everywhere(2, {1, true}));
    CHECK_FALSE(on.store.settled_everywhere(1, {1, true}));
    on.commit([&] {
        const Appended again = on.store.append(event_of("d"), {0});
        CHECK(again.sequence == 4);
        CHECK_FALSE(again.duplicate);
    });
}

TEST_CASE("changes that are rolled back change nothing") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        on.store.sink_number("archive");
    });
    for (const char* name : {"a", "b", "c", "d"}) on.commit([&] { on.store.append(event_of(name), {0}); });
    on.commit([&] {
        on.store.settle(0, {dead(1), dead(2), delivered(3)}, recently);
        REQUIRE(on.store.discard(0, Sequences{2}) == 1);
        REQUIRE(on.store.redeliver(1, Sequences{4}, recently) == 1);
    });
    const auto tables = [&] {
        return on.value_of(
            "SELECT (SELECT group_concat(seq || sink || state || flags) FROM owed) || ';' || "
            "(SELECT group_concat(seq) FROM events) || ';' || (SELECT group_concat(last) FROM passed)");
    };
    const std::string before = tables();
    CHECK(before == "1020,2040,4130;1,2,3,4;3,0");
    on.store.begin();
    SECTION("redelivery") {
        CHECK(on.store.redeliver(0, Sequences{1, 2, 3, 4}, recently) == 3);
        CHECK(on.store.counts().sinks[0].again == 3);
        CHECK(on.store.counts().sinks[0].dead == 0);
    }
    SECTION("settling what is due again") {
        on.store.settle(1, {delivered(4)}, recently);
        CHECK(on.store.counts().sinks[1].again == 0);
        CHECK(on.value_of("SELECT count(*) FROM owed WHERE state IN (4, 5)") == "2");
    }
    SECTION("discarding") {
        CHECK(on.store.discard(0, Sequences{1, 2}) == 1);
        CHECK(on.value_of("SELECT count(*) FROM owed WHERE state = 4") == "2");
    }
    SECTION("erasing") {
        CHECK(on.store.erase(Sequences{1, 2, 3, 4}, {}, recently).events == 4);
        CHECK(on.store.counts().sinks[0].waiting == 0);
        CHECK(on.store.counts().sinks[1].again == 0);
        CHECK(on.store.counts().sinks[0].dead == 0);
        CHECK(on.value_of("SELECT count(*) FROM owed WHERE state IN (4, 5)") == "0");
    }
    SECTION("erasing when the ledger line goes, too") {
        CHECK(on.store.erase(Sequences{1}, {}, recently + std::chrono::hours(2)).events == 1);
        CHECK_FALSE(on.store.append(event_of("a"), {}).duplicate);
    }
    on.store.rollback();
    CHECK(tables() == before);
    CHECK(on.store.counts().sinks[0].waiting == 1);
    CHECK(on.store.counts().sinks[0].dead == 1);
    CHECK(on.store.counts().sinks[0].again == 0);
    CHECK(on.store.counts().sinks[1].again == 1);
    CHECK(on.value_of("SELECT count(*) FROM owed WHERE state IN (4, 5)") == "1");
    CHECK(on.store.waits(4, 0));
    on.commit([&] {
        CHECK(on.store.append(event_of("a"), {}).duplicate);
        CHECK(on.store.redeliver(0, Sequences{1, 2, 3, 4}, recently) == 3);
    });
}

TEST_CASE("redeliveries cost other events and deliveries no statement") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        for (const char* name : {"a", "b", "c", "d"}) on.store.append(event_of(name), {0});
        on.store.settle(0, {delivered(1), dead(2)}, recently);
    });
    const auto appending = [&](const char* name) {
        return on.statements_of([&] { on.store.append(event_of(name), {0}); });
    };
    const auto settling = [&](std::uint64_t sequence) {
        return on.statements_of([&] { on.store.settle(0, {delivered(sequence)}, recently); });
    };
    CHECK(appending("e") == 4);  // BEGIN, the line, the record, COMMIT
    const int before = settling(3);
    CHECK(before == 3);  // BEGIN, the run, COMMIT
    on.commit([&] { on.store.redeliver(0, Sequences{1, 2}, recently); });
    CHECK(appending("f") == 4);
    CHECK(settling(4) == before);
}

TEST_CASE("the counts in memory are those of a new start") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        on.store.sink_number("archive");
        for (int at = 0; at < 20; ++at)
            on.store.append(event_of(std::to_string(at)), at % 3 == 0 ? SinkSet{0, 1} : SinkSet{0});
        on.store.settle(0, {dead(1), dead(2), delivered(3), delivered(4), dead(5), delivered(9)}, recently);
        on.store.settle(1, {delivered(1), dead(4)}, recently);
        on.store.redeliver(0, Sequences{1, 3, 4, 20}, recently);
        on.store.redeliver(1, Sequences{2, 4, 12}, recently);
    });
    on.commit([&] {
        on.store.settle(0, {delivered(3), dead(4)}, recently);
        on.store.settle(1, {delivered(2)}, recently);
        on.store.discard(0, Sequences{2, 4});
        on.store.erase(Sequences{1, 5, 12, 13}, {}, recently);
        on.store.forget(Sequences{2}, recently);
    });
    const Store anew(on.database, std::chrono::hours(1));
    CHECK(anew.counts().newest == on.store.counts().newest);
    CHECK(anew.counts().sinks == on.store.counts().sinks);
    CHECK(on.value_of("SELECT count(*) > 0 FROM owed WHERE state IN (4, 5)") == "1");
    CHECK(on.value_of("SELECT count(*) FROM owed WHERE seq NOT IN (SELECT seq FROM events)") == "0");
}

TEST_CASE("an erased event's line is deleted with it if its key counts as new, unless it is the newest") {
    Opened on;
    for (const char* name : {"a", "b"}) on.commit([&] { on.store.append(event_of(name), {}); });
    on.commit([&] { on.store.erase(Sequences{1, 2}, {}, recently + std::chrono::hours(2)); });
    CHECK(on.value_of("SELECT group_concat(seq) FROM ledger") == "2");
}

TEST_CASE("what is settled out of order is a run of its own until the first run reaches it") {
    Opened on;
    const auto runs = [&] {
        return on.value_of("SELECT group_concat(first || '-' || last) FROM passed ORDER BY first");
    };
    on.commit([&] {
        on.store.sink_number("events");
        for (const char* name : {"a", "b", "c", "d"})
            on.store.append(event_of(name), name[0] == 'b' ? SinkSet{} : SinkSet{0});
    });
    on.commit([&] { on.store.settle(0, {delivered(3)}, recently); });
    CHECK(runs() == "0-0,2-3");  // the second event is not for this sink
    on.commit([&] { on.store.settle(0, {delivered(1)}, recently); });
    CHECK(runs() == "0-3");
    on.commit([&] { on.store.settle(0, {delivered(4)}, recently); });
    CHECK(runs() == "0-4");
    CHECK(on.store.counts().sinks[0].waiting == 0);
}

TEST_CASE("a settlement behind an event that is stuck costs what any costs, however many were settled so") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        for (int at = 1; at <= 4000; ++at) on.store.append(event_of(std::to_string(at)), {0});
    });
    const auto settling = [&](std::uint64_t sequence) {
        return on.statements_of([&] { on.store.settle(0, {delivered(sequence)}, recently); });
    };
    CHECK(settling(2) == 3);  // BEGIN, the run, COMMIT
    std::vector<Settlement> many;
    for (std::uint64_t at = 3; at <= 3900; ++at) many.push_back(delivered(at));
    on.commit([&] { on.store.settle(0, many, recently); });
    CHECK(settling(3901) == 3);
    CHECK(on.value_of("SELECT group_concat(first || '-' || last) FROM passed ORDER BY first") ==
          "0-0,2-3901");
    on.commit([&] { on.store.settle(0, {delivered(1)}, recently); });
    CHECK(on.store.counts().sinks[0].cursor == 3901);
    CHECK(on.store.counts().sinks[0].waiting == 99);
}

TEST_CASE("a sink with a new name starts at the newest event") {
    Opened on;
    on.commit([&] {
        on.store.append(event_of("a"), {});
        on.store.append(event_of("b"), {});
        on.store.sink_number("late");
    });
    CHECK(on.store.counts().sinks[0].cursor == 2);
    CHECK(on.value_of("SELECT last FROM passed") == "2");
}

TEST_CASE("two keys that only begin with the same bits are two events") {
    Opened on;
    Event first = event_of("a"), second = event_of("b");
    second.dedupe_key = first.dedupe_key;
    second.dedupe_key[15] ^= 1;
    on.commit([&] {
        CHECK(on.store.append(first, {}).sequence == 1);
        CHECK(on.store.append(second, {}).sequence == 2);
        CHECK(on.store.append(second, {}).duplicate);
        CHECK(on.store.append(first, {}).duplicate);
    });
}

TEST_CASE("a repeated key finds its newest event, even after a rollback and a restart") {
    Opened on;
    const Event first = event_of("a", recently), later = event_of("a", recently + std::chrono::hours(2));
    const auto again = [](Store& store, const Event& like) {
        Event event = like;
        event.received += std::chrono::minutes(30);
        const Appended appended = store.append(event, {});
        return appended.duplicate ? appended.sequence : 0;
    };
    on.commit([&] { CHECK(on.store.append(first, {}).sequence == 1); });
    on.store.begin();
    CHECK(on.store.append(later, {}).sequence == 2);
    on.store.rollback();
    on.commit([&] { CHECK(again(on.store, first) == 1); });

    on.commit([&] { CHECK(on.store.append(later, {}).sequence == 2); });
    on.commit([&] { CHECK(again(on.store, later) == 2); });
    Store anew(on.database, std::chrono::hours(1));
    anew.begin();
    CHECK(again(anew, later) == 2);
    anew.forget(Sequences{1}, recently + std::chrono::hours(2));
    CHECK(again(anew, later) == 2);
    anew.commit();
}

TEST_CASE("a key whose event was rolled back is not searched for in the ledger") {
    Opened on;
    on.store.begin();
    on.store.append(event_of("a"), {});
    on.store.rollback();
    const auto append = [&] { CHECK_FALSE(on.store.append(event_of("a"), {}).duplicate); };
    CHECK(on.statements_of(append) == 4);  // BEGIN, the line, the record, COMMIT
}

TEST_CASE("a dead letter is recorded with its reason and its attempts") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        on.store.append(event_of("a"), {0});
        on.store.settle(0, {dead(1, "gone for 72 hours")},
                        Instant(std::chrono::microseconds(1795300000123456)));
    });
    CHECK(on.value_of("SELECT seq || ' ' || sink || ' ' || attempts || ' ' || reason || ' ' || at FROM owed "
                      "WHERE state = 2") == "1 0 5 gone for 72 hours 1795300000123456");
}

TEST_CASE("a sink's progress with a wrong checksum is not used") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("events");
        on.store.sink_number("crm");
        for (const char* name : {"a", "b", "c", "d"}) on.store.append(event_of(name), {0, 1});
        on.store.settle(0, {delivered(1), delivered(3)}, recently);
    });
    REQUIRE_NOTHROW(Store(on.database, std::chrono::hours(1)));
    const std::string damage = GENERATE(
        as<std::string>(),  //
        "UPDATE passed SET last = 2 WHERE sink = 0 AND first = 0",
        "UPDATE passed SET last = 1 WHERE sink = 1",  // never moved
        "UPDATE passed SET last = 4 WHERE first > 0", "UPDATE passed SET first = 2 WHERE first > 0",
        "UPDATE passed SET sink = 1 WHERE first > 0", "UPDATE sinks SET name = 'evenus' WHERE number = 0");
    CAPTURE(damage);
    on.database.execute(damage);
    CHECK_THROWS_AS(Store(on.database, std::chrono::hours(1)), OpenError);

    // With on_damage go_on the progress is used, and the next settlement writes a right checksum.
    Store store(on.database, std::chrono::hours(1), OnDamage::go_on);
    store.begin();
    store.settle(0, {delivered(2), delivered(4)}, recently);
    store.settle(1, {delivered(2), delivered(3)}, recently);
    store.commit();
    CHECK_NOTHROW(Store(on.database, std::chrono::hours(1)));
}

TEST_CASE("an event's routes with a wrong checksum are not used") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("events");
        on.store.sink_number("crm");
        for (const char* name : {"a", "b"}) on.store.append(event_of(name), {0, 1});
    });
    REQUIRE_NOTHROW(Store(on.database, std::chrono::hours(1)));
    const std::string damage = GENERATE(
        as<std::string>(),  //
        "UPDATE lines SET data = CAST(substr(data, 1, 44) || x'01' || substr(data, 46) AS BLOB)",
        "UPDATE lines SET data = CAST(substr(data, 1, 36) || x'0102' || substr(data, 39) AS BLOB)",
        "UPDATE lines SET data = CAST(substr(data, 1, 52) || zeroblob(16) || substr(data, 69) AS BLOB)");
    CAPTURE(damage);
    on.database.execute(damage);
    CHECK_THROWS_AS(Store(on.database, std::chrono::hours(1)), OpenError);
    CHECK_NOTHROW(Store(on.database, std::chrono::hours(1), OnDamage::go_on));
}

TEST_CASE("tables that contradict each other are not opened as a journal") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("events");
        on.store.append(event_of("a"), {0});
    });
    SECTION("a sink ahead of the newest event") {
        REQUIRE_NOTHROW(on.database.execute("UPDATE passed SET last = 9"));
    }
    SECTION("an event without its line") { REQUIRE_NOTHROW(on.database.execute("DELETE FROM lines")); }
    SECTION("a gap in the sinks' numbers") {
        REQUIRE_NOTHROW(on.database.execute("UPDATE sinks SET number = 5"));
    }
    CHECK_THROWS_AS(Store(on.database, std::chrono::hours(1)), OpenError);
}
