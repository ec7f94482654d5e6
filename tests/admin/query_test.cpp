#include "admin/query.hpp"

#include <catch2/catch.hpp>

#include "support/clock.hpp"

namespace chathook {

TEST_CASE("a query's names and values are percent-decoded, and the last of a repeated name counts",
          "[admin]") {
    const auto parameters = admin::parse_query("type=handover.%2A&source=a+b&type=lead.*");
    REQUIRE(parameters.has_value());
    CHECK(parameters->at("type") == "lead.*");
    CHECK(parameters->at("source") == "a b");
    CHECK(admin::parse_query("")->empty());
    for (const char* broken : {"type=%zz", "type=%4", "type=%"})
        CHECK_FALSE(admin::parse_query(broken).has_value());
    CHECK(admin::parse_query("type=%2A")->at("type") == "*");
}

TEST_CASE("an event query takes every filter", "[admin]") {
    const auto parsed = admin::parse_event_query(
        "type=lead.*&vendor=lynn&source=desk&since=2026-11-21T20:00:00Z&after=7&limit=9&newest=1");
    REQUIRE(parsed.query.has_value());
    CHECK(parsed.query->type_glob == "lead.*");
    CHECK(parsed.query->vendor == "lynn");
    CHECK(parsed.query->source == "desk");
    CHECK(to_rfc3339(*parsed.query->since) == "2026-11-21T20:00:00.000000Z");
    CHECK(parsed.query->after_sequence == 7);
    CHECK(parsed.query->limit == 9);
    CHECK(parsed.query->newest);
}

TEST_CASE("a query ends where its view ends, not where the request goes on", "[admin]") {
    constexpr std::string_view line = "limit=3 HTTP/1.1";
    const auto parsed = admin::parse_event_query(line.substr(0, 7));
    REQUIRE(parsed.query.has_value());
    CHECK(parsed.query->limit == 3);
}

TEST_CASE("a wrong filter is named, not ignored", "[admin]") {
    for (const char* wrong :
         {"since=yesterday", "after=-1", "after=1e3", "limit=0", "limit=1001", "colour=red"}) {
        INFO(wrong);
        const auto parsed = admin::parse_event_query(wrong);
        CHECK_FALSE(parsed.query.has_value());
        CHECK(parsed.problem.find(std::string(wrong).substr(0, std::string(wrong).find('='))) == 0);
    }
}

}  // namespace chathook
