#include "journal/store.hpp"

#include <catch2/catch.hpp>

#include "journal/files.hpp"
#include "journal/fixture.hpp"
#include "journal/schema.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

struct Opened {
    TempDirectory directory;
    Database database = open_for_writing(DirectoryLock(directory.path()).database_file());
    Store store{database, std::chrono::hours(1)};

    template <class Change>
    void commit(Change&& change) {
        store.begin();
        change();
        store.commit();
    }
    std::string value_of(const std::string& sql) { return database.value_of(sql); }
};

}  // namespace

TEST_CASE("a transaction that is rolled back leaves no trace in memory either") {
    Opened on;
    on.commit([&] {
        REQUIRE(on.store.sink_number("events") == 0u);
        for (const char* name : {"a", "b", "c"}) on.store.append(event_of(name), 1);
        on.store.settle(0, {delivered(2)}, recently);
    });
    on.store.begin();
    CHECK(on.store.sink_number("other") == 1u);
    CHECK(on.store.append(event_of("d"), 3).sequence == 4);
    CHECK(on.store.append(event_of("d"), 3).duplicate);
    on.store.settle(0, {delivered(1), dead(4)}, recently);
    on.store.rollback();

    CHECK(on.store.counts().newest == 3);
    CHECK(on.store.counts().cursor[0] == 0);
    CHECK(on.store.counts().waiting[0] == 2);
    CHECK(on.store.counts().dead[0] == 0);
    CHECK_FALSE(on.store.knows(1));
    CHECK(on.store.settled_everywhere(2, 1));
    CHECK_FALSE(on.store.settled_everywhere(1, 1));
    on.commit([&] {
        const Appended again = on.store.append(event_of("d"), 1);
        CHECK(again.sequence == 4);
        CHECK_FALSE(again.duplicate);
    });
}

TEST_CASE("the cursor passes what is settled or not routed, and exceptions behind it go") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("events");
        for (const char* name : {"a", "b", "c", "d"}) on.store.append(event_of(name), name[0] == 'b' ? 0 : 1);
    });
    on.commit([&] { on.store.settle(0, {delivered(3)}, recently); });
    CHECK(on.value_of("SELECT cursor FROM sinks") == "0");
    CHECK(on.value_of("SELECT group_concat(seq) FROM settled") == "3");
    on.commit([&] { on.store.settle(0, {delivered(1)}, recently); });
    CHECK(on.value_of("SELECT cursor FROM sinks") == "3");
    CHECK(on.value_of("SELECT count(*) FROM settled") == "0");
    on.commit([&] { on.store.settle(0, {delivered(4)}, recently); });
    CHECK(on.value_of("SELECT cursor FROM sinks") == "4");
    CHECK(on.store.counts().waiting[0] == 0);
}

TEST_CASE("a sink whose name is new starts at the newest event") {
    Opened on;
    on.commit([&] {
        on.store.append(event_of("a"), 0);
        on.store.append(event_of("b"), 0);
        on.store.sink_number("late");
    });
    CHECK(on.store.counts().cursor[0] == 2);
    CHECK(on.value_of("SELECT cursor FROM sinks") == "2");
}

TEST_CASE("two keys that only begin alike are two events") {
    Opened on;
    Event first = event_of("a"), second = event_of("b");
    second.dedupe_key = first.dedupe_key;
    second.dedupe_key[15] ^= 1;
    on.commit([&] {
        CHECK(on.store.append(first, 0).sequence == 1);
        CHECK(on.store.append(second, 0).sequence == 2);
        CHECK(on.store.append(second, 0).duplicate);
    });
}

TEST_CASE("a dead letter is written down with its reason and its tries") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        on.store.append(event_of("a"), 1);
        on.store.settle(0, {dead(1, "gone for 72 hours")},
                        Instant(std::chrono::microseconds(1795300000123456)));
    });
    CHECK(
        on.value_of("SELECT seq || ' ' || sink || ' ' || attempts || ' ' || reason || ' ' || at FROM dead") ==
        "1 0 5 gone for 72 hours 1795300000123456");
}

TEST_CASE("tables that contradict each other are not taken for a journal") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("events");
        on.store.append(event_of("a"), 1);
    });
    SECTION("a sink ahead of the newest event") {
        REQUIRE_NOTHROW(on.database.execute("UPDATE sinks SET cursor = 9"));
    }
    SECTION("an event without its line") { REQUIRE_NOTHROW(on.database.execute("DELETE FROM ledger")); }
    SECTION("a gap in the sinks' numbers") {
        REQUIRE_NOTHROW(on.database.execute("UPDATE sinks SET number = 5"));
    }
    CHECK_THROWS_AS(Store(on.database, std::chrono::hours(1)), OpenError);
}
