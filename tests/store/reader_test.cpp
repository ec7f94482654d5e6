#include "store/reader.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;

TEST_CASE("a record that is damaged on disk becomes a dead letter, and the events behind it are delivered") {
    Place place;
    SinkNumber sink = 0;
    {
        const auto journal = place.open();
        sink = journal->sink_number("events").value();
        for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), SinkSet{sink}));
    }
    Database(place.file(), SQLITE_OPEN_READWRITE, {})
        .execute(
            "UPDATE records SET data = CAST(replace(data, 'specversion', 'specversiom') AS BLOB) WHERE first "
            "= 2");
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    CHECK(due(*reader, sink) == Sequences{1, 3});
    CHECK(found(*reader) == Sequences{1, 3});
    CHECK(eventually([&] { return reader->backlog(sink).value().dead == 1; }));
    CHECK(reader->backlog(sink).value().events == 2);
    REQUIRE(journal->settle(sink, {delivered(1), delivered(3)}));
    CHECK(reader->backlog(sink).value().events == 0);
}

TEST_CASE("large events end a page by their bytes, and the page says where to continue") {
    Place place;
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    const SinkNumber sink = journal->sink_number("crm").value();
    for (int at = 1; at <= 5; ++at) {
        Event event = event_of(std::to_string(at));
        event.text = '"' + std::string(at == 3 ? 5'000'000 : 400'000, 'x') + '"';
        REQUIRE(append(*journal, std::move(event), SinkSet{sink}));
        REQUIRE(journal->settle(sink, {dead(static_cast<std::uint64_t>(at))}));
    }
    const auto pages = [&](auto query, auto read) {
        std::vector<Sequences> all;
        for (bool more = true; more;) {
            const auto page = read(query);
            all.emplace_back();
            for (const auto& row : page) all.back().push_back(row.sequence);
            more = page.more;
            (query.newest ? query.before_sequence : query.after_sequence) = page.passed;
        }
        return all;
    };
    const auto find = [&](const Query& query) { return reader->find(query).value(); };
    const auto find_dead = [&](const DeadQuery& query) { return reader->dead(query).value(); };
    CHECK(pages(Query{}, find) == std::vector<Sequences>{{1, 2}, {3}, {4, 5}});
    CHECK(pages(DeadQuery{}, find_dead) == std::vector<Sequences>{{1, 2}, {3}, {4, 5}});
    Query newest;
    newest.newest = true;
    CHECK(pages(newest, find) == std::vector<Sequences>{{4, 5}, {3}, {1, 2}});
    DeadQuery newest_dead;
    newest_dead.newest = true;
    CHECK(pages(newest_dead, find_dead) == std::vector<Sequences>{{4, 5}, {3}, {1, 2}});
}

TEST_CASE("a search reads more rows than one statement does") {
    Place place;
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    std::vector<Event> events;
    for (int at = 1; at <= 2500; ++at) {
        events.push_back(event_of(std::to_string(at)));
        if (at == 1 || at == 1000 || at == 1001 || at == 2500) events.back().type = "lead.created";
    }
    append_all(*journal, std::move(events));
    Query query;
    query.type_glob = "lead.*";
    CHECK(found(*reader, query) == Sequences{1, 1000, 1001, 2500});
    query.newest = true;
    CHECK(found(*reader, query) == Sequences{1, 1000, 1001, 2500});
    query.limit = 3;
    CHECK(found(*reader, query) == Sequences{1000, 1001, 2500});
    query.before_sequence = 1001;
    CHECK(found(*reader, query) == Sequences{1, 1000});
    query.before_sequence = 1;
    CHECK(found(*reader, query).empty());
}

TEST_CASE(
    "events of several mebibytes are read one by one, each with all of its bytes, by sinks and by "
    "questions") {
    Place place;
    const auto journal = place.open();
    const SinkNumber sink = journal->sink_number("events").value();
    const auto reader = journal->open_reader();
    for (const char* name : {"a", "b", "c"}) {
        Event event = event_of(name);
        if (*name != 'b') event.raw = std::string(5 << 20, *name);
        if (*name != 'b') event.original_size = 0;
        REQUIRE(append(*journal, std::move(event), SinkSet{sink}));
    }
    REQUIRE(journal->redeliver(sink, {1}).value() ==
            0);  // from now on committed events are read from the database
    Sequences passed;
    for (std::uint64_t after = 0; after < 3;) {
        const auto due = reader->due(sink, after, 10, 64 << 20).value();
        REQUIRE_FALSE(due.empty());
        for (const Delivery& delivery : due) {
            passed.push_back(delivery.sequence);
            const char byte = "abc"[delivery.sequence - 1];
            CHECK((delivery.sequence == 2 || delivery.event->raw == std::string(5 << 20, byte)));
        }
        after = passed.back();
    }
    CHECK(passed == Sequences{1, 2, 3});
    Query query;
    query.bytes_max = 64 << 20;
    const auto first = reader->find(query).value();
    REQUIRE(first.size() == 1);
    CHECK(first.more);
    CHECK(first[0].event->raw == std::string(5 << 20, 'a'));
    query.after_sequence = first.passed;
    CHECK(reader->find(query).value().size() == 2);
}

TEST_CASE("a reader does not keep the log from being emptied between two calls") {
    Place place;
    const auto journal = place.open();
    const SinkNumber sink = journal->sink_number("events").value();
    const auto reader = journal->open_reader();
    for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), SinkSet{sink}));
    CHECK(reader->due(sink, 0, 1, 1).value().size() == 1);
    CHECK(reader->backlog(sink).value().events == 3);
    Query one;
    one.limit = 1;
    CHECK(found(*reader, one) == Sequences{1});
    journal->stop();  // empties the log, which an unfinished read would prevent
    CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) == 0);
}

TEST_CASE("once the journal stops, readers abort their searches") {
    Place place;
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    REQUIRE(append(*journal, event_of("a")));
    REQUIRE(found(*reader) == Sequences{1});
    journal->stop();
    CHECK(reader->find({}).error() == Errc::shutting_down);
    CHECK(reader->fates(1).error() == Errc::shutting_down);
    CHECK(reader->dead({}).error() == Errc::shutting_down);
    CHECK(reader->rejections({}).error() == Errc::shutting_down);
    CHECK(reader->rejection(1).error() == Errc::shutting_down);
    CHECK(reader->sinks().error() == Errc::shutting_down);
}
