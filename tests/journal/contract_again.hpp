// The fourth part of the tests that every journal engine has to pass: redelivered events, and dead letters.
#pragma once

#include "journal/contract.hpp"

namespace chathook::journal::test {

inline SinkSet bit(SinkNumber sink) { return SinkSet{sink}; }

// One line for each sink: "crm dead, 5 tries: refused with status 422".
inline std::vector<std::string> fates(Reader& reader, std::uint64_t sequence) {
    std::vector<std::string> lines;
    for (const Fate& fate : reader.fates(sequence).value()) {
        std::string line = fate.sink + " " + std::string(name_of(fate.state));
        if (fate.delivered_before) line += ", delivered before";
        if (fate.given_up_before) line += ", given up before";
        if (fate.attempts > 0 || fate.state == Fate::State::dead) {
            line += ", " + std::to_string(fate.attempts) + " tries: " + fate.reason;
        }
        lines.push_back(line);
    }
    return lines;
}

inline Sequences dead_letters(Reader& reader, const DeadQuery& query = {}) {
    Sequences sequences;
    for (const DeadLetter& letter : reader.dead(query).value()) sequences.push_back(letter.sequence);
    return sequences;
}

// Ten events for `crm`: 1 to 3 dead, 4 to 6 delivered, 7 to 10 waiting.
template <class Engine>
struct TenEvents : Opened<Engine> {
    TenEvents() {
        crm = this->journal->sink_number("crm").value();
        archive = this->journal->sink_number("archive").value();
        for (int at = 1; at <= 10; ++at)
            REQUIRE(append(*this->journal, event_of(std::to_string(at)), bit(crm)));
        REQUIRE(this->journal->settle(crm,
                                      {dead(1), dead(2), dead(3), delivered(4), delivered(5), delivered(6)}));
    }
    Reader::Backlog backlog() { return this->reader->backlog(crm).value(); }

    SinkNumber crm = 0, archive = 0;
};

TEMPLATE_TEST_CASE("a retried dead letter is due again, after events that were never delivered", "[journal]",
                   JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    CHECK(on.journal->redeliver(on.crm, {1, 3}).value() == 2);
    for (int round = 0; round < 2; ++round) {
        CHECK(due(*on.reader, on.crm) == Sequences{7, 8, 9, 10, 1, 3});
        CHECK(on.backlog().events == 6);
        CHECK(on.backlog().again == 2);
        CHECK(on.backlog().dead == 1);
        CHECK(dead_letters(*on.reader) == Sequences{2});
        on.restart();
    }
    REQUIRE(on.journal->settle(on.crm, {delivered(3), delivered(7)}));
    CHECK(due(*on.reader, on.crm) == Sequences{8, 9, 10, 1});
    REQUIRE(on.journal->settle(on.crm, {delivered(1)}));
    REQUIRE(on.journal->settle(on.crm, {delivered(1), dead(1)}));  // a second time: no effect
    on.restart();
    CHECK(due(*on.reader, on.crm) == Sequences{8, 9, 10});
    CHECK(on.backlog().events == 3);
    CHECK(on.backlog().again == 0);
    CHECK(on.backlog().dead == 1);
}

TEMPLATE_TEST_CASE("a retried dead letter that fails is a dead letter again", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->redeliver(on.crm, {1}).value() == 1);
    REQUIRE(on.journal->settle(on.crm, {dead(1, "still refused")}));
    for (int round = 0; round < 2; ++round) {
        CHECK(due(*on.reader, on.crm) == Sequences{7, 8, 9, 10});
        CHECK(on.backlog().dead == 3);
        CHECK(fates(*on.reader, 1) == std::vector<std::string>{"crm dead, 5 tries: still refused"});
        on.restart();
    }
    CHECK(on.journal->redeliver(on.crm, {1}).value() == 1);
}

