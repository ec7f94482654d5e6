#include "store/retention_rows.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <vector>

#include "journal/fixture.hpp"
#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t no_limit = 1000;

// A store of five events, each a group of its own, and the sinks crm and archive.
struct StoreWithEvents : store::test::Opened {
    SinkNumber crm = 0, archive = 0;
    RetentionRows rows{database, store};

    StoreWithEvents() {
        commit([&] {
            crm = store.sink_number("crm");
            archive = store.sink_number("archive");
        });
        for (const char* name : {"a", "b", "c", "d", "e"})
            commit([&] { store.append(event_of(name), SinkSet{crm}); });
        commit([&] { store.settle(crm, {delivered(1), dead(2), delivered(4)}, recently); });
        commit([&] { store.settle(archive, {}, recently); });
        commit([&] { store.redeliver(crm, std::vector<std::uint64_t>{1}, recently); });
        commit([&] { store.redeliver(archive, std::vector<std::uint64_t>{5}, recently + 1h); });
    }

    Sequences events(std::uint64_t after, std::size_t rows_max, std::size_t wanted = no_limit) {
        Sequences sequences;
        rows.visit_events(after, rows_max, [&](const RetainedEvent& event) {
            sequences.push_back(event.sequence);
            return sequences.size() < wanted;
        });
        return sequences;
    }
    Sequences lines_that_wait_for(SinkNumber sink) {
        Sequences sequences;
        rows.visit_ledger(sink, 0, no_limit, [&](const RetainedLine& line) {
            if (line.waits) sequences.push_back(line.sequence);
            return true;
        });
        return sequences;
    }
};

}  // namespace

TEST_CASE("the first event of a request counts the bytes of its envelope, too") {
    StoreWithEvents on;
    Parcel parcel = parcel_of({"f", "g"});
    parcel.envelope += std::string(50'000, ' ');
    on.commit([&] {
        Answers answers;
        for (const Parcel::Part& part : parcel.parts)
            answers.push_back(on.store.append(*part.event, part.sinks));
        on.store.append_request(parcel, answers);
    });
    std::vector<bool> large;
    on.rows.visit_events(5, no_limit, [&](const RetainedEvent& event) {
        large.push_back(event.bytes > 50'000);
        return true;
    });
    CHECK(large == std::vector<bool>{true, false});
}

TEST_CASE("events are listed behind a sequence, as many as are wanted") {
    StoreWithEvents on;
    CHECK(on.events(0, no_limit) == Sequences{1, 2, 3, 4, 5});
    CHECK(on.events(2, no_limit) == Sequences{3, 4, 5});
    CHECK(on.events(0, 2) == Sequences{1, 2});
    CHECK(on.events(0, no_limit, 3) == Sequences{1, 2, 3});
    CHECK(on.events(5, no_limit).empty());
}

TEST_CASE("a listed event says whether a sink waits for it and whether something else holds it") {
    StoreWithEvents on;
    Sequences waiting, held;
    std::uint64_t bytes = 0;
    on.rows.visit_events(0, no_limit, [&](const RetainedEvent& event) {
        if (event.waits) waiting.push_back(event.sequence);
        if (event.is_held) held.push_back(event.sequence);
        if (event.sequence == 1) bytes = event.bytes;
        CHECK(event.received == recently);
        return true;
    });
    CHECK(waiting == Sequences{3, 5});
    CHECK(held == Sequences{1, 2, 5});  // due again, a dead letter, due again
    CHECK(bytes == 3);                  // "a" with its quotes
}

TEST_CASE("the ledger is listed line by line, with what waits for the sink that is asked about") {
    StoreWithEvents on;
    CHECK(on.lines_that_wait_for(on.crm) == Sequences{3, 5});
    CHECK(on.lines_that_wait_for(on.archive).empty());
    Sequences sequences;
    on.rows.visit_ledger(on.archive, 1, 3, [&](const RetainedLine& line) {
        sequences.push_back(line.sequence);
        return line.sequence < 3;
    });
    CHECK(sequences == Sequences{2, 3});
}

TEST_CASE("what is due again is listed by sink, when it has been so since before a time") {
    StoreWithEvents on;
    CHECK(on.rows.due_again_before(on.crm, recently, no_limit).empty());
    CHECK(on.rows.due_again_before(on.crm, recently + 1us, no_limit) == Sequences{1});
    CHECK(on.rows.due_again_before(on.archive, recently + 1h, no_limit).empty());
    CHECK(on.rows.due_again_before(on.archive, recently + 2h, no_limit) == Sequences{5});
    CHECK(on.rows.due_again_before(on.archive, recently + 2h, 0).empty());
}

TEST_CASE("dead letters are listed behind a sequence and a sink") {
    StoreWithEvents on;
    on.commit([&] { on.store.settle(on.archive, {dead(5)}, recently + 1min); });
    on.commit([&] { on.store.settle(on.crm, {dead(5)}, recently); });
    const auto letters = [&](std::uint64_t after, SinkNumber after_sink, std::size_t rows_max) {
        std::vector<std::pair<std::uint64_t, SinkNumber>> places;
        for (const RetainedDeadLetter& letter : on.rows.dead_letters(after, after_sink, rows_max))
            places.emplace_back(letter.sequence, letter.sink);
        return places;
    };
    using Places = std::vector<std::pair<std::uint64_t, SinkNumber>>;
    CHECK(letters(0, 0, no_limit) == Places{{2, on.crm}, {5, on.crm}, {5, on.archive}});
    CHECK(letters(5, on.crm, no_limit) == Places{{5, on.archive}});
    CHECK(letters(0, 0, 1) == Places{{2, on.crm}});
    CHECK(on.rows.dead_letters(5, on.crm, no_limit).front().counted_from == recently + 1min);
}

TEST_CASE("groups of lines are listed with their oldest line and whether a record is left") {
    StoreWithEvents on;
    on.commit([&] { on.store.forget(std::vector<std::uint64_t>{4}, recently); });
    std::vector<RetainedGroup> groups;
    on.rows.visit_groups(2, no_limit, [&](const RetainedGroup& group) {
        groups.push_back(group);
        return true;
    });
    REQUIRE(groups.size() == 3);
    CHECK(groups[0].first == 3);
    CHECK(groups[0].oldest->sequence == 3);
    CHECK(groups[0].oldest->received == recently);
    CHECK(groups[0].has_records);
    CHECK_FALSE(groups[1].has_records);
    CHECK(groups[2].has_records);
}

TEST_CASE("nothing of a forgotten event is left in the files") {
    Place place;
    place.settings.retain_delivered = std::chrono::seconds(0);
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    for (int at = 0; at < 50; ++at) REQUIRE(append(*journal, event_of("visitor-" + std::to_string(at))));
    CHECK(eventually([&] { return found(*reader).empty(); }));
    journal->stop();
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal"}) {
        std::ifstream file(place.file(name), std::ios::binary);
        CHECK_FALSE(says(std::string(std::istreambuf_iterator<char>(file), {}), "visitor-"));
    }
}
