#include "format/groups.hpp"

#include <catch2/catch.hpp>

#include <array>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::format;

namespace {

StoredRecord record_of(std::string_view json, std::string_view raw = {}) {
    return {0x12345678, 3, 4, "lynn-support", "lynn", "handover.requested", "handover", "an id", json, raw};
}

// Events 10, 11, 13 of a group whose lines are 10 to 14.
std::string some_group() {
    RecordGroupWriter writer;
    writer.add(10, record_of("{\"first\":1}"));
    writer.add(11, record_of("{}", std::string_view("\0raw", 4)));
    writer.add(13, record_of(""));
    return std::string(writer.finish(10));
}

}  // namespace

TEST_CASE("a group's records are read as they were written") {
    const std::string bytes = some_group();
    const RecordGroup group(10, 5, bytes);
    REQUIRE(group.whole());
    REQUIRE(group.size() == 3);
    CHECK(group.first() == 10);
    CHECK(group.last() == 14);
    CHECK(group.sequence(2) == 13);
    CHECK(group.place_of(9) == 0);
    CHECK(group.place_of(12) == 2);
    CHECK(group.place_of(14) == 3);
    CHECK(group.has(13));
    CHECK_FALSE(group.has(12));
    const auto record = group.record(1);
    REQUIRE(record);
    CHECK(record->checksum == 0x12345678);
    CHECK(record->original_at == 3);
    CHECK(record->original_size == 4);
    CHECK(record->source == "lynn-support");
    CHECK(record->vendor == "lynn");
    CHECK(record->type == "handover.requested");
    CHECK(record->vendor_type == "handover");
    CHECK(record->id == "an id");
    CHECK(record->json == "{}");
    CHECK(record->raw == std::string_view("\0raw", 4));
    CHECK(group.record(0)->json == "{\"first\":1}");
    CHECK(group.record(2)->json.empty());
}

TEST_CASE("the bytes of a group are those that docs/journal-format.md describes") {
    RecordGroupWriter writer;
    writer.add(258, {0x04030201, 1, 2, "s", "v", "t", "", "i", "{}", ""});
    const std::string expected(
        "\x01\x02\x03\x04\1\0\0\0\2\0\0\0"
        "\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0"
        "svti{}"
        "\1\0\0\0\x2e\0\0\0"
        "\1\0\0\0",
        40 + 6 + 8 + 4);
    const std::string bytes(writer.finish(257));
    CHECK(bytes.substr(0, bytes.size() - 4) == expected);
    CHECK(RecordGroup(257, 2, bytes).whole());
    CHECK_FALSE(RecordGroup(256, 2, bytes).whole());  // the checksum covers the first sequence
}

TEST_CASE("records are copied from another group as they are") {
    const std::string bytes = some_group();
    const RecordGroup group(10, 5, bytes);
    RecordGroupWriter writer;
    writer.take(11, group.bytes(1));
    writer.take(13, group.bytes(2));
    const std::string left(writer.finish(10));
    const RecordGroup fewer(10, 5, left);
    REQUIRE(fewer.size() == 2);
    CHECK(fewer.last() == 14);
    CHECK(fewer.sequence(0) == 11);
    CHECK(fewer.bytes(0) == group.bytes(1));
    CHECK(fewer.record(1)->type == "handover.requested");
}

TEST_CASE("a writer is empty after it has finished a group") {
    RecordGroupWriter writer;
    writer.add(1, record_of("one"));
    const std::string first(writer.finish(1));
    writer.add(2, record_of("two"));
    const std::string second(writer.finish(2));
    const RecordGroup group(2, 1, second);
    REQUIRE(group.size() == 1);
    CHECK(group.record(0)->json == "two");
    CHECK(RecordGroup(1, 1, first).record(0)->json == "one");
}

TEST_CASE("with any bit error in a group's directory no record is read, and none is missed") {
    const std::string bytes = some_group();
    const std::size_t directory = bytes.size() - 8 - 3 * 8;
    for (std::size_t bit = directory * 8; bit < bytes.size() * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const RecordGroup group(10, 5, damaged);
        CAPTURE(bit);
        REQUIRE_FALSE(group.whole());
        REQUIRE(group.size() == 5);
        for (std::size_t at = 0; at < 5; ++at) {
            REQUIRE(group.sequence(at) == 10 + at);
            REQUIRE_FALSE(group.record(at));
        }
    }
}

TEST_CASE("with any bit error in a record the other records are read as they were written") {
    const std::string bytes = some_group();
    const std::size_t directory = bytes.size() - 8 - 3 * 8;
    const std::string first(RecordGroup(10, 5, bytes).bytes(0));
    for (std::size_t bit = first.size() * 8; bit < directory * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const RecordGroup group(10, 5, damaged);
        REQUIRE(group.whole());
        REQUIRE(group.bytes(0) == first);
        for (std::size_t at = 1; at < 3; ++at) {
            const auto record = group.record(at);  // may be nothing; its checksum decides whether it is right
            if (record) REQUIRE(record->json.size() <= bytes.size());
        }
    }
}

TEST_CASE("a group that is truncated, empty or too large by its directory has unreadable records") {
    const std::string bytes = some_group();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const RecordGroup group(10, 5, std::string_view(bytes).substr(0, size));
        CAPTURE(size);
        REQUIRE_FALSE(group.whole());
        REQUIRE(group.size() == 5);
    }
    CHECK(RecordGroup(10, 0, {}).size() == 1);
    CHECK(RecordGroup(10, 1'000'000, {}).size() == group_events_max);
}

TEST_CASE("lines are read as they were written, and a bit error in one is detected") {
    std::string bytes;
    const Instant received{std::chrono::microseconds(1795300000123456)};
    const std::array<std::string, 3> keys{std::string(16, 'a'), std::string(16, 'b'), std::string(16, 'c')};
    for (std::size_t at = 0; at < keys.size(); ++at) {
        LineGroup::append(bytes, {40 + at, received, {7 + at, false}, keys[at]});
    }
    const LineGroup group(40, bytes);
    REQUIRE(bytes.size() == 1 + 3 * line_bytes);
    REQUIRE(group.size() == 3);
    CHECK(group.last() == 42);
    const StoredLine line = group.line(1);
    CHECK(line.whole);
    CHECK(line.line.sequence == 41);
    CHECK(line.line.received == received);
    CHECK(line.line.routes.word == 8);
    CHECK_FALSE(line.line.routes.masked);
    CHECK(line.line.key == keys[1]);
    for (std::size_t bit = (1 + line_bytes) * 8; bit < (1 + 2 * line_bytes) * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const LineGroup flipped(40, damaged);
        CAPTURE(bit);
        REQUIRE(flipped.line(0).whole);
        REQUIRE_FALSE(flipped.line(1).whole);
        REQUIRE(flipped.line(2).whole);
    }
    CHECK_FALSE(LineGroup(41, bytes).line(0).whole);  // another sequence
}
