#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using chathook::store::test::Opened;

namespace {

constexpr std::chrono::hours window{1};

// Some hundred events in several groups, with sinks that are everywhere between the first and the last.
void fill(Opened& on) {
    on.commit([&] {
        for (const char* sink : {"all", "some", "stuck", "none"}) on.store.sink_number(sink);
    });
    for (int commit = 0; commit < 10; ++commit) {
        on.commit([&] {
            for (int at = 0; at < 30; ++at) {
                const std::string name = std::to_string(commit) + "-" + std::to_string(at);
                on.store.append(event_of(name), at % 7 == 0 ? SinkSet{0, 1, 2} : SinkSet{0, 2});
            }
        });
    }
    on.commit([&] {
        std::vector<Settlement> all, most;
        for (std::uint64_t at = 1; at <= 300; ++at) all.push_back(journal::test::delivered(at));
        for (std::uint64_t at = 1; at <= 300; ++at) {
            if (at != 5 && at != 140) most.push_back(journal::test::delivered(at));
        }
        on.store.settle(0, all, recently);
        on.store.settle(1, {journal::test::delivered(1), journal::test::delivered(8)}, recently);
        on.store.settle(2, most, recently);
    });
}

// A start after a stop at which the index was saved.
Store after_stop(Opened& on, OnDamage on_damage = OnDamage::stop) {
    KeyIndex copy;
    for (std::size_t part = 0; part < KeyIndex::parts; ++part) copy.fill(part, on.store.keys().entries(part));
    copy.fill_beside(on.store.keys().beside());
    return {on.database, window, on_damage, std::make_shared<Ages>(), std::move(copy)};
}

// Flips a bit of the line with this sequence, at a byte of its 36.
void flip(Opened& on, std::uint64_t sequence, int byte) {
    const std::string first =
        on.value_of("SELECT max(first) FROM lines WHERE first <= " + std::to_string(sequence));
    const auto at =
        std::to_string(2 + (sequence - std::stoull(first)) * line_bytes + static_cast<unsigned>(byte));
    const std::string was =
        on.value_of("SELECT hex(substr(data, " + at + ", 1)) FROM lines WHERE first = " + first);
    constexpr std::string_view digits = "0123456789ABCDEF";
    const std::string is{was[0], digits[digits.find(was[1]) ^ 1]};
    on.database.execute("UPDATE lines SET data = CAST(substr(data, 1, " + at + " - 1) || x'" + is +
                        "' || substr(data, " + at + " + 1) AS BLOB) WHERE first = " + first);
}

bool is_duplicate(Store& store, const Event& event) {
    store.begin();
    const bool duplicate = store.append(event, {}).duplicate;
    store.rollback();
    return duplicate;
}

}  // namespace

TEST_CASE("a start that has the saved index knows what one that reads the ledger knows") {
    Opened on;
    fill(on);
    Store read(on.database, window);
    Store saved = after_stop(on);
    CHECK(saved.counts().newest == 300);
    CHECK(saved.counts().newest == read.counts().newest);
    CHECK(saved.counts().sinks == read.counts().sinks);
    CHECK(saved.counts().sinks[1].waiting == on.store.counts().sinks[1].waiting);
    CHECK(saved.counts().sinks[2].waiting == 2);
    CHECK(saved.future_runs().empty());
    for (Store* store : {&read, &saved}) {
        for (const char* known : {"0-0", "4-17", "9-29"}) CHECK(is_duplicate(*store, event_of(known)));
        CHECK_FALSE(is_duplicate(*store, event_of("10-0")));
        store->begin();
        CHECK(store->append(event_of("new"), {0}).sequence == 301);
        store->rollback();
    }
}

TEST_CASE("a start that has the saved index of an empty journal begins with the first event") {
    Opened on;
    Store saved = after_stop(on);
    CHECK(saved.counts().newest == 0);
    saved.begin();
    CHECK(saved.append(event_of("a"), {}).sequence == 1);
    saved.commit();
}

TEST_CASE("the lines of all events that wait are checked at every start") {
    Opened on;
    fill(on);
    REQUIRE_NOTHROW(after_stop(on));
    const std::uint64_t sequence = GENERATE(5u, 29u, 140u, 295u);
    const int byte = GENERATE(0, 8, 20, 35);
    CAPTURE(sequence, byte);
    flip(on, sequence, byte);
    CHECK_THROWS_AS(after_stop(on), OpenError);
    CHECK_NOTHROW(after_stop(on, OnDamage::go_on));
    flip(on, sequence, byte);
    CHECK_NOTHROW(after_stop(on));
}

TEST_CASE("a line that is damaged and that nothing waits for recognises no duplicate") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("all");
        for (const char* name : {"a", "b", "c"}) on.store.append(event_of(name), {0});
        on.store.settle(
            0, {journal::test::delivered(1), journal::test::delivered(2), journal::test::delivered(3)},
            recently);
    });
    const int byte = GENERATE(2, 20, 35);
    flip(on, 2, byte);
    CHECK_THROWS_AS(Store(on.database, window), OpenError);
    Store saved = after_stop(on);
    CHECK(is_duplicate(saved, event_of("a")));
    CHECK_FALSE(is_duplicate(saved, event_of("b")));
    CHECK(is_duplicate(saved, event_of("c")));
}

TEST_CASE("a start that has the saved index refuses tables that contradict each other") {
    Opened on;
    fill(on);
    SECTION("a sink ahead of the newest event") {
        on.database.execute("DELETE FROM passed WHERE sink = 0");
        REQUIRE_NOTHROW(on.database.execute("INSERT INTO passed VALUES(0, 0, 900, " +
                                            std::to_string(run_checksum(0, "all", 0, 900)) + ")"));
    }
    SECTION("events without their lines") {
        REQUIRE_NOTHROW(on.database.execute("DELETE FROM lines WHERE first > 200"));
    }
    CHECK_THROWS_AS(after_stop(on), OpenError);
}

TEST_CASE("the mark of a saved index is removed by the next transaction, unless it is rolled back") {
    Opened on;
    fill(on);
    const IndexIdentity identity = new_index_identity();
    on.commit([&] { on.store.mark_saved(identity); });
    Store anew = after_stop(on);
    CHECK(index_identity(on.database) == identity);
    anew.begin();
    CHECK_FALSE(index_identity(on.database));
    anew.rollback();
    CHECK(index_identity(on.database) == identity);
    for (int times = 0; times < 2; ++times) {
        anew.begin();
        anew.commit();
        CHECK_FALSE(index_identity(on.database));
    }
}

TEST_CASE("a sink for which nothing waits is at the newest event after a stop") {
    Opened on;
    fill(on);
    CHECK(on.store.counts().sinks[3].cursor == 0);
    on.commit([&] { on.store.mark_saved(new_index_identity()); });
    const Store anew(on.database, window);
    CHECK(anew.counts().sinks[3].cursor == 300);
    CHECK(anew.counts().sinks[1].cursor < 300);
    CHECK(anew.counts().sinks[1].waiting == on.store.counts().sinks[1].waiting);
}
