#include "age/age_clock.hpp"

#include <catch2/catch.hpp>

using namespace chathook;
using namespace chathook::age;
using namespace std::chrono_literals;

namespace {

constexpr Instant start_of_time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr Instant nineteen_seventy{std::chrono::seconds(7)};

// A machine whose clocks the test sets, and the clock of a journal on it. Time passes in pass() and off().
struct Machine {
    ClockReading reading{.boot = 50s, .wall = start_of_time, .synchronised = false};
    std::optional<ClockState> saved;
    std::optional<AgeClock> clock;
    int jumps = 0;

    void start() { clock.emplace(saved, std::nullopt, reading); }
    // Starts the journal and runs it for a minute; returns the journal's time at the start.
    Instant start_and_run() {
        start();
        const Instant then = clock->now();
        pass(1min);
        return then;
    }
    void read() {
        const AgeClock::Change change = clock->read(reading);
        jumps += change.jump.has_value();
        saved = clock->state();
    }
    void pass(std::chrono::microseconds time) {
        reading.boot += time;
        reading.wall += time;
        read();
    }
    void jump(std::chrono::microseconds by) {
        reading.wall += by;
        reading.synchronised = false;  // the kernel reports this whenever the clock is set
        read();
    }
    // Reads the clock every minute.
    void run(std::chrono::minutes time) {
        for (; time > 0min; time -= 1min) pass(1min);
    }
    void stop() { clock.reset(); }
    void off(std::chrono::microseconds time) {
        reading.boot = 30s;
        reading.wall += time;
    }
    void restart_after(std::chrono::microseconds time) {
        stop();
        off(time);
        start();
    }
    std::chrono::microseconds age(Instant since) const { return clock->now() - since; }
};

}  // namespace

TEST_CASE("a jump of the wall clock while the daemon runs changes no age") {
    Machine on;
    on.reading.synchronised = GENERATE(true, false);
    on.start();
    const Instant then = on.clock->now();
    CHECK(then == start_of_time);
    on.pass(10s);
    const auto by = GENERATE(values<std::chrono::seconds>({960h, -960h, 87600h, 3s, -3s}));
    on.jump(by);
    CHECK(on.jumps == 1);
    CHECK(on.age(then) == 10s);
    on.pass(4s);
    on.jump(-by);
    CHECK(on.jumps == 2);
    CHECK(on.age(then) == 14s);
    CHECK(on.clock->date() == start_of_time + 14s);
}

TEST_CASE("repeated jumps of the wall clock in both directions change no age") {
    Machine on;
    on.start();
    const Instant then = on.clock->now();
    for (int times = 0; times < 500; ++times) {
        on.jump(960h);
        on.pass(1s);
        on.jump(-960h);
        on.pass(1s);
        on.reading.synchronised = true;
        on.read();
    }
    CHECK(on.jumps == 1000);
    CHECK(on.age(then) == 1000s);
    CHECK(on.clock->date() == start_of_time + 1000s);
}

TEST_CASE("steps below two seconds, such as leap seconds, are no jumps") {
    Machine on;
    on.start();
    on.jump(-1s);
    on.jump(1900ms);
    CHECK(on.jumps == 0);
    on.jump(1200ms);  // together they are a jump
    CHECK(on.jumps == 1);
}

TEST_CASE("the time during which the machine is suspended counts, because CLOCK_BOOTTIME includes it") {
    Machine on;
    on.start();
    const Instant then = on.clock->now();
    on.pass(72h);
    CHECK(on.age(then) == 72h);
    CHECK(on.jumps == 0);
}

TEST_CASE("a stop of up to an hour is counted at the start") {
    Machine on;
    const Instant then = on.start_and_run();
    on.restart_after(50min);
    CHECK(on.age(then) == 51min);
    CHECK_FALSE(on.clock->stop_uncounted());
    CHECK(on.clock->counted_at_once() == 50min);
}

TEST_CASE("a longer stop is counted for an hour, and in full once the kernel reports a synchronised clock") {
    Machine on;
    const Instant then = on.start_and_run();
    on.restart_after(240h);
    CHECK(on.age(then) == 1h + 1min);
    CHECK(on.clock->stop_uncounted());
    on.pass(5min);
    CHECK(on.age(then) == 1h + 6min);
    on.reading.synchronised = true;
    CHECK(on.clock->read(on.reading).counted == 239h);
    CHECK(on.age(then) == 240h + 6min);
    CHECK_FALSE(on.clock->stop_uncounted());
    CHECK_FALSE(on.clock->read(on.reading).counted);
}

TEST_CASE("if the clock is synchronised at the start, the stop is counted in full") {
    Machine on;
    on.reading.synchronised = true;
    const Instant then = on.start_and_run();
    on.restart_after(240h);
    CHECK(on.age(then) == 240h + 1min);
    CHECK(on.jumps == 0);
}

TEST_CASE("if the clock is never synchronised, the rest of a stop is counted after running for 24 hours") {
    Machine on;
    const Instant then = on.start_and_run();
    on.restart_after(240h);
    on.run(24h - 2min);
    CHECK(on.clock->stop_uncounted());
    on.run(2min);
    CHECK_FALSE(on.clock->stop_uncounted());
    CHECK(on.age(then) == 264h + 1min);
}

