// The third part of the tests that every journal engine has to pass: retention, and a full journal.
#pragma once

#include "journal/contract.hpp"
#include "support/clock.hpp"

namespace chathook::journal::test {

TEMPLATE_TEST_CASE("delivered events are deleted after retain_delivered, waiting ones never", "[journal]",
                   JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = 1h;
    Opened<TestType> on(settings);
    const SinkNumber sink = on.journal->sink_number("events").value();
    const SinkNumber other = on.journal->sink_number("other").value();
    const SinkSet both = SinkSet{sink, other};
    const Instant now = chathook::now();
    REQUIRE(append(*on.journal, event_of("old, waits", now - 3h), both));
    REQUIRE(append(*on.journal, event_of("old, delivered", now - 3h), both));
    REQUIRE(append(*on.journal, event_of("old, routed nowhere", now - 3h), SinkSet{}));
    REQUIRE(append(*on.journal, event_of("young, delivered", now - 1min), both));
    REQUIRE(on.journal->settle(sink, {delivered(1), delivered(2), delivered(4)}));
    REQUIRE(on.journal->settle(other, {delivered(2), delivered(4)}));
    CHECK(eventually([&] { return found(*on.reader) == Sequences{1, 4}; }));
    CHECK(due(*on.reader, other) == Sequences{1});

    // Its key is still known for the whole window, even after a restart.
    CHECK(appended(*on.journal, event_of("old, delivered", now)).duplicate);
    on.restart();
    CHECK(appended(*on.journal, event_of("old, delivered", now)).sequence == 2);
}

TEMPLATE_TEST_CASE("sequences continue after all events were deleted", "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = settings.dedupe_window = 1s;
    Opened<TestType> on(settings);
    for (const char* name : {"a", "b", "c"})
        REQUIRE(append(*on.journal, event_of(name, chathook::now() - 1h)));
    CHECK(eventually([&] { return found(*on.reader).empty(); }));
    on.restart();
    CHECK(appended(*on.journal, event_of("d", chathook::now())).sequence == 4);
    on.restart();
    CHECK(appended(*on.journal, event_of("e", chathook::now())).sequence == 5);
}

TEMPLATE_TEST_CASE("a dead letter keeps its event until retain_dead is over", "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = 1h;
    settings.retain_dead = 24h;
    Opened<TestType> on(settings);
    const SinkNumber sink = on.journal->sink_number("crm").value();
    REQUIRE(append(*on.journal, event_of("dead", chathook::now() - 3h), SinkSet{sink}));
    REQUIRE(append(*on.journal, event_of("delivered", chathook::now() - 3h), SinkSet{sink}));
    REQUIRE(on.journal->settle(sink, {dead(1), delivered(2)}));
    CHECK(eventually([&] { return found(*on.reader) == Sequences{1}; }));
    CHECK(on.reader->backlog(sink).value().dead == 1);

    on.settings.retain_dead = 0s;
    on.restart();
    CHECK(eventually([&] { return found(*on.reader).empty(); }));
    CHECK(on.reader->backlog(sink).value().dead == 0);
}

TEMPLATE_TEST_CASE("no event is given up before any sink has asked for its number", "[journal]",
                   JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_dead = 1h;
    settings.sinks_known_after = 0ms;
    Opened<TestType> on(settings);
    const SinkNumber crm = on.journal->sink_number("crm").value();
    on.settings.sinks_known_after = 1h;
    on.restart();
    REQUIRE(append(*on.journal, event_of("waits for nobody", chathook::now() - 48h), SinkSet{}));
    REQUIRE(append(*on.journal, event_of("waits", chathook::now() - 3h), SinkSet{crm}));
    on.settings.sinks_known_after = 0ms;
    on.restart();
    // A sweep gives up events before it deletes any, so after a deletion it has given up what it would.
    CHECK(eventually([&] { return found(*on.reader) == Sequences{2}; }));
    CHECK(on.reader->backlog(crm).value().dead == 0);
    CHECK(due(*on.reader, crm) == Sequences{2});
    REQUIRE(on.journal->sink_number("another"));
    CHECK(eventually([&] { return on.reader->backlog(crm).value().dead == 1; }));
}

TEMPLATE_TEST_CASE("an event that a wrong clock dates into the future is deleted when its neighbours are",
                   "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = 1s;
    Opened<TestType> on(settings);
    REQUIRE(append(*on.journal, event_of("right", chathook::now())));
    REQUIRE(append(*on.journal, event_of("from the future", chathook::now() + 480h)));
    REQUIRE(append(*on.journal, event_of("right again", chathook::now())));
    CHECK(appended(*on.journal, event_of("from the future", chathook::now())).duplicate);
    CHECK(eventually([&] { return found(*on.reader).empty(); }));
    CHECK(appended(*on.journal, event_of("from the future", chathook::now())).duplicate);
}

TEMPLATE_TEST_CASE("retention deletes more than fits into one step", "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = settings.dedupe_window = 1h;
    settings.retain_dead = 0s;
    Opened<TestType> on(settings);
    const SinkNumber sink = on.journal->sink_number("crm").value();
    std::vector<Event> events;
    std::vector<Settlement> settlements;
    for (unsigned at = 1; at <= 700; ++at) {
        events.push_back(event_of(std::to_string(at), chathook::now() - 2h));
        if (at > 1) settlements.push_back(at % 2 == 0 ? dead(at) : delivered(at));
    }
    append_all(*on.journal, events, SinkSet{sink});
    REQUIRE(on.journal->settle(sink, settlements));
    CHECK(eventually([&] { return found(*on.reader) == Sequences{1}; }));
    // The waiting event does not keep others from being deleted, and deleted keys count as new.
    CHECK(eventually(
        [&] { return !appended(*on.journal, event_of("350", chathook::now() - 90min)).duplicate; }));
}

TEMPLATE_TEST_CASE(
    "a journal at its quota refuses events but settles deliveries, and accepts events when it shrank",
    "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.max_size = 1 << 20;
    settings.retain_delivered = 0s;
    Opened<TestType> on(settings);
    const SinkNumber sink = on.journal->sink_number("events").value();
    std::vector<Settlement> settlements;
    Result<Appended> answer = Errc::journal_failed;
    for (unsigned at = 0; at < 1000; ++at) {
        Event event = event_of(std::to_string(at), chathook::now() - 1min);
        event.raw = std::string(64 << 10, 'x');
        answer = append(*on.journal, event, SinkSet{sink});
        if (!answer) break;
        settlements.push_back(delivered(answer->sequence));
    }
    REQUIRE(answer.has_error());
    CHECK(answer.error() == Errc::journal_full);
    CHECK_FALSE(on.journal->health().writable);
    CHECK(on.journal->health().reason == "the journal has reached journal.max_size of 1 MiB");
    CHECK(due(*on.reader, sink).front() == 1);

    REQUIRE(on.journal->settle(sink, settlements));
    CHECK(eventually([&] { return append(*on.journal, event_of("again"), SinkSet{sink}).has_value(); }));
    CHECK(on.journal->health().writable);
}

TEMPLATE_TEST_CASE("events are refused before the disk is full", "[journal]", JOURNAL_ENGINES) {
    TempDirectory directory;
    RecordingMetrics metrics;
    JournalSettings settings;
    settings.directory = directory.path() / "journal";
    settings.min_free_disk = 1ull << 60;
    const auto journal = TestType::open(settings, metrics);
    CHECK(append(*journal, event_of("a")).error() == Errc::journal_full);
    CHECK_FALSE(journal->health().writable);
    CHECK(journal->health().reason.find("journal.min_free_disk") != std::string::npos);
    CHECK(metrics.disk_free_ > 0);
    CHECK(metrics.bytes_ > 0);
}

}  // namespace chathook::journal::test
