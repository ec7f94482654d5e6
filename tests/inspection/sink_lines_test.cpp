#include "inspection/sink_lines.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using chathook::inspection::SinkLines;
using Places = std::vector<std::uint64_t>;

std::string event(int number) {
    const std::string text = std::to_string(number);
    return R"({"id":"event-)" + text + R"(","data":{"original":)" + text + "}}";
}

// Adds the journal's events `first` to `last`, all of them delivered.
SinkLines::Report compared(const std::vector<std::string>& lines, int first, int last) {
    SinkLines checked;
    for (const std::string& line : lines) checked.add(line);
    for (int at = first; at <= last; ++at) {
        const std::string text = std::to_string(at);
        checked.compare(static_cast<std::uint64_t>(at), "event-" + text, event(at), text, true);
    }
    return checked.report();
}

}  // namespace

TEST_CASE("lines that equal the delivered events are valid, in any order and also repeated") {
    const auto report = compared({event(1), event(3), event(2), event(3)}, 1, 3);
    CHECK(report.lines == 4);
    CHECK(report.as_delivered == 4);
    CHECK(report.rebuilt == 4);
    CHECK_FALSE(report.is_damaged());
}

TEST_CASE("a line of 0.1 that differs from its body is valid and counted as not rebuilt") {
    const std::string line = R"({"id":"event-1","data":{"original":["\ud800", 1]}})";
    SinkLines checked;
    checked.add(line);
    checked.compare(1, "event-1", line, "[\"\\ud800\",\n1]", true);
    CHECK(checked.report().as_delivered == 1);
    CHECK(checked.report().rebuilt == 0);
    CHECK_FALSE(checked.report().is_damaged());
}

TEST_CASE("a line that differs from its event, or is not an event, is reported by its number") {
    std::string changed = event(2);
    changed[changed.size() - 3] ^= 1;
    const auto report = compared({event(1), changed, "{\"id\":", event(3)}, 1, 3);
    CHECK(report.different.first == Places{2});
    CHECK(report.damaged.first == Places{3});
    CHECK(report.missing.count == 0);
    CHECK(report.is_damaged());
}

TEST_CASE("a delivered event that is in no line is reported by its sequence") {
    CHECK(compared({event(1), event(3)}, 1, 3).missing.first == Places{2});
    CHECK(compared({event(1), event(2)}, 1, 3).missing.first == Places{3});
}

TEST_CASE("an id that changed makes a line unknown and its event missing, also in the first line") {
    std::string changed = event(1);
    changed.replace(changed.find("event-1"), 7, "event-9");
    const auto report = compared({changed, event(2), event(3)}, 1, 3);
    CHECK(report.unknown == 1);
    CHECK(report.missing.first == Places{1});
    CHECK(compared({"\x01" + event(1), event(2)}, 1, 2).missing.first == Places{1});
}

TEST_CASE("lines older than the journal's events, and rotated files that are gone, are not damage") {
    const auto older = compared({event(1), event(2), event(3)}, 2, 3);
    CHECK(older.unknown == 1);
    CHECK_FALSE(older.is_damaged());
    CHECK_FALSE(compared({event(3)}, 1, 3).is_damaged());
    CHECK_FALSE(compared({}, 1, 3).is_damaged());
}

TEST_CASE("an event that was not delivered to the sink may be absent") {
    SinkLines checked;
    checked.add(event(1));
    checked.compare(1, "event-1", event(1), "1", true);
    checked.compare(2, "event-2", event(2), "2", false);
    CHECK_FALSE(checked.report().is_damaged());
}