TEMPLATE_TEST_CASE("a delivered event can be replayed, even to a sink that it was never routed to",
                   "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    CHECK(on.journal->redeliver(on.crm, {4, 5}).value() == 2);
    CHECK(on.journal->redeliver(on.archive, {4, 5, 9}).value() == 3);
    CHECK(due(*on.reader, on.crm) == Sequences{7, 8, 9, 10, 4, 5});
    CHECK(due(*on.reader, on.archive) == Sequences{4, 5, 9});
    CHECK(on.reader->backlog(on.archive).value().events == 3);
    CHECK_FALSE(on.reader->backlog(on.archive).value().oldest_received);  // a replay does not count as old
    REQUIRE(on.journal->settle(on.archive, {delivered(4), dead(5), delivered(9)}));
    on.restart();
    CHECK(due(*on.reader, on.archive).empty());
    CHECK(on.reader->backlog(on.archive).value().dead == 1);
    CHECK(fates(*on.reader, 4) ==
          std::vector<std::string>{"crm again, delivered before", "archive delivered"});
    CHECK(fates(*on.reader, 9) == std::vector<std::string>{"crm waiting", "archive delivered"});
}

TEMPLATE_TEST_CASE("an event that is due is not made due again", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    CHECK(on.journal->redeliver(on.crm, {7, 8}).value() == 0);    // still waits
    CHECK(on.journal->redeliver(on.crm, {11, 99}).value() == 0);  // was never a dead letter or an event
    CHECK(on.journal->redeliver(on.crm, {4, 4}).value() == 1);
    CHECK(on.journal->redeliver(on.crm, {4}).value() == 0);
    CHECK(on.journal->redeliver(40, {4}).value() == 0);  // no such sink
    CHECK(on.journal->redeliver(on.crm, {}).value() == 0);
    CHECK(due(*on.reader, on.crm) == Sequences{7, 8, 9, 10, 4});
}

TEMPLATE_TEST_CASE("new events are delivered before a long replay, which comes 32 at a time", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    std::vector<Event> events;
    std::vector<Settlement> all;
    Sequences sequences;
    for (unsigned at = 1; at <= 100; ++at) {
        events.push_back(event_of(std::to_string(at)));
        all.push_back(delivered(at));
        sequences.push_back(at);
    }
    append_all(*on.journal, events, bit(sink));
    REQUIRE(on.journal->settle(sink, all));
    REQUIRE(on.journal->redeliver(sink, sequences).value() == 100);
    for (const char* name : {"new", "newer"}) REQUIRE(append(*on.journal, event_of(name), bit(sink)));

    const Sequences page = due(*on.reader, sink);
    REQUIRE(page.size() == 34);
    CHECK(Sequences(page.begin(), page.begin() + 4) == Sequences{101, 102, 1, 2});
    const auto limited = [&](std::size_t events_max, std::size_t bytes_max) {
        return on.reader->due(sink, 0, events_max, bytes_max).value().size();
    };
    CHECK(limited(2, 1 << 20) == 2);
    CHECK(limited(3, 1 << 20) == 3);
    CHECK(limited(100, 1) == 1);
    // Read page by page, every event is delivered once.
    std::size_t got = 0;
    for (Sequences due_now = page; !due_now.empty(); due_now = due(*on.reader, sink)) {
        std::vector<Settlement> settlements;
        for (const auto sequence : due_now) settlements.push_back(delivered(sequence));
        got += settlements.size();
        REQUIRE(on.journal->settle(sink, settlements));
    }
    CHECK(got == 102);
    CHECK(on.reader->backlog(sink).value().events == 0);
}

TEMPLATE_TEST_CASE("an event that is due again is kept at any age, and is deleted once it is settled",
                   "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = 1h;
    Opened<TestType> on(settings);
    const SinkNumber sink = on.journal->sink_number("events").value();
    const SinkNumber slow = on.journal->sink_number("slow").value();
    for (const char* name : {"a", "b"})
        REQUIRE(append(*on.journal, event_of(name, chathook::now() - 3h), SinkSet{sink, slow}));
    REQUIRE(on.journal->settle(sink, {delivered(1), delivered(2)}));
    REQUIRE(on.journal->redeliver(sink, {1}).value() == 1);
    REQUIRE(on.journal->settle(slow, {delivered(1), delivered(2)}));
    CHECK(eventually([&] { return found(*on.reader) == Sequences{1}; }));
    CHECK(due(*on.reader, sink) == Sequences{1});
    REQUIRE(on.journal->settle(sink, {delivered(1)}));
    CHECK(eventually([&] { return found(*on.reader).empty(); }));
    CHECK(on.journal->redeliver(sink, {1}).value() == 0);  // its record was deleted
}

