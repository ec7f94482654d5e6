#include "journal/queue.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>

#include <thread>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

using std::chrono::steady_clock;

class RecordingWaiter final : public Waiter {
public:
    RecordingWaiter(boost::asio::io_context& context, std::vector<Result<Appended>>& answers)
        : Waiter(context.get_executor()), answers_(answers) {}
    void resume(Result<Appended> result) override { answers_.push_back(result); }

private:
    std::vector<Result<Appended>>& answers_;
};

struct Opened {
    explicit Opened(const JournalSettings& settings = {}) : queue(settings) {}
    void push(std::string_view name, std::size_t bytes = 0) {
        Event event = event_of(name);
        event.raw = std::string(bytes, 'x');
        queue.push(std::make_shared<const Event>(std::move(event)), {},
                   std::make_unique<RecordingWaiter>(context, answers));
    }
    std::size_t take() { return queue.take(steady_clock::now()).appends.size(); }
    void finish(std::size_t count) { queue.finish(std::vector<Result<Appended>>(count, Appended{1, false})); }

    Queue queue;
    boost::asio::io_context context;
    std::vector<Result<Appended>> answers;
};

}  // namespace

TEST_CASE("a batch is limited by number and by bytes, but is never empty") {
    JournalSettings settings;
    settings.batch_events_max = 3;
    settings.batch_bytes_max = 10'000;
    Opened on(settings);
    for (const char* name : {"a", "b", "c", "d"}) on.push(name);
    on.push("large", 9'500);
    on.push("larger", 20'000);
    on.push("e");
    for (const std::size_t expected : {3, 1, 1, 1, 1}) {
        CHECK(on.take() == expected);
        on.finish(expected);
    }
    on.context.run();
    CHECK(on.answers.size() == 7);
}

TEST_CASE("all answers of one commit wake an io_context once") {
    Opened on;
    for (int at = 0; at < 20; ++at) on.push(std::to_string(at));
    on.finish(on.take());
    CHECK(on.context.run_one() == 1);
    CHECK(on.answers.size() == 20);
    CHECK(on.context.run() == 0);
}

TEST_CASE("the watchdog answers an overdue append, and its commit does not answer it again") {
    JournalSettings settings;
    settings.commit_timeout = std::chrono::milliseconds(20);
    Opened on(settings);
    std::thread watchdog([&] { on.queue.watch(); });
    on.push("being committed");
    const std::size_t taken = on.take();
    on.push("not begun");
    on.context.run();  // ends when both are answered
    REQUIRE(on.answers.size() == 2);
    for (const auto& answer : on.answers) CHECK(answer.error() == Errc::commit_timeout);
    CHECK(on.queue.stalled());
    on.finish(taken);
    on.context.restart();
    CHECK(on.context.run() == 0);
    CHECK_FALSE(on.queue.stalled());
    // An append that had not begun when it was answered with a timeout is not committed any more.
    CHECK(on.take() == 0);
    on.queue.end_watch();
    watchdog.join();
}

TEST_CASE("appends are refused at once, and accepted again when the reason is gone") {
    Opened on;
    on.queue.refuse(Errc::journal_full);
    on.push("a");
    on.queue.refuse(std::nullopt);
    on.push("b");
    on.queue.close();
    on.push("c");
    on.queue.fail();
    on.push("d");
    CHECK(on.take() == 1);
    on.finish(1);
    on.context.run();
    REQUIRE(on.answers.size() == 4);
    CHECK(on.answers[0].error() == Errc::journal_full);
    CHECK(on.answers[1].error() == Errc::shutting_down);
    CHECK(on.answers[2].error() == Errc::journal_failed);
    CHECK(on.answers[3].has_value());
    CHECK(on.queue.settle(0, {}).error() == Errc::journal_failed);
}
