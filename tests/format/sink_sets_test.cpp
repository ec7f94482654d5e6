#include "format/sink_sets.hpp"

#include <catch2/catch.hpp>

#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;

namespace {

constexpr Routes masked(std::uint64_t word) { return {word, true}; }
constexpr Routes set(std::uint64_t number) { return {number, false}; }

SinkSet sinks_of(const SinkSets& sets, Routes routes) {
    SinkSet sinks;
    sets.each(routes, [&](SinkNumber sink) { sinks.insert(sink); });
    return sinks;
}

// A journal with 200 sinks, in which event 1 goes to nobody, 2 to three of them, 3 to the last, and 4 where 2
// does.
struct Routed : Opened {
    Routed() {
        commit([&] {
            for (int at = 0; at < 200; ++at) store.sink_number("sink-" + std::to_string(at));
        });
        for (const SinkSet& to : {SinkSet{}, SinkSet{0, 64, 199}, SinkSet{199}, SinkSet{0, 64, 199}})
            commit([&] { store.append(event_of(std::to_string(store.counts().newest)), to); });
    }
};

}  // namespace

TEST_CASE("a mask of format 3 has the sinks of its bits, and none beyond") {
    const SinkSets sets;
    const std::uint64_t word = 1 | (std::uint64_t{1} << 63);
    CHECK(sets.knows(masked(word)));
    CHECK(sinks_of(sets, masked(word)) == SinkSet{0, 63});
    CHECK_FALSE(sets.contains(masked(word), 64));
    CHECK_FALSE(sets.contains(masked(word), 128));
}

TEST_CASE("a set of sinks is stored once, and events that are routed to nobody need none") {
    Routed on;
    CHECK(on.value_of("SELECT group_concat(number || ':' || (length(sinks) / 4)) FROM sets") == "1:3,2:1");
    CHECK(on.value_of("SELECT group_concat(routed || ' ' || masked) FROM ledger") == "0 0,1 0,2 0,1 0");
    SinkSets sets;
    CHECK(sets.load(on.database.handle()).empty());
    CHECK(sinks_of(sets, set(0)) == SinkSet{});
    CHECK(sinks_of(sets, set(1)) == SinkSet{0, 64, 199});
    CHECK(sets.contains(set(1), 64));
    CHECK_FALSE(sets.contains(set(1), 65));
    CHECK_FALSE(sets.contains(set(1), 200));
    CHECK_FALSE(sets.knows(set(3)));
    CHECK_FALSE(sets.contains(set(3), 0));
}

TEST_CASE("SQL knows the sets that were stored after the connection was opened") {
    Routed on;
    Database reading = open_for_reading(on.directory.path() / "journal.sqlite");
    const auto routed = [&](int sink) {
        return reading.value_of("SELECT group_concat(seq) FROM ledger WHERE routed_to(routed, masked, " +
                                std::to_string(sink) + ")");
    };
    CHECK(routed(199) == "2,3,4");
    CHECK(routed(64) == "2,4");
    CHECK(routed(63).empty());
    on.commit([&] { on.store.append(event_of("new"), {63, 64}); });
    CHECK(routed(63) == "5");
    CHECK(routed(64) == "2,4,5");
}

TEST_CASE("a set that is rolled back is stored when it is used again") {
    Routed on;
    on.store.begin();
    on.store.append(event_of("a"), {7});
    on.store.rollback();
    CHECK(on.value_of("SELECT count(*) FROM sets") == "2");
    on.commit([&] { on.store.append(event_of("b"), {8}); });
    on.commit([&] { on.store.append(event_of("c"), {7}); });
    CHECK(on.value_of("SELECT group_concat(number || ':' || hex(sinks)) FROM sets WHERE number > 2") ==
          "3:08000000,4:07000000");
    const Store anew(on.database, std::chrono::hours(1));
    CHECK(anew.counts().sinks[7].waiting == 1);
    CHECK(anew.counts().sinks[8].waiting == 1);
}

TEST_CASE("a set that is not as it was written, or is missing, stops a start") {
    Routed on;
    const std::string damage = GENERATE(
        as<std::string>(), "UPDATE sets SET sinks = x'01000000' WHERE number = 2",
        "UPDATE sets SET checksum = checksum + 1 WHERE number = 2", "DELETE FROM sets WHERE number = 1");
    CAPTURE(damage);
    on.database.execute(damage);
    CHECK_THROWS_WITH(Store(on.database, std::chrono::hours(1)), Catch::Contains("which sinks set"));
    CHECK_NOTHROW(Store(on.database, std::chrono::hours(1), OnDamage::go_on));
}

TEST_CASE("a line that names a set behind the last one stops a start") {
    Routed on;
    on.database.execute("DELETE FROM sets WHERE number = 2");
    CHECK_THROWS_WITH(Store(on.database, std::chrono::hours(1)),
                      Catch::Contains("which sinks event 3 goes to is not as it was written"));
    CHECK_NOTHROW(Store(on.database, std::chrono::hours(1), OnDamage::go_on));
}

TEST_CASE("the number of a set that is lost is not given out again, so that its events go to no other sink") {
    Routed on;
    on.database.execute("DELETE FROM sets WHERE number = 2");
    Store going_on(on.database, std::chrono::hours(1), OnDamage::go_on);
    going_on.begin();
    going_on.append(event_of("new"), {7});
    going_on.commit();
    CHECK(on.value_of("SELECT group_concat(seq) FROM ledger WHERE routed_to(routed, masked, 7)") == "5");
    CHECK(going_on.counts().sinks[7].waiting == 1);

    // What is used from now on is written down: the next start finds nothing to complain of.
    CHECK_NOTHROW(Store(on.database, std::chrono::hours(1)));
    CHECK(on.value_of("SELECT group_concat(number || ':' || (length(sinks) / 4)) FROM sets") ==
          "1:3,2:0,3:1");
}

TEST_CASE("a row of a set with a number far beyond the others takes no memory") {
    Routed on;
    on.database.execute("INSERT INTO sets VALUES(4000000000, x'ffffffff', 1)");
    SinkSets sets;
    CHECK(sets.load(on.database.handle()) == std::vector<std::uint32_t>{4'000'000'000});
    CHECK(sets.size() == 3);
}