TEMPLATE_TEST_CASE("a discarded dead letter is settled, and can be redelivered", "[journal]",
                   JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    CHECK(on.journal->discard(on.crm, {1, 2, 4, 7, 99}).value() == 2);  // the others are no dead letters
    CHECK(on.journal->discard(on.crm, {1}).value() == 0);
    for (int round = 0; round < 2; ++round) {
        CHECK(dead_letters(*on.reader) == Sequences{3});
        CHECK(on.backlog().dead == 1);
        CHECK(due(*on.reader, on.crm) == Sequences{7, 8, 9, 10});
        CHECK(fates(*on.reader, 1) == std::vector<std::string>{"crm discarded"});
        on.restart();
    }
    CHECK(on.journal->redeliver(on.crm, {1}).value() == 1);
    CHECK(fates(*on.reader, 1) == std::vector<std::string>{"crm again, given up before"});
    REQUIRE(on.journal->settle(on.crm, {delivered(1)}));
    CHECK(fates(*on.reader, 1) == std::vector<std::string>{"crm delivered"});
}

TEMPLATE_TEST_CASE("the record of a discarded dead letter is kept no longer than that of a delivered event",
                   "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_delivered = 1h;
    Opened<TestType> on(settings);
    const SinkNumber sink = on.journal->sink_number("crm").value();
    for (const char* name : {"a", "b"})
        REQUIRE(append(*on.journal, event_of(name, chathook::now() - 3h), bit(sink)));
    REQUIRE(on.journal->settle(sink, {dead(1), dead(2)}));
    REQUIRE(on.journal->discard(sink, {2}).value() == 1);
    CHECK(eventually([&] { return found(*on.reader) == Sequences{1}; }));
}

TEMPLATE_TEST_CASE("the state of an event is known for each of its sinks", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(append(*on.journal, event_of("both"), SinkSet{on.crm, on.archive}));
    REQUIRE(append(*on.journal, event_of("nobody"), SinkSet{}));
    REQUIRE(on.journal->settle(on.archive, {delivered(11)}));
    CHECK(fates(*on.reader, 1) == std::vector<std::string>{"crm dead, 5 tries: refused with status 422"});
    CHECK(fates(*on.reader, 11) == std::vector<std::string>{"crm waiting", "archive delivered"});
    CHECK(fates(*on.reader, 12).empty());
    CHECK(fates(*on.reader, 99).empty());
    // The event was delivered, replayed and refused then: it still counts as delivered before.
    REQUIRE(on.journal->redeliver(on.crm, {5}).value() == 1);
    REQUIRE(on.journal->settle(on.crm, {dead(5, "refused")}));
    CHECK(fates(*on.reader, 5) == std::vector<std::string>{"crm dead, delivered before, 5 tries: refused"});
}

