#include "cli/filters.hpp"

#include <catch2/catch.hpp>

#include "cli/mistake.hpp"

namespace chathook {

TEST_CASE("filters become an escaped query, or unescaped the body of an order", "[cli]") {
    cli::Filters filters;
    CHECK(cli::as_query(filters).empty());
    CHECK(cli::as_order(filters) == nlohmann::ordered_json::object());
    filters.type = "lead.*&x";
    filters.sink = "crm";
    filters.since = "2026-11-21";
    filters.until = "2026-11-22T10:00:00Z";
    filters.ids = {"a", "b"};
    CHECK(cli::as_query(filters) ==
          "&sink=crm&type=lead.%2A%26x&since=2026-11-21T00%3A00%3A00.000000Z&until=2026-11-22T10%3A00%3A00."
          "000000Z");
    CHECK(cli::as_order(filters) == nlohmann::ordered_json{{"sink", "crm"},
                                                           {"type", "lead.*&x"},
                                                           {"since", "2026-11-21T00:00:00.000000Z"},
                                                           {"until", "2026-11-22T10:00:00.000000Z"},
                                                           {"ids", {"a", "b"}}});
}

TEST_CASE("an invalid time is reported with its option", "[cli]") {
    cli::Filters filters;
    filters.until = "tomorrow";
    CHECK_THROWS_WITH(cli::as_query(filters), Catch::Contains("--until 'tomorrow'"));
}

}  // namespace chathook
