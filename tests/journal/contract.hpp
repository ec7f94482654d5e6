// The tests that every journal engine has to pass. A test file of an engine defines JOURNAL_ENGINES, a list
// of types with `static std::unique_ptr<Journal> open(const JournalSettings&, JournalMetrics&)`, and includes
// this.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <thread>

#include "journal/fixture.hpp"

namespace chathook::journal::test {

// A journal in a directory of its own.
template <class Engine>
struct Opened {
    Opened() : Opened(JournalSettings{}) {}
    explicit Opened(const JournalSettings& wanted) : settings(wanted) {
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = std::min<std::uint64_t>(wanted.min_free_disk, 1 << 20);
        open();
    }
    void open() {
        journal = Engine::open(settings, metrics);
        reader = journal->open_reader();
    }
    void restart() {
        reader.reset();
        journal.reset();
        open();
    }

    TempDirectory directory;
    JournalSettings settings;
    RecordingMetrics metrics;
    std::unique_ptr<Journal> journal;
    std::unique_ptr<Reader> reader;
};

// Appends an event, which has to succeed.
inline Appended appended(Intake& journal, Event event, SinkSet sinks = {}) {
    return append(journal, std::move(event), sinks).value();
}

TEMPLATE_TEST_CASE("events get sequences without a gap, even after a restart", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    CHECK(appended(*on.journal, event_of("a")).sequence == 1);
    CHECK(appended(*on.journal, event_of("b")).sequence == 2);
    on.restart();
    CHECK(appended(*on.journal, event_of("c")).sequence == 3);
    CHECK(found(*on.reader) == Sequences{1, 2, 3});
    CHECK(on.metrics.events_ == 3);
}

TEMPLATE_TEST_CASE("an event is read as it was appended", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    Event verbatim = event_of("verbatim");
    Event raw = event_of("raw");
    raw.original_at = raw.original_size = 0;
    raw.raw = std::string("not\0json\r\n\xff\xfe", 12);
    raw.vendor_type = "";
    Event open = event_of("open");
    open.original_size = 0;
    open.raw = std::string(500'000, '\xff') + "end";
    Event next = event_of("next");
    const std::vector<Event> sent = {verbatim, raw, open, next};
    for (const Event& event : sent) REQUIRE(append(*on.journal, event, SinkSet{sink}));
    on.restart();

    const auto deliveries = on.reader->due(sink, 0, 10, 1 << 20).value();
    REQUIRE(deliveries.size() == sent.size());
    for (std::size_t at = 0; at < sent.size(); ++at) {
        const Event& got = *deliveries[at].event;
        CHECK(deliveries[at].attempt == 1);
        CHECK(got.id == sent[at].id);
        CHECK(got.source == sent[at].source);
        CHECK(got.vendor == sent[at].vendor);
        CHECK(got.type == sent[at].type);
        CHECK(got.vendor_type == sent[at].vendor_type);
        CHECK(got.received == sent[at].received);
        CHECK(got.text == sent[at].text);
        CHECK(got.original() == sent[at].original());
        CHECK(got.lacks_base64() == sent[at].lacks_base64());
    }
    CHECK(deliveries[2].event->original_at == open.original_at);
    CHECK(deliveries[0].event->original() == "\"verbatim\"");
    CHECK(deliveries[1].event->original() == sent[1].raw);
}

TEMPLATE_TEST_CASE("a repeated signed event is answered with the sequence of the first one", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    const auto answers =
        append_all(*on.journal, {event_of("a"), event_of("a"), event_of("b"), event_of("a")});
    CHECK(answers[0].value().sequence == 1);
    CHECK_FALSE(answers[0].value().duplicate);
    for (const std::size_t again : {1, 3}) {
        CHECK(answers[again].value().sequence == 1);
        CHECK(answers[again].value().duplicate);
    }
    CHECK(answers[2].value().sequence == 2);
    on.restart();
    CHECK(appended(*on.journal, event_of("b")).duplicate);
    CHECK(appended(*on.journal, event_of("b")).sequence == 2);
    CHECK(found(*on.reader) == Sequences{1, 2});
    CHECK(on.metrics.events_ == 2);
}

TEMPLATE_TEST_CASE("a repeated event counts as new when the dedupe window is over", "[journal]",
                   JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.dedupe_window = 60s;
    const Instant first = recently - 10min;  // an event from the future would count from now on
    Opened<TestType> on(settings);
    CHECK(appended(*on.journal, event_of("a", first)).sequence == 1);
    CHECK(appended(*on.journal, event_of("a", first + 60s)).duplicate);
    const Appended second = appended(*on.journal, event_of("a", first + 60s + 1us));
    CHECK(second.sequence == 2);
    CHECK_FALSE(second.duplicate);
    CHECK(appended(*on.journal, event_of("a", first + 100s)).sequence == 2);
    on.restart();
    CHECK(appended(*on.journal, event_of("a", first + 110s)).sequence == 2);
    CHECK_FALSE(appended(*on.journal, event_of("a", first + 121s)).duplicate);
}

TEMPLATE_TEST_CASE("a clock that is set back does not make a duplicate a new event", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    REQUIRE(append(*on.journal, event_of("a", recently)));
    CHECK(appended(*on.journal, event_of("a", recently - std::chrono::hours(1))).duplicate);
}

TEMPLATE_TEST_CASE("events that are routed to a sink are due for it, in order and within its limits",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber first = on.journal->sink_number("first").value();
    const SinkNumber second = on.journal->sink_number("second").value();
    REQUIRE(append(*on.journal, event_of("both"), SinkSet{first, second}));
    REQUIRE(append(*on.journal, event_of("second"), SinkSet{second}));
    REQUIRE(append(*on.journal, event_of("nobody"), SinkSet{}));
    REQUIRE(append(*on.journal, event_of("first"), SinkSet{first}));

    CHECK(due(*on.reader, first) == Sequences{1, 4});
    CHECK(due(*on.reader, second) == Sequences{1, 2});
    CHECK(due(*on.reader, first, 1) == Sequences{4});
    CHECK(due(*on.reader, first, 4).empty());
    CHECK(on.reader->due(second, 0, 1, 1 << 20).value().size() == 1);
    CHECK(on.reader->due(second, 0, 10, 1).value().size() == 1);  // larger than the limit, but the first one
    CHECK(due(*on.reader, 63).empty());
}

TEMPLATE_TEST_CASE("a sink continues after a restart where it was", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    for (const char* name : {"a", "b", "c"}) REQUIRE(append(*on.journal, event_of(name), SinkSet{sink}));
    REQUIRE(on.journal->settle(sink, {delivered(1), delivered(2)}));
    CHECK(due(*on.reader, sink) == Sequences{3});
    on.restart();
    CHECK(on.journal->sink_number("events").value() == sink);
    CHECK(due(*on.reader, sink) == Sequences{3});
    CHECK(on.reader->backlog(sink).value().events == 1);
}

TEMPLATE_TEST_CASE("deliveries may be settled in any order", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    for (const char* name : {"a", "b", "c", "d", "e"})
        REQUIRE(append(*on.journal, event_of(name), SinkSet{sink}));
    REQUIRE(on.journal->settle(sink, {delivered(4), delivered(2)}));
    CHECK(due(*on.reader, sink) == Sequences{1, 3, 5});
    on.restart();
    CHECK(due(*on.reader, sink) == Sequences{1, 3, 5});
    REQUIRE(on.journal->settle(sink, {delivered(1)}));
    CHECK(due(*on.reader, sink) == Sequences{3, 5});
    REQUIRE(on.journal->settle(sink, {delivered(3)}));
    CHECK(due(*on.reader, sink) == Sequences{5});
    on.restart();
    CHECK(due(*on.reader, sink) == Sequences{5});
    CHECK(on.reader->backlog(sink).value().events == 1);
}

TEMPLATE_TEST_CASE("settling an event again, or one that was never routed to the sink, changes nothing",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    REQUIRE(append(*on.journal, event_of("a"), SinkSet{sink}));
    REQUIRE(append(*on.journal, event_of("b"), SinkSet{}));
    REQUIRE(append(*on.journal, event_of("c"), SinkSet{sink}));
    REQUIRE(on.journal->settle(sink, {delivered(3), dead(3), dead(2), delivered(99)}));
    REQUIRE(on.journal->settle(sink, {dead(3)}));
    CHECK(due(*on.reader, sink) == Sequences{1});
    CHECK(on.reader->backlog(sink).value().events == 1);
    CHECK(on.reader->backlog(sink).value().dead == 0);
}

TEMPLATE_TEST_CASE("a dead letter no longer waits, and is counted", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("crm").value();
    for (const char* name : {"a", "b"}) REQUIRE(append(*on.journal, event_of(name), SinkSet{sink}));
    REQUIRE(on.journal->settle(sink, {dead(1)}));
    for (int round = 0; round < 2; ++round) {
        CHECK(due(*on.reader, sink) == Sequences{2});
        CHECK(on.reader->backlog(sink).value().dead == 1);
        CHECK(on.reader->backlog(sink).value().events == 1);
        on.restart();
    }
    CHECK(found(*on.reader) == Sequences{1, 2});
}

TEMPLATE_TEST_CASE("the backlog says how many events wait and since when", "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    CHECK(on.reader->backlog(sink).value().events == 0);
    CHECK_FALSE(on.reader->backlog(sink).value().oldest_received);
    for (int at = 0; at < 3; ++at) {
        REQUIRE(append(*on.journal, event_of(std::to_string(at), recently + at * 1s), SinkSet{sink}));
    }
    REQUIRE(append(*on.journal, event_of("elsewhere"), SinkSet{}));
    CHECK(on.reader->backlog(sink).value().events == 3);
    CHECK(on.reader->backlog(sink).value().oldest_received == recently);
    REQUIRE(on.journal->settle(sink, {delivered(1)}));
    CHECK(on.reader->backlog(sink).value().oldest_received == recently + 1s);
}

TEMPLATE_TEST_CASE("a sink keeps its number for ever, and there are as many numbers as names", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    std::set<SinkNumber> numbers;
    constexpr SinkNumber names = 300;
    for (unsigned at = 0; at < names; ++at) {
        numbers.insert(on.journal->sink_number("sink-" + std::to_string(at)).value());
    }
    CHECK(numbers.size() == names);
    CHECK(*numbers.rbegin() == names - 1);
    const SinkNumber last = on.journal->sink_number("sink-299").value();
    REQUIRE(append(*on.journal, event_of("a"), SinkSet{0, 64, last}));
    on.restart();
    CHECK(on.journal->sink_number("sink-299").value() == last);
    CHECK(due(*on.reader, last) == Sequences{1});
    CHECK(due(*on.reader, 64) == Sequences{1});
    CHECK(due(*on.reader, 63).empty());
    REQUIRE(on.journal->settle(last, {delivered(1)}));
    CHECK(due(*on.reader, last).empty());
    CHECK(due(*on.reader, 0) == Sequences{1});
}

TEMPLATE_TEST_CASE("events are found by type, vendor, source and time, oldest first", "[journal]",
                   JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    Opened<TestType> on;
    const char* types[] = {"lead.created", "lead.updated", "handover.requested", "lead.created"};
    for (int at = 0; at < 4; ++at) {
        Event event = event_of(std::to_string(at), recently + at * 1s);
        event.type = types[at];
        event.vendor = at < 2 ? "knowrithm" : "lynn";
        event.source = at == 3 ? "lynn-sales" : "support";
        REQUIRE(append(*on.journal, event));
    }
    const auto ask = [&](auto&& change) {
        Query query;
        change(query);
        return found(*on.reader, query);
    };
    CHECK(ask([](Query&) {}) == Sequences{1, 2, 3, 4});
    CHECK(ask([](Query& q) { q.type_glob = "lead.*"; }) == Sequences{1, 2, 4});
    CHECK(ask([](Query& q) { q.type_glob = "lead.created"; }) == Sequences{1, 4});
    CHECK(ask([](Query& q) { q.vendor = "lynn"; }) == Sequences{3, 4});
    CHECK(ask([](Query& q) { q.source = "support"; }) == Sequences{1, 2, 3});
    CHECK(ask([](Query& q) { q.since = recently + 2s; }) == Sequences{3, 4});
    CHECK(ask([](Query& q) { q.after_sequence = 2; }) == Sequences{3, 4});
    CHECK(ask([](Query& q) { q.limit = 2; }) == Sequences{1, 2});
    CHECK(ask([](Query& q) { q.limit = 2, q.newest = true; }) == Sequences{3, 4});
    CHECK(ask([](Query& q) { q.type_glob = "lead.*", q.limit = 2, q.newest = true; }) == Sequences{2, 4});
    CHECK(ask([](Query& q) { q.type_glob = "lead.*", q.after_sequence = 3, q.newest = true; }) ==
          Sequences{4});
    CHECK(ask([](Query& q) { q.limit = 0; }).empty());
}

}  // namespace chathook::journal::test
