#include "store/recent_lines.hpp"

#include <catch2/catch.hpp>

using chathook::store::RecentLines;

TEST_CASE("the routes of the newest lines are known, those of older ones are not") {
    RecentLines lines;
    CHECK_FALSE(lines.routes(1, 1));
    constexpr std::uint64_t newest = 7 + RecentLines::lines_max;
    for (std::uint64_t sequence = 5; sequence <= newest; ++sequence)
        lines.add(sequence, static_cast<std::uint32_t>(sequence * 3));
    CHECK_FALSE(lines.routes(4, newest));
    CHECK_FALSE(lines.routes(7, newest));
    CHECK(lines.routes(8, newest)->set() == 24);
    CHECK(lines.routes(newest, newest)->set() == newest * 3);
    CHECK_FALSE(lines.routes(newest + 1, newest));
}

TEST_CASE("the routes of lines that were rolled back are not known, nor those that they have overwritten") {
    RecentLines lines;
    constexpr std::uint64_t newest = RecentLines::lines_max;
    for (std::uint64_t sequence = 1; sequence <= newest; ++sequence)
        lines.add(sequence, static_cast<std::uint32_t>(sequence));
    for (std::uint64_t sequence = newest + 1; sequence <= newest + 3; ++sequence) lines.add(sequence, 99);
    CHECK_FALSE(lines.routes(newest + 1, newest));
    CHECK_FALSE(lines.routes(3, newest));
    CHECK(lines.routes(4, newest)->set() == 4);
    lines.add(newest + 1, 1);
    CHECK(lines.routes(newest + 1, newest + 1)->set() == 1);
    CHECK_FALSE(lines.routes(3, newest + 1));
}
