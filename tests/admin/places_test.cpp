#include "admin/places.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "admin/office.hpp"

namespace chathook {

namespace {

using admin::Place;
using admin::places;

std::string row_of(const Place& place) {
    return "| `" + std::string(place.name) + "` | " + std::string(place.what) + " | " +
           std::string(name_of(place.reach)) + " | " + std::string(place.how) + " |";
}

// The rows of the table under that heading of docs/security.md, without the table's head.
std::vector<std::string> documented(const std::string& heading) {
    std::ifstream page(std::filesystem::path(CHATHOOK_DOCS) / "security.md");
    std::vector<std::string> rows;
    bool under_heading = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("## ")) under_heading = line == heading;
        if (under_heading && line.starts_with("| `")) rows.push_back(line);
    }
    return rows;
}

}  // namespace

TEST_CASE("the manual's table of places with personal data equals the program's", "[admin]") {
    std::vector<std::string> expected;
    std::transform(places.begin(), places.end(), std::back_inserter(expected), row_of);
    CHECK(documented("## Where a person's data may lie") == expected);
}

TEST_CASE("every place of personal data has a unique name, and says how it is erased", "[admin]") {
    std::set<std::string_view> names;
    for (const Place& place : places) {
        INFO(place.name);
        CHECK(names.insert(place.name).second);
        CHECK_FALSE(place.what.empty());
        CHECK_FALSE(place.how.empty());
        CHECK(place.what.find('|') == std::string_view::npos);
    }
}

TEST_CASE("the receipt of an erasure names every place that it did not reach, and a dry run none",
          "[admin]") {
    test::Office office;
    const nlohmann::json order = {{"email", "ann@example.org"}};
    const auto receipt = office.posted("/api/v1/erase", order);
    std::vector<std::string> named;
    for (const auto& place : receipt.at("not_reached")) named.push_back(place.at("place"));
    std::vector<std::string> expected;
    for (const Place& place : places) {
        if (place.reach == Place::Reach::named) expected.emplace_back(place.name);
    }
    CHECK(named == expected);
    auto rehearsal = order;
    rehearsal["dry_run"] = true;
    CHECK_FALSE(office.posted("/api/v1/erase", rehearsal).contains("not_reached"));
}

}  // namespace chathook
