#include "client/row_reader.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace chathook {

namespace {

const std::string answer =
    R"({"events":[{"sequence":1,"event":{"text":"]}\\\" [{"}},{"sequence":2,"event":{"list":[[],{}]}}]})";

// The rows of a text that arrives in pieces of `size` bytes.
std::vector<std::string> rows_of(const std::string& text, std::size_t size, bool& whole) {
    std::vector<std::string> rows;
    client::RowReader reader([&](std::string_view row) { rows.emplace_back(row); });
    for (std::size_t at = 0; at < text.size(); at += size)
        reader.read(std::string_view(text).substr(at, size));
    CHECK(reader.rows() == rows.size());
    whole = reader.whole();
    return rows;
}

}  // namespace

TEST_CASE("rows are extracted byte for byte, in whatever pieces the list arrives", "[client]") {
    for (std::size_t size = 1; size <= answer.size(); ++size) {
        INFO(size);
        bool whole = false;
        const auto rows = rows_of(answer, size, whole);
        CHECK(whole);
        REQUIRE(rows.size() == 2);
        CHECK(rows[0] == R"({"sequence":1,"event":{"text":"]}\\\" [{"}})");
        CHECK(rows[1] == R"({"sequence":2,"event":{"list":[[],{}]}})");
    }
    bool whole = false;
    CHECK(rows_of(R"({"events":[]})", 3, whole).empty());
    CHECK(whole);
}

TEST_CASE("a list that was cut is not whole, and an incomplete row is not passed on", "[client]") {
    for (std::size_t size = 0; size < answer.size(); ++size) {
        INFO(size);
        bool whole = true;
        const auto rows = rows_of(answer.substr(0, size), 7, whole);
        CHECK_FALSE(whole);
        CHECK(rows.size() <= 2);
    }
}

}  // namespace chathook