TEMPLATE_TEST_CASE("dead letters are listed with their events, by sink and by the filters for events",
                   "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    Opened<TestType> on;
    const SinkNumber crm = on.journal->sink_number("crm").value();
    const SinkNumber hook = on.journal->sink_number("hook").value();
    for (int at = 0; at < 4; ++at) {
        Event event = event_of(std::to_string(at), recently + at * 1s);
        if (at == 2) event.type = "lead.created";
        REQUIRE(append(*on.journal, event, SinkSet{crm, hook}));
    }
    REQUIRE(on.journal->settle(crm, {dead(1), dead(3), dead(4)}));
    REQUIRE(on.journal->settle(hook, {dead(3, "gone"), dead(4)}));
    const auto ask = [&](auto&& change) {
        DeadQuery query;
        change(query);
        return dead_letters(*on.reader, query);
    };
    CHECK(ask([](DeadQuery&) {}) == Sequences{1, 3, 3, 4, 4});
    CHECK(ask([](DeadQuery& q) { q.sink = "hook"; }) == Sequences{3, 4});
    CHECK(ask([](DeadQuery& q) { q.sink = "nobody"; }).empty());
    CHECK(ask([](DeadQuery& q) { q.type_glob = "lead.*"; }) == Sequences{3, 3});
    CHECK(ask([](DeadQuery& q) { q.since = recently + 3s; }) == Sequences{4, 4});
    CHECK(ask([](DeadQuery& q) { q.until = recently + 2s; }) == Sequences{1});
    CHECK(ask([](DeadQuery& q) { q.ids = {id_of("0", recently)}; }) == Sequences{1});
    CHECK(ask([](DeadQuery& q) { q.after_sequence = 3; }) == Sequences{4, 4});
    CHECK(ask([](DeadQuery& q) { q.limit = 2; }) ==
          Sequences{1, 3, 3});  // the letters of one sequence are never on two pages
    CHECK(ask([](DeadQuery& q) { q.limit = 1, q.newest = true; }) == Sequences{4, 4});
    CHECK(ask([](DeadQuery& q) { q.after_sequence = 1, q.newest = true; }) == Sequences{3, 3, 4, 4});
    CHECK(ask([](DeadQuery& q) { q.limit = 0; }).empty());

    DeadQuery query;
    query.sink = "hook";
    const DeadLetter letter = on.reader->dead(query).value().front();
    CHECK(letter.sink == "hook");
    CHECK(letter.reason == "gone");
    CHECK(letter.attempts == 5);
    CHECK(letter.at >= recently);
    REQUIRE(letter.event);
    CHECK(letter.event->type == "lead.created");
}

TEMPLATE_TEST_CASE("listeners are called when something is due again", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    std::atomic<int> heard{0};
    const auto subscription = on.journal->subscribe([&](std::uint64_t newest) { heard += newest == 10; });
    REQUIRE(on.journal->redeliver(on.crm, {1}));
    CHECK(eventually([&] { return heard > 0; }));
    on.journal->unsubscribe(subscription);
}

TEMPLATE_TEST_CASE("a listener to redeliveries is told for which sink something was made due again",
                   "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    std::vector<SinkNumber> heard;
    const auto subscription =
        on.journal->subscribe_redelivered([&](SinkNumber sink) { heard.push_back(sink); });
    REQUIRE(on.journal->redeliver(on.crm, {7}).value() == 0);  // is due already
    REQUIRE(append(*on.journal, event_of("11"), bit(on.crm)));
    REQUIRE(on.journal->discard(on.crm, {2}).value() == 1);
    CHECK(heard.empty());
    REQUIRE(on.journal->redeliver(on.crm, {1}).value() == 1);
    REQUIRE(on.journal->redeliver(on.archive, {4, 5}).value() == 2);
    CHECK(heard == std::vector<SinkNumber>{on.crm, on.archive});
    on.journal->unsubscribe(subscription);
    REQUIRE(on.journal->redeliver(on.crm, {2}).value() == 1);
    CHECK(heard.size() == 2);
}

TEMPLATE_TEST_CASE("a reader knows a sink's name as soon as it has its number", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    for (unsigned at = 0; at < 20; ++at) {
        const std::string name = "sink-" + std::to_string(at);
        const SinkNumber number = on.journal->sink_number(name).value();
        const auto known = on.reader->sinks().value();
        REQUIRE(known.size() == at + 1);
        CHECK(known.back().number == number);
        CHECK(known.back().name == name);
        CHECK(known.back().configured);
    }
}

TEMPLATE_TEST_CASE("all sinks are listed, with whether they are configured now", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    const auto sinks = [&] {
        std::vector<std::string> lines;
        for (const KnownSink& sink : on.reader->sinks().value()) {
            lines.push_back(std::to_string(sink.number) + " " + sink.name +
                            (sink.configured ? "" : " (gone)"));
        }
        return lines;
    };
    CHECK(sinks().empty());
    for (const char* name : {"crm", "archive"}) REQUIRE(on.journal->sink_number(name));
    CHECK(sinks() == std::vector<std::string>{"0 crm", "1 archive"});
    on.restart();
    REQUIRE(on.journal->sink_number("archive").value());
    CHECK(sinks() == std::vector<std::string>{"0 crm (gone)", "1 archive"});
}

