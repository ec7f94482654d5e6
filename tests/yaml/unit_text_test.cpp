#include "yaml/unit_text.hpp"

#include <catch2/catch.hpp>

#include "support/clock.hpp"

using namespace chathook;
using namespace chathook::yaml;
using namespace std::chrono_literals;

TEST_CASE("sizes are whole numbers of bytes, KiB, MiB or GiB") {
    CHECK(parse_size("0") == 0u);
    CHECK(parse_size("1048576") == 1048576u);
    CHECK(parse_size("512B") == 512u);
    CHECK(parse_size("16KiB") == 16384u);
    CHECK(parse_size("1MiB") == 1048576u);
    CHECK(parse_size("4GiB") == 4294967296u);
}

TEST_CASE("other notations of a size are refused rather than guessed") {
    for (const char* text : {"", "MiB", "1MB", "1mib", "1 MiB", "1.5MiB", "-1MiB", "+1MiB", "1M", "0x10",
                             "1MiBB", "17179869184GiB", "99999999999999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_size(text));
    }
    CHECK(parse_size("17179869183GiB"));  // the largest that fits into 64 bits
}

TEST_CASE("a number that is negative or too large is told from another notation") {
    CHECK(is_count_out_of_range("-1"));
    CHECK(is_count_out_of_range("18446744073709551616"));
    CHECK(is_size_out_of_range("-1"));
    CHECK(is_size_out_of_range("-16KiB"));
    CHECK(is_size_out_of_range("17179869184GiB"));
    CHECK(is_duration_out_of_range("-1s"));
    CHECK(is_duration_out_of_range("36601d"));
    for (const char* text : {"", "-", "--1", "+1", "1e3", "1.5", "0x10", "1", "s"}) {
        INFO(text);
        CHECK_FALSE(is_count_out_of_range(text));
        CHECK_FALSE(is_size_out_of_range(text));
        CHECK_FALSE(is_duration_out_of_range(text));
    }
    CHECK_FALSE(is_size_out_of_range("-1MB"));
    CHECK_FALSE(is_duration_out_of_range("99999999999999999999"));
    CHECK_FALSE(is_duration_out_of_range("15s"));
}

TEST_CASE("durations are whole numbers with a unit from ms to d") {
    CHECK(parse_duration("0ms") == 0ms);
    CHECK(parse_duration("250ms") == 250ms);
    CHECK(parse_duration("15s") == 15s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("24h") == 24h);
    CHECK(parse_duration("30d") == 720h);
}

TEST_CASE("other notations of a duration are refused rather than guessed") {
    for (const char* text : {"", "15", "s", "15 s", "1.5s", "-1s", "1h30m", "15S", "1min", "1w", "36601d",
                             "18446744073709551615d"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("a date means the end of that day in UTC, a date with a time means that instant") {
    CHECK(parse_expiry("2026-12-31") == parse_rfc3339("2027-01-01T00:00:00Z"));
    CHECK(parse_expiry("2028-02-29") == parse_rfc3339("2028-03-01T00:00:00Z"));
    CHECK(parse_expiry("2026-12-31T18:00:00+02:00") == parse_rfc3339("2026-12-31T16:00:00Z"));
}

TEST_CASE("days that do not exist are rejected") {
    for (const char* text : {"", "2026-02-29", "2026-13-01", "2026-00-01", "31.12.2026", "2026-1-1",
                             "tomorrow", "2026/12/31", "2026-12-3x"}) {
        INFO(text);
        CHECK_FALSE(parse_expiry(text));
    }
}

TEST_CASE("sizes and durations are printed so that they can be read back") {
    CHECK(size_text(0) == "0B");
    CHECK(size_text(1000) == "1000B");
    CHECK(size_text(1536) == "1536B");
    CHECK(size_text(64ull << 20) == "64MiB");
    CHECK(duration_text(0ms) == "0ms");
    CHECK(duration_text(1500ms) == "1500ms");
    CHECK(duration_text(90s) == "90s");
    CHECK(duration_text(48h) == "2d");
}
