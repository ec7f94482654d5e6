#include "journal/reader.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"
#include "journal/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

TEST_CASE("a record damaged on disk becomes a dead letter, and what follows is delivered") {
    Place place;
    SinkNumber sink = 0;
    {
        const auto journal = place.open();
        sink = journal->sink_number("events").value();
        for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), 1u << sink));
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

TEST_CASE("a search goes through more rows than one statement reads") {
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

TEST_CASE("a reader holds nothing back between two calls") {
    Place place;
    const auto journal = place.open();
    const SinkNumber sink = journal->sink_number("events").value();
    const auto reader = journal->open_reader();
    for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), SinkSet{1} << sink));
    CHECK(reader->due(sink, 0, 1, 1).value().size() == 1);
    CHECK(reader->backlog(sink).value().events == 3);
    Query one;
    one.limit = 1;
    CHECK(found(*reader, one) == Sequences{1});
    journal->stop();  // empties the log, which an unfinished read would not let it
    CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) == 0);
}
