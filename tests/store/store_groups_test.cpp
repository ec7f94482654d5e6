// How the store keeps events that are committed together.
#include <catch2/catch.hpp>

#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;

TEST_CASE("some of the events that were committed together can be forgotten, without a byte of them left") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        for (const char* name : {"anna", "bert", "carl", "dora"}) on.store.append(event_of(name), {0});
        on.store.settle(0, {delivered(1), delivered(2), dead(3)}, recently);
    });
    CHECK(on.value_of("SELECT count(*) FROM records") == "1");
    on.commit([&] { on.store.forget(Sequences{1, 2}, recently); });
    CHECK(on.value_of("SELECT group_concat(seq) FROM events") == "3,4");
    CHECK(on.value_of("SELECT instr(data, 'anna') + instr(data, 'bert') FROM records") == "0");
    CHECK(on.value_of("SELECT instr(data, 'carl') > 0 AND instr(data, 'dora') > 0 FROM records") == "1");
    CHECK(on.value_of("SELECT group_concat(seq) FROM ledger") == "1,2,3,4");
    on.commit([&] { on.store.forget(Sequences{3, 4}, recently); });
    CHECK(on.value_of("SELECT count(*) FROM records") == "0");
    CHECK(on.value_of("SELECT group_concat(seq) FROM ledger") == "1,2,3,4");
}

TEST_CASE("lines are kept as long as a record of their group, however old they are") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        for (const char* name : {"a", "b", "c"}) on.store.append(event_of(name), {0});
    });
    on.commit([&] { on.store.append(event_of("d"), {0}); });
    on.commit([&] { on.store.forget(Sequences{1, 3}, recently + std::chrono::hours(2)); });
    CHECK(on.value_of("SELECT group_concat(seq) FROM ledger") == "1,2,3,4");
    on.commit([&] { on.store.forget(Sequences{2}, recently + std::chrono::hours(2)); });
    CHECK(on.value_of("SELECT group_concat(seq) FROM ledger") == "4");
}

TEST_CASE("a key whose line was deleted is not found any more") {
    Opened on;
    for (const char* name : {"a", "b"}) on.commit([&] { on.store.append(event_of(name), {}); });
    on.commit([&] { on.store.forget(Sequences{1}, recently + std::chrono::hours(2)); });
    const auto append = [&] { CHECK_FALSE(on.store.append(event_of("a"), {}).duplicate); };
    CHECK(on.statements_of(append) == 4);  // BEGIN, the lines, the records, COMMIT
}

TEST_CASE("events of several groups are forgotten at once") {
    Opened on;
    Sequences odd;
    for (int group = 0; group < 3; ++group) {
        on.commit([&] {
            for (int at = 0; at < 5; ++at) on.store.append(event_of(std::to_string(group * 5 + at)), {});
        });
    }
    for (std::uint64_t sequence = 3; sequence <= 15; sequence += 2) odd.push_back(sequence);
    on.commit([&] { on.store.forget(odd, recently); });
    CHECK(on.value_of("SELECT group_concat(seq) FROM events") == "1,2,4,6,8,10,12,14");
}

TEST_CASE("forgetting an event of a group with a damaged directory keeps the other sequences, but no bytes") {
    Opened on;
    on.commit([&] {
        for (const char* name : {"anna", "bert", "carl"}) on.store.append(event_of(name), {});
    });
    on.commit([&] { on.store.append(event_of("dora"), {}); });
    on.database.execute(
        "UPDATE records SET data = CAST(substr(data, 1, length(data) - 1) || x'00' AS BLOB) WHERE first = 1");
    const auto readable = [&] {
        return on.value_of("SELECT group_concat(seq || (checksum IS NOT NULL)) FROM events");
    };
    CHECK(readable() == "10,20,30,41");
    on.commit([&] { on.store.forget(Sequences{2}, recently); });
    CHECK(readable() == "10,20,30,41");
    CHECK(on.value_of("SELECT length(data) FROM records WHERE first = 1") == "1");
    on.commit([&] { on.store.forget(Sequences{1, 2, 3}, recently); });
    CHECK(readable() == "41");
}

TEST_CASE("a large transaction becomes several groups, and a long event has a group of its own") {
    Opened on;
    on.commit([&] {
        for (int at = 0; at < 300; ++at) on.store.append(event_of(std::to_string(at)), {});
        Event large = event_of("large");
        large.raw.assign(300 * 1024, 'x');
        on.store.append(large, {});
        on.store.append(event_of("after"), {});
    });
    CHECK(on.value_of("SELECT group_concat(first) FROM records") == "1,129,257,301,302");
    CHECK(on.value_of("SELECT group_concat(first) FROM lines") == "1,129,257,301,302");
    CHECK(on.value_of("SELECT count(*) || ' ' || max(seq) FROM ledger") == "302 302");
    on.commit([&] {
        CHECK(on.store.append(event_of("0"), {}).duplicate);
        CHECK(on.store.append(event_of("299"), {}).duplicate);
        CHECK(on.store.append(event_of("after"), {}).duplicate);
    });
}

TEST_CASE("events that a transaction has appended are visible to its other changes") {
    Opened on;
    on.commit([&] {
        on.store.sink_number("crm");
        on.store.append(event_of("a"), {0});
        CHECK(on.store.append(event_of("a"), {0}).duplicate);
        CHECK(on.store.erase(Sequences{1, 1}, {}, recently).events == 1);
        on.store.append(event_of("b"), {0});
        on.store.settle(0, {dead(2)}, recently);
        CHECK(on.store.redeliver(0, Sequences{2}, recently) == 1);
    });
    CHECK(on.value_of("SELECT group_concat(seq) FROM events") == "2");
    CHECK(on.store.counts().sinks[0].again == 1);
}
