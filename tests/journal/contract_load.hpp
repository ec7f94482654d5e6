// The second part of the tests that every journal engine has to pass: load, limits, timeouts and stopping.
#pragma once

#include "journal/contract.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chathook::journal::test {

// Appends `count` events one after the other, as a keep-alive connection does.
inline Awaitable<> append_in_turn(Intake& journal, std::string name, int count,
                                  std::vector<std::uint64_t>& sequences) {
    for (int at = 0; at < count; ++at) {
        const auto answer =
            co_await journal.append(std::make_shared<const Event>(event_of(name + std::to_string(at))), {});
        sequences.push_back(answer ? answer->sequence : 0);
    }
}

TEMPLATE_TEST_CASE("many connections on several threads are answered once each, without a gap", "[journal]",
                   JOURNAL_ENGINES) {
    constexpr int threads = 4, connections = 8, events = 40;
    Opened<TestType> on;
    std::vector<std::vector<Sequences>> got(threads, std::vector<Sequences>(connections));
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
        running.emplace_back([&, thread] {
            boost::asio::io_context context(1);
            for (int at = 0; at < connections; ++at) {
                const std::string name = std::to_string(thread) + "/" + std::to_string(at) + "/";
                boost::asio::co_spawn(context, append_in_turn(*on.journal, name, events, got[thread][at]),
                                      boost::asio::detached);
            }
            context.run();
        });
    }
    for (std::thread& thread : running) thread.join();

    std::set<std::uint64_t> all;
    for (const auto& thread : got) {
        for (const Sequences& connection : thread) {
            CHECK(connection.size() == events);
            CHECK(std::is_sorted(connection.begin(), connection.end()));
            all.insert(connection.begin(), connection.end());
        }
    }
    CHECK(all.size() == threads * connections * events);
    CHECK(*all.begin() == 1);
    CHECK(*all.rbegin() == threads * connections * events);
    CHECK(on.metrics.events_ == threads * connections * events);
    CHECK(on.metrics.commits_ <= on.metrics.events_);
}

TEMPLATE_TEST_CASE("appends that queue up during one commit share the next one", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    WriterHold hold(*on.journal);
    std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
    hold.wait_until_held();
    first.join();
    // Ten appends and a settlement are in the queue before the writer takes the next batch.
    std::vector<Event> events;
    for (int at = 0; at < 10; ++at) events.push_back(event_of(std::to_string(at)));
    boost::asio::io_context context;
    int answered = 0;
    for (Event& event : events) {
        boost::asio::co_spawn(
            context, on.journal->append(std::make_shared<const Event>(std::move(event)), {}),
            [&](std::exception_ptr, Result<Appended> answer) { answered += answer.has_value(); });
    }
    context.poll();
    hold.release();
    context.run();
    CHECK(answered == 10);
    CHECK(on.metrics.commits_ == 2);
}

TEMPLATE_TEST_CASE("an append that does not fit into the queue is refused at once", "[journal]",
                   JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.queue_events_max = 3;
    Opened<TestType> on(settings);
    WriterHold hold(*on.journal);
    std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
    hold.wait_until_held();
    first.join();

    boost::asio::io_context context;
    std::vector<Result<Appended>> answers;
    const auto keep = [&](std::exception_ptr, Result<Appended> answer) { answers.push_back(answer); };
    for (const char* name : {"a", "b", "c", "d"}) {
        boost::asio::co_spawn(context, on.journal->append(std::make_shared<const Event>(event_of(name)), {}),
                              keep);
    }
    while (answers.empty()) context.run_one();
    CHECK(answers.front().error() == Errc::journal_full);  // the writer is still held
    hold.release();
    context.run();
    REQUIRE(answers.size() == 4);
    CHECK(std::count_if(answers.begin(), answers.end(),
                        [](const auto& answer) { return answer.has_value(); }) == 3);
    CHECK(found(*on.reader) == Sequences{1, 2, 3, 4});
}

TEMPLATE_TEST_CASE("the queue is bounded by bytes, too", "[journal]", JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.queue_bytes_max = 8 << 10;
    Opened<TestType> on(settings);
    Event large = event_of("large");
    large.raw = std::string(9 << 10, 'x');
    CHECK(append(*on.journal, large).error() == Errc::journal_full);
    CHECK(append(*on.journal, event_of("small")));
}

TEMPLATE_TEST_CASE("an append whose commit takes too long is answered in time, and may be repeated",
                   "[journal]", JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.commit_timeout = std::chrono::milliseconds(500);
    Opened<TestType> on(settings);
    WriterHold hold(*on.journal);
    std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
    hold.wait_until_held();
    first.join();

    for (const auto& answer : append_all(*on.journal, {event_of("a"), event_of("b")})) {
        CHECK(answer.error() == Errc::commit_timeout);
    }
    hold.release();
    CHECK(append(*on.journal, event_of("a")));
    Query only_a;
    const auto rows = on.reader->find(only_a).value();
    CHECK(std::count_if(rows.begin(), rows.end(),
                        [](const auto& row) { return row.event->original() == "\"a\""; }) == 1);
}

TEMPLATE_TEST_CASE("stopping commits and answers what is queued, and then refuses further appends",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber sink = on.journal->sink_number("events").value();
    boost::asio::io_context context;
    int answered = 0;
    {
        WriterHold hold(*on.journal);
        std::thread first([&] { CHECK(append(*on.journal, event_of("first"), SinkSet{sink})); });
        hold.wait_until_held();
        first.join();
        for (int at = 0; at < 500; ++at) {
            boost::asio::co_spawn(
                context, on.journal->append(std::make_shared<const Event>(event_of(std::to_string(at))), {}),
                [&](std::exception_ptr, Result<Appended> answer) { answered += answer.has_value(); });
        }
        context.poll();
    }
    on.journal->stop();
    context.run();
    CHECK(answered == 500);
    CHECK(append(*on.journal, event_of("late")).error() == Errc::shutting_down);
    CHECK(on.journal->settle(sink, {delivered(1)}).error() == Errc::shutting_down);
    on.journal->stop();  // a second call has no effect
    on.restart();
    Query all;
    all.limit = 1000;
    CHECK(found(*on.reader, all).size() == 501);
}

TEMPLATE_TEST_CASE("listeners are called for every commit that added events, until they unsubscribe",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    std::mutex mutex;
    Sequences heard;
    const auto subscription = on.journal->subscribe([&](std::uint64_t newest) {
        const std::lock_guard lock(mutex);
        heard.push_back(newest);
    });
    const auto last_heard = [&] {
        const std::lock_guard lock(mutex);
        return heard.empty() ? 0 : heard.back();
    };
    REQUIRE(append(*on.journal, event_of("a")));
    CHECK(eventually([&] { return last_heard() == 1; }));
    REQUIRE(append(*on.journal, event_of("a")));  // a duplicate adds nothing
    REQUIRE(append(*on.journal, event_of("b")));
    CHECK(eventually([&] { return last_heard() == 2; }));
    on.journal->unsubscribe(subscription);
    REQUIRE(append(*on.journal, event_of("c")));
    on.journal->stop();
    CHECK(heard == Sequences{1, 2});
}

}  // namespace chathook::journal::test
