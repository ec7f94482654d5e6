#include "status/words.hpp"

#include <catch2/catch.hpp>

#include "status/reports.hpp"

using namespace std::chrono_literals;
using namespace chathook::status;
using chathook::test::at;

TEST_CASE("a time of today is the time alone, any other has its date") {
    CHECK(moment(at("2026-11-30T14:02:05.9Z"), at("2026-11-30T23:59:59Z")) == "14:02:05Z");
    CHECK(moment(at("2026-11-29T23:59:59Z"), at("2026-11-30T00:00:00Z")) == "2026-11-29 23:59:59Z");
    CHECK(moment(at("2025-11-30T14:02:05Z"), at("2026-11-30T14:02:05Z")) == "2025-11-30 14:02:05Z");
}

TEST_CASE("a span has its two largest units, and minutes none below them") {
    CHECK(span_of(0s) == "0 s");
    CHECK(span_of(59s) == "59 s");
    CHECK(span_of(61s) == "1 min");
    CHECK(span_of(1h) == "1 h");
    CHECK(span_of(3h + 10min + 9s) == "3 h 10 min");
    CHECK(span_of(52h) == "2 d 4 h");
}

TEST_CASE("a size is in the unit that keeps it short") {
    CHECK(size_of(1) == "1 byte");
    CHECK(size_of(812) == "812 bytes");
    CHECK(size_of(412ull << 20) == "412 MiB");
    CHECK(size_of(4ull << 30) == "4 GiB");
    CHECK(size_of(3482ull << 20) == "3.4 GiB");
    CHECK(size_of(UINT64_MAX) == "16777216 TiB");
}

TEST_CASE("a counted noun is plural unless there is one") {
    CHECK(counted(0, "event") == "0 events");
    CHECK(counted(1, "event") == "1 event");
}