TEST_CASE("the 24 hours of running are added up over restarts") {
    Machine on;
    const Instant then = on.start_and_run();
    on.stop();
    on.off(240h);
    for (int starts = 0; starts < 8; ++starts) {
        on.start();
        CHECK(on.clock->stop_uncounted());
        on.run(3h - (starts == 0 ? 1min : 0min));
        on.stop();
    }
    on.start();
    CHECK_FALSE(on.clock->stop_uncounted());
    CHECK(on.age(then) == 264h);
}

TEST_CASE("a restart loop under a wrong clock increases ages by no more than an hour") {
    Machine on;
    const Instant then = on.start_and_run();
    on.jump(960h);
    for (int starts = 0; starts < 100; ++starts) {
        on.restart_after(5s);
        on.pass(1s);
    }
    CHECK(on.age(then) <= 1min + 100 * 6s);
}

TEST_CASE("a clock that is wrong at every second start increases ages by no more than an hour a day") {
    Machine on;
    const Instant then = on.start_and_run();
    for (int starts = 0; starts < 50; ++starts) {
        on.stop();
        on.reading.wall += 960h;
        on.start();
        on.pass(1min);
        on.stop();
        on.reading.wall -= 960h;
        on.start();
        on.pass(1min);
    }
    CHECK(on.age(then) <= 101min + 1h);
}

TEST_CASE("a start in 1970 counts nothing until the clock is synchronised, and then the actual stop") {
    Machine on;
    const Instant then = on.start_and_run();
    on.stop();
    const Instant right = on.reading.wall + 48h;
    on.reading = {.boot = 20s, .wall = nineteen_seventy, .synchronised = false};
    on.start();
    CHECK(on.age(then) == 1min);
    CHECK(on.clock->stop_uncounted());
    on.pass(2min);
    CHECK(on.age(then) == 3min);
    on.jump(right + 2min - on.reading.wall);
    CHECK(on.jumps == 1);
    CHECK(on.age(then) == 3min);
    on.reading.synchronised = true;
    on.read();
    CHECK(on.age(then) == 48h + 3min);
    CHECK(on.clock->date() == right + 2min);
}

TEST_CASE("setting the clock of a journal that was created in 1970 changes no age and corrects the date") {
    Machine on;
    on.reading.wall = nineteen_seventy;
    const Instant then = on.start_and_run();
    on.jump(start_of_time - on.reading.wall);
    CHECK(on.age(then) == 1min);
    CHECK(on.clock->date() == nineteen_seventy + 1min);
    on.reading.synchronised = true;
    on.pass(1s);
    CHECK(on.age(then) == 61s);
    CHECK(on.clock->date() == start_of_time + 1s);
}

TEST_CASE("the date follows a jump after an hour with a synchronised clock, or after a day") {
    Machine on;
    on.reading.synchronised = true;
    on.start();
    on.pass(1min);
    on.jump(240h);
    const bool synchronised = GENERATE(true, false);
    on.reading.synchronised = synchronised;
    on.run(59min);
    CHECK(on.clock->date() == start_of_time + 1h);
    on.run(synchronised ? 2min : 24h);
    CHECK(on.clock->date() == on.reading.wall);
}

TEST_CASE("a stop under a wrong clock is counted correctly, whether the clock is corrected or not") {
    Machine on;
    const Instant then = on.start_and_run();
    on.jump(960h);
    on.stop();
    on.off(30min);
    if (GENERATE(true, false)) on.reading.wall -= 960h;
    on.start();
    CHECK(on.age(then) == 31min);
    CHECK_FALSE(on.clock->stop_uncounted());
}

TEST_CASE("the journal's clock never goes back") {
    Machine on;
    on.start();
    Instant before = on.clock->now();
    for (const std::chrono::minutes by : {-60min, 30min, -525600min, 5256000min, -60min}) {
        on.jump(by);
        on.stop();
        on.off(1s);
        on.reading.wall += by;
        on.start();
        CHECK(on.clock->now() >= before);
        before = on.clock->now();
    }
    on.reading.boot -= 10s;  // a container restored from a checkpoint
    on.read();
    CHECK(on.clock->now() >= before);
    on.pass(1s);
    CHECK(on.clock->now() == before + 1s);
}

TEST_CASE("the clock of a journal without one begins at its latest time, or now if that is in the future") {
    const ClockReading reading{.boot = 50s, .wall = start_of_time, .synchronised = false};
    const AgeClock stopped_for_a_day(std::nullopt, start_of_time - 24h, reading);
    CHECK(stopped_for_a_day.now() == start_of_time - 23h);
    CHECK(stopped_for_a_day.stop_uncounted());
    const AgeClock from_the_future(std::nullopt, start_of_time + 87600h, reading);
    CHECK(from_the_future.now() == start_of_time);
    CHECK_FALSE(from_the_future.stop_uncounted());
}

TEST_CASE("a stop that contradicts the journal's rows is never counted") {
    Machine on;
    on.start();
    on.pass(1s);
    on.restart_after(240h);
    REQUIRE(on.clock->stop_uncounted());
    on.clock->drop_uncounted_stop();
    on.reading.synchronised = true;
    CHECK_FALSE(on.clock->read(on.reading).counted);
}
