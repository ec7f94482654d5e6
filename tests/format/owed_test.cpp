#include "format/owed.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "format/words.hpp"

namespace chathook::format::test {
namespace {

std::vector<Standing> every_standing() {
    std::vector<Standing> all;
    for (const bool routed : {false, true}) {
        for (const bool passed : {false, true}) {
            for (unsigned state = 0; state <= 6; ++state) {
                // What runs and routes say has no row, and so no flags.
                for (unsigned flags = 0; flags <= (state == 0 ? 0 : 4); ++flags)
                    all.push_back({routed, passed, static_cast<OwedState>(state), flags});
            }
        }
    }
    return all;
}

std::string text_of(OwedState state, unsigned flags) {
    constexpr std::string_view names[]{"none", "tried", "dead", "again", "discarded", "delivered"};
    std::string text(state <= OwedState::delivered ? names[static_cast<std::size_t>(state)] : "unknown");
    if ((flags & owed_flag::had) != 0) text += " had";
    if ((flags & owed_flag::given_up) != 0) text += " given_up";
    return text;
}

// "dead had", "skipped, none", or "-": nothing changed.
std::string after(const Standing& from, Change change) {
    const Step made = step(from, change);
    if (!made.counts) return "-";
    return (made.settles ? "settled, " : "") + text_of(made.state, made.flags);
}

struct Row {
    Standing from;
    std::string_view deliver, fail, give_up, redeliver, discard, erase;
};
constexpr unsigned had = owed_flag::had, given_up = owed_flag::given_up;
constexpr bool routed = true, elsewhere = false, waits = false, passed = true;

}  // namespace

TEST_CASE("what each change makes of an event at a sink is what the decision's table says") {
    const Row row = GENERATE(
        Row{{elsewhere, passed, OwedState::none, 0}, "-", "-", "-", "again", "-", "none"},
        Row{{routed, waits, OwedState::none, 0},
            "settled, none",
            "tried",
            "settled, dead",
            "-",
            "-",
            "settled, none"},
        Row{{routed, waits, OwedState::tried, 0},
            "settled, none",
            "tried",
            "settled, dead",
            "-",
            "-",
            "settled, none"},
        Row{{routed, passed, OwedState::none, 0}, "-", "-", "-", "again had", "-", "none"},
        Row{{routed, passed, OwedState::dead, 0}, "-", "-", "-", "again given_up", "discarded", "none"},
        Row{{routed, passed, OwedState::dead, had},
            "-",
            "-",
            "-",
            "again had given_up",
            "discarded had",
            "none"},
        Row{{routed, passed, OwedState::again, given_up}, "none", "again given_up", "dead", "-", "-", "none"},
        Row{{routed, passed, OwedState::again, had}, "none", "again had", "dead had", "-", "-", "none"},
        Row{{elsewhere, passed, OwedState::again, 0}, "delivered", "again", "dead", "-", "-", "none"},
        Row{{elsewhere, waits, OwedState::again, had},
            "delivered",
            "again had",
            "dead had",
            "-",
            "-",
            "none"},
        Row{{elsewhere, passed, OwedState::dead, 0}, "-", "-", "-", "again given_up", "discarded", "none"},
        Row{{routed, passed, OwedState::discarded, 0}, "-", "-", "-", "again given_up", "-", "none"},
        Row{{routed, passed, OwedState::discarded, had}, "-", "-", "-", "again had given_up", "-", "none"},
        Row{{elsewhere, passed, OwedState::delivered, 0}, "-", "-", "-", "again had", "-", "none"});
    CAPTURE(row.from.routed, row.from.passed, text_of(row.from.state, row.from.flags));
    CHECK(after(row.from, Change::deliver) == row.deliver);
    CHECK(after(row.from, Change::fail) == row.fail);
    CHECK(after(row.from, Change::give_up) == row.give_up);
    CHECK(after(row.from, Change::redeliver) == row.redeliver);
    CHECK(after(row.from, Change::discard) == row.discard);
    CHECK(after(row.from, Change::erase) == row.erase);
}

TEST_CASE("a row of a later program stays as it is, except that an erasure removes it") {
    const Standing from = GENERATE(from_range(every_standing()));
    if (from.known()) {
        SUCCEED("of this program");
        return;
    }
    for (const Change change :
         {Change::deliver, Change::fail, Change::give_up, Change::redeliver, Change::discard}) {
        const Step made = step(from, change);
        CHECK(made.state == from.state);
        CHECK(made.flags == from.flags);
        // What waits is settled all the same, so that the sink goes on.
        const bool ends = change == Change::deliver || change == Change::give_up;
        CHECK(made.settles == (from.waits() && ends));
    }
    CHECK(step(from, Change::erase).state == OwedState::none);
}

TEST_CASE("an event joins a run of its sink only when it waits, and whenever a delivery of it ends then") {
    const Standing from = GENERATE(from_range(every_standing()));
    for (const Change change : {Change::deliver, Change::fail, Change::give_up, Change::redeliver,
                                Change::discard, Change::erase}) {
        const bool ends = change != Change::fail && change != Change::redeliver && change != Change::discard;
        CHECK(step(from, change).settles == (from.waits() && ends));
    }
}

TEST_CASE("a sink that has got an event has got it after every change but an erasure") {
    const Standing from = GENERATE(from_range(every_standing()));
    if (!from.known() || from.waits() || !has_got(from)) {
        SUCCEED("has not got it");
        return;
    }
    for (const Change change :
         {Change::deliver, Change::fail, Change::give_up, Change::redeliver, Change::discard}) {
        const Step made = step(from, change);
        CHECK(has_got({from.routed, from.passed, made.state, made.flags}));
    }
}

TEST_CASE("a change that does nothing leaves an event as it is told") {
    const Standing from = GENERATE(from_range(every_standing()));
    for (const Change change : {Change::deliver, Change::fail, Change::give_up, Change::redeliver,
                                Change::discard, Change::erase}) {
        const Step made = step(from, change);
        if (made.counts) continue;
        CHECK(told({from.routed, from.passed, made.state, made.flags}) == told(from));
    }
    CHECK(step(from, Change::erase).counts);
}

}  // namespace chathook::format::test
