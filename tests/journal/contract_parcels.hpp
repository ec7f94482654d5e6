// The eighth part of the tests that every journal engine has to pass: events that came in one request.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "journal/contract_crash.hpp"

namespace chathook::journal::test {

TEMPLATE_TEST_CASE("the events of a request are stored in one commit and answered in their order",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber crm = on.journal->sink_number("crm").value();
    const SinkNumber archive = on.journal->sink_number("archive").value();
    Parcel parcel = parcel_of({"a", "b", "c"});
    parcel.parts[0].sinks = bit(crm);
    parcel.parts[1].sinks = SinkSet{crm, archive};
    const std::uint64_t commits = on.metrics.commits_;
    CHECK(append_parcel(*on.journal, parcel).value() == Answers{{1, false}, {2, false}, {3, false}});
    CHECK(on.metrics.commits_ == commits + 1);
    CHECK(on.metrics.events_ == 3);
    for (int round = 0; round < 2; ++round) {
        CHECK(found(*on.reader) == Sequences{1, 2, 3});
        CHECK(due(*on.reader, crm) == Sequences{1, 2});
        CHECK(due(*on.reader, archive) == Sequences{2});
        on.restart();
    }
    CHECK(appended(*on.journal, event_of("d")).sequence == 4);
}

TEMPLATE_TEST_CASE("a request is read as it was accepted, from each of its events", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    REQUIRE(append(*on.journal, event_of("before")));
    Parcel parcel = parcel_of({"a", "b", "c"});
    Event long_one = event_of("long");
    long_one.original_at = long_one.original_size = 0;
    long_one.raw = std::string(300'000, '\xfe');
    parcel.parts.push_back({std::make_shared<const Event>(long_one), {}, parcel.envelope.size()});
    REQUIRE(append_parcel(*on.journal, parcel));
    REQUIRE(append(*on.journal, event_of("behind")));
    for (int round = 0; round < 2; ++round) {
        for (std::size_t index = 0; index < 4; ++index) {
            const auto request = on.reader->request_of(index + 2).value();
            REQUIRE(request);
            CHECK(request->id == parcel.id);
            CHECK(request->index == index);
            CHECK(request->count == 4);
            CHECK(request->is_whole());
            CHECK(request->body == body_of(parcel));
        }
        for (const std::uint64_t alone : {1, 6, 7}) CHECK_FALSE(on.reader->request_of(alone).value());
        on.restart();
    }
}

TEMPLATE_TEST_CASE("each event of a request is recognised when it comes again, alone or in another request",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    CHECK(append_parcel(*on.journal, parcel_of({"a"})).value() == Answers{{1, false}});
    const Parcel again = parcel_of({"a", "b", "b", "c"});
    CHECK(append_parcel(*on.journal, again).value() == Answers{{1, true}, {2, false}, {2, true}, {3, false}});
    const auto request = on.reader->request_of(3).value().value();
    CHECK(request.index == 3);
    CHECK(request.body == body_of(again));
    on.restart();
    CHECK(append_parcel(*on.journal, again).value() == Answers{{1, true}, {2, true}, {2, true}, {3, true}});
    CHECK(appended(*on.journal, event_of("c")).duplicate);
    CHECK(append(*on.journal, event_of("d")).value().sequence == 4);
    CHECK(append_parcel(*on.journal, parcel_of({"d", "e"})).value() == Answers{{4, true}, {5, false}});
    CHECK(found(*on.reader) == Sequences{1, 2, 3, 4, 5});
}

TEMPLATE_TEST_CASE("a repeated event with other bytes is missing from the body of its request", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    REQUIRE(append(*on.journal, event_of("a")));
    Parcel parcel = parcel_of({"a", "b", "b"});
    for (const std::size_t part : {0, 2}) {
        Event other = *parcel.parts[part].event;
        other.text = R"({"data":{"original":"other"}})";
        other.original_at = other.text.find("\"other");
        other.original_size = 7;
        parcel.parts[part].event = std::make_shared<const Event>(other);
    }
    REQUIRE(append_parcel(*on.journal, parcel).value() == Answers{{1, true}, {2, false}, {2, true}});
    const auto request = on.reader->request_of(2).value().value();
    CHECK(request.missing == std::vector<std::size_t>{0, 2});
    CHECK(request.body.empty());
    CHECK_FALSE(request.envelope_erased);
}

TEMPLATE_TEST_CASE("a request of a thousand events is one commit, whatever the limits of a batch",
                   "[journal]", JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.batch_events_max = 10;
    settings.batch_bytes_max = 1000;
    settings.queue_events_max = 10;
    Opened<TestType> on(settings);
    const SinkNumber crm = on.journal->sink_number("crm").value();
    const std::uint64_t commits = on.metrics.commits_;
    const Parcel parcel = parcel_of(names(parcel_parts_max), bit(crm));
    const auto answers = append_parcel(*on.journal, parcel).value();
    REQUIRE(answers.size() == parcel_parts_max);
    for (std::size_t at = 0; at < answers.size(); ++at) REQUIRE(answers[at].sequence == at + 1);
    CHECK(on.metrics.commits_ == commits + 1);
    on.restart();
    CHECK(on.reader->backlog(crm).value().events == parcel_parts_max);
    CHECK(on.reader->request_of(777).value().value().body == body_of(parcel));
}

TEMPLATE_TEST_CASE("the queue counts the events and the bytes of a request", "[journal]", JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.queue_events_max = 5;
    settings.queue_bytes_max = 32 << 10;
    Opened<TestType> on(settings);
    Parcel large = parcel_of({"large"});
    large.envelope += std::string(33 << 10, ' ');
    CHECK(append_parcel(*on.journal, large).error() == Errc::journal_full);

    WriterHold hold(*on.journal);
    std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
    hold.wait_until_held();
    first.join();
    boost::asio::io_context context;
    std::vector<Result<Answers>> answers;
    for (const Parcel& parcel : {parcel_of({"a", "b", "c"}), parcel_of({"d", "e", "f"}), parcel_of({"g"})}) {
        boost::asio::co_spawn(context, on.journal->append(std::make_shared<const Parcel>(parcel)),
                              [&](std::exception_ptr, Result<Answers> answer) { answers.push_back(answer); });
    }
    while (answers.empty()) context.run_one();
    CHECK(answers.front().error() == Errc::journal_full);  // the second
    hold.release();
    context.run();
    REQUIRE(answers.size() == 3);
    CHECK(answers[1].value().size() == 3);
    CHECK(answers[2].value().size() == 1);
    CHECK(found(*on.reader) == Sequences{1, 2, 3, 4, 5});
}

TEMPLATE_TEST_CASE("a request whose commit takes too long is answered in time, and may be repeated",
                   "[journal]", JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.commit_timeout = std::chrono::milliseconds(500);
    Opened<TestType> on(settings);
    WriterHold hold(*on.journal);
    std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
    hold.wait_until_held();
    first.join();
    CHECK(append_parcel(*on.journal, parcel_of({"a", "b"})).error() == Errc::commit_timeout);
    hold.release();
    CHECK(append_parcel(*on.journal, parcel_of({"a", "b"})).value().size() == 2);
    on.journal->stop();
    CHECK(append_parcel(*on.journal, parcel_of({"c"})).error() == Errc::shutting_down);
}

TEMPLATE_TEST_CASE("an erased event takes the envelope of its request with it, and leaves the other events",
                   "[journal]", JOURNAL_ENGINES) {
    const std::string name = "visitor-7f3a";
    const std::size_t padding = GENERATE(0, 9'000, 200'000);
    Opened<TestType> on;
    const SinkNumber crm = on.journal->sink_number("crm").value();
    REQUIRE(append(*on.journal, event_of("a-" + name), bit(crm)));
    Parcel parcel = parcel_of({"b", "c-" + name, "d"}, bit(crm));
    parcel.envelope += std::string(padding, ' ') + name;
    const bool by_repeat = GENERATE(false, true);
    if (by_repeat) parcel = with_first(parcel, event_of("a-" + name));
    REQUIRE(append_parcel(*on.journal, parcel));
    CHECK(copies_of(on.settings.directory, name) > 1);

    const std::uint64_t erased = by_repeat ? 1 : 3;
    REQUIRE(on.journal->erase({erased}, {}).value().events == 1);
    for (int round = 0; round < 2; ++round) {
        const auto request = on.reader->request_of(2).value().value();
        CHECK(request.id == parcel.id);
        CHECK(request.envelope_erased);
        CHECK(request.missing == std::vector<std::size_t>{by_repeat ? 0u : 1u});
        CHECK(request.body.empty());
        CHECK(found(*on.reader) == (by_repeat ? Sequences{2, 3, 4} : Sequences{1, 2, 4}));
        on.restart();
    }
    REQUIRE(on.journal->erase({by_repeat ? 3u : 1u}, {}).value().events == 1);
    REQUIRE(on.journal->seal_erasure().has_value());
    CHECK(copies_of(on.settings.directory, name) == 0);
    CHECK(found(*on.reader) == Sequences{2, 4});
    CHECK(copies_of(on.settings.directory, parcel.id) == 1);
    REQUIRE(on.journal->erase({2, 4}, {}).value().events == 2);
    REQUIRE(on.journal->seal_erasure().has_value());
    CHECK_FALSE(on.reader->request_of(2).value());
    CHECK(copies_of(on.settings.directory, parcel.id) == 0);
}

TEMPLATE_TEST_CASE("a request goes with the last of its events that retention deletes", "[journal]",
                   JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.retain_delivered = std::chrono::seconds(0);
    Opened<TestType> on(settings);
    const SinkNumber crm = on.journal->sink_number("crm").value();
    const Parcel parcel = parcel_of({"a", "b", "c"}, bit(crm));
    REQUIRE(append_parcel(*on.journal, parcel));
    REQUIRE(append(*on.journal, event_of("d"), bit(crm)));
    REQUIRE(on.journal->settle(crm, {delivered(1), delivered(3)}));
    CHECK(eventually([&] { return found(*on.reader) == Sequences{2, 4}; }));
    const auto request = on.reader->request_of(2).value().value();
    CHECK(request.missing == std::vector<std::size_t>{0, 2});
    CHECK(request.envelope_erased);  // it may tell of the people of events that no search finds any more
    REQUIRE(on.journal->settle(crm, {delivered(2)}));
    CHECK(eventually([&] { return !on.reader->request_of(2).value(); }));
    REQUIRE(on.journal->seal_erasure().has_value());
    CHECK(copies_of(on.settings.directory, parcel.id) == 0);
    CHECK(found(*on.reader) == Sequences{4});
}

// All pages of a search.
inline Sequences found_all(Reader& reader, Query query) {
    Sequences all;
    for (bool more = true; more;) {
        const auto page = reader.find(query).value();
        for (const auto& row : page) all.push_back(row.sequence);
        more = page.more;
        query.after_sequence = page.passed;
    }
    return all;
}

// A process that appends parcels and says so byte by byte, until it is killed.
template <class Engine>
class AppendingProcess {
public:
    explicit AppendingProcess(const JournalSettings& settings) {
        REQUIRE(::pipe(said_) == 0);
        child_ = ::fork();
        if (child_ == 0) {
            append_for_ever(settings);
            ::_exit(1);
        }
        ::close(said_[1]);
    }
    ~AppendingProcess() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        ::close(said_[0]);
    }
    // Waits until so many parcels were answered.
    void wait_for(std::size_t parcels) {
        char byte = 0;
        for (std::size_t at = 0; at < parcels; ++at) REQUIRE(::read(said_[0], &byte, 1) == 1);
    }

private:
    void append_for_ever(const JournalSettings& settings) {
        RecordingMetrics metrics;
        const auto journal = Engine::open(settings, metrics);
        for (unsigned round = 0;; ++round) {
            const std::string name = std::to_string(::getpid()) + "-" + std::to_string(round) + "-";
            if (!append_parcel(*journal, parcel_of(names(100 + 70 * round % 900, name)))) return;
            if (::write(said_[1], ".", 1) != 1) return;
        }
    }

    int said_[2] = {-1, -1};
    ::pid_t child_ = -1;
};

TEMPLATE_TEST_CASE("of a request that a kill interrupted, all events are there or none", "[journal]",
                   JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.ballast_bytes = 0;
    Opened<TestType> on(settings);
    on.reader.reset();
    on.journal.reset();
    std::mt19937 random(GENERATE(1, 2, 3));
    for (int kill = 0; kill < 4; ++kill) {
        {
            AppendingProcess<TestType> process(on.settings);
            process.wait_for(1 + random() % 6);
            // Somewhere in the one that follows.
            for (auto turns = random() % 20'000; turns > 0; --turns) std::this_thread::yield();
        }
        on.open();
        Query all;
        all.only_sequences = true;
        all.limit = 100'000;
        const auto sequences = found_all(*on.reader, all);
        std::size_t requests = 0;
        for (std::size_t at = 0; at < sequences.size(); ++requests) {
            const auto request = on.reader->request_of(sequences[at]).value();
            REQUIRE(request);
            REQUIRE(request->is_whole());
            REQUIRE(request->index == 0);
            at += request->count;
            REQUIRE(at <= sequences.size());
            REQUIRE(sequences[at - 1] == at);
        }
        CHECK(requests > 0);
        on.reader.reset();
        on.journal.reset();
    }
}

}  // namespace chathook::journal::test