TEMPLATE_TEST_CASE(
    "an event that waits for a removed sink longer than retain_dead is a dead letter of that sink",
    "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.retain_dead = 2h;
    settings.sinks_known_after = 0ms;
    Opened<TestType> on(settings);
    const SinkNumber kept = on.journal->sink_number("kept").value();
    const SinkNumber removed = on.journal->sink_number("removed").value();
    const SinkSet both = SinkSet{kept, removed};
    REQUIRE(append(*on.journal, event_of("old, delivered", chathook::now() - 3h), both));
    REQUIRE(append(*on.journal, event_of("old, elsewhere", chathook::now() - 3h), bit(kept)));
    REQUIRE(append(*on.journal, event_of("old, waits", chathook::now() - 3h), both));
    REQUIRE(append(*on.journal, event_of("young", chathook::now() - 1min), both));
    REQUIRE(on.journal->settle(removed, {delivered(1)}));
    REQUIRE(on.journal->redeliver(removed, {1}).value() == 1);  // ordered a moment ago
    on.settings.sinks_known_after = 1h;
    on.restart();
    REQUIRE(on.journal->sink_number("kept").value() == kept);
    CHECK(due(*on.reader, removed) == Sequences{3, 4, 1});  // the sink may still be configured
    on.settings.sinks_known_after = 0ms;
    on.restart();
    REQUIRE(on.journal->sink_number("kept").value() == kept);
    CHECK(eventually([&] { return dead_letters(*on.reader) == Sequences{3}; }));
    CHECK(due(*on.reader, removed) == Sequences{4, 1});
    CHECK(due(*on.reader, kept) == Sequences{1, 2, 3, 4});
    CHECK(on.reader->backlog(removed).value().dead == 1);
    CHECK(fates(*on.reader, 3) ==
          std::vector<std::string>{"kept waiting",
                                   "removed dead, 0 tries: no sink of that name is configured, and the event "
                                   "waited for it longer than journal.retain_dead"});
}

TEMPLATE_TEST_CASE("events are found by their ids and up to a time", "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    Opened<TestType> on;
    for (int at = 0; at < 5; ++at)
        REQUIRE(append(*on.journal, event_of(std::to_string(at), recently + at * 1s)));
    Event odd = event_of("odd", recently);
    odd.id = "an id of another kind";
    REQUIRE(append(*on.journal, odd));
    const auto ask = [&](auto&& change) {
        Query query;
        change(query);
        return found(*on.reader, query);
    };
    const auto id = [](int at) { return id_of(std::to_string(at), recently + at * 1s); };
    CHECK(ask([&](Query& q) { q.ids = {id(3)}; }) == Sequences{4});
    CHECK(ask([&](Query& q) { q.ids = {id(4), id(1), "nobody's"}; }) == Sequences{2, 5});
    CHECK(ask([&](Query& q) { q.ids = {id(4), id(1), id(2)}; }) == Sequences{2, 3, 5});
    CHECK(ask([&](Query& q) { q.ids = {id(4), id(1)}, q.after_sequence = 2; }) == Sequences{5});
    CHECK(ask([&](Query& q) { q.ids = {id(4), id(1)}, q.limit = 1; }) == Sequences{2});
    CHECK(ask([&](Query& q) { q.ids = {id(4), id(1)}, q.limit = 1, q.newest = true; }) == Sequences{5});
    CHECK(ask([&](Query& q) { q.ids = {id(4)}, q.vendor = "chatbase"; }).empty());
    CHECK(ask([&](Query& q) { q.ids = {id_of("other", recently + 3s)}; }).empty());
    CHECK(ask([&](Query& q) { q.ids = {odd.id}; }) == Sequences{6});
    CHECK(ask([&](Query& q) { q.until = recently + 2s; }) == Sequences{1, 2, 6});
    CHECK(ask([&](Query& q) { q.since = recently + 1s, q.until = recently + 3s; }) == Sequences{2, 3});
}

}  // namespace chathook::journal::test
