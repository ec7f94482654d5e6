#include "verify/event_line.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace chathook;

namespace {

Event open_event(const std::string& raw) {
    Event event;
    event.text = R"({"data":{"original_base64":""}})";
    event.original_at = event.text.find("\"\"") + 1;
    event.raw = raw;
    return event;
}

std::vector<std::string> pieces_of(const Event& event) {
    std::vector<std::string> all;
    LinePieces pieces(event);
    for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next())
        all.emplace_back(piece);
    return all;
}

}  // namespace

TEST_CASE("the line of an open event contains the base64 of its raw bytes") {
    CHECK(open_event("Man").line() == R"({"data":{"original_base64":"TWFu"}})");
    CHECK(open_event("Ma").line() == R"({"data":{"original_base64":"TWE="}})");
    CHECK(open_event("M").line() == R"({"data":{"original_base64":"TQ=="}})");
}

TEST_CASE("the line of an event that is not open is its text in one piece") {
    Event verbatim;
    verbatim.text = R"({"data":{"original":{}}})";
    verbatim.original_at = 20;
    verbatim.original_size = 2;
    CHECK_FALSE(verbatim.lacks_base64());
    CHECK(pieces_of(verbatim) == std::vector{verbatim.text});
    Event kept = verbatim;
    kept.original_at = kept.original_size = 0;
    kept.raw = "{ }";
    CHECK(kept.line() == kept.text);
    CHECK(kept.line_size() == kept.text.size());
}

TEST_CASE("no piece of base64 is longer than 64 KiB, and none but the last is padded") {
    constexpr std::size_t of_one = LinePieces::piece_bytes / 4 * 3;
    for (const std::size_t size : {of_one - 1, of_one, of_one + 1, 3 * of_one + 2}) {
        CAPTURE(size);
        const Event event = open_event(std::string(size, 'x'));
        const auto pieces = pieces_of(event);
        REQUIRE(pieces.size() == 2 + (size + of_one - 1) / of_one);
        std::string line;
        for (const std::string& piece : pieces) {
            CHECK(piece.size() <= LinePieces::piece_bytes);
            if (&piece < &pieces[pieces.size() - 2]) CHECK(piece.find('=') == std::string::npos);
            line += piece;
        }
        CHECK(line == event.line());
        CHECK(line.size() == event.line_size());
    }
}
