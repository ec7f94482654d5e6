#include "admin/parameters.hpp"

#include <catch2/catch.hpp>

namespace chathook {

using admin::Parameters;
using admin::Taking;

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

TEST_CASE("an order's body is one JSON object of plain values", "[admin]") {
    const auto parsed =
        admin::parse_body(R"({"sink":"crm","limit":5,"dry_run":true,"ids":["a","b"],"numbers":[1,2]})");
    REQUIRE(std::holds_alternative<Parameters>(parsed));
    CHECK(
        std::get<Parameters>(parsed) ==
        Parameters{{"sink", "crm"}, {"limit", "5"}, {"dry_run", "true"}, {"ids", "a,b"}, {"numbers", "1,2"}});
    for (const char* wrong :
         {"", "[]", "null", "{", "sink=crm", R"({"sink":null})", R"({"sink":{"a":1}})", R"({"limit":-1})",
          R"({"limit":1.5})", R"({"ids":["a,b"]})", R"({"ids":[[]]})", R"({"ids":[""]})"}) {
        INFO(wrong);
        CHECK(std::holds_alternative<std::string>(admin::parse_body(wrong)));
    }
}

TEST_CASE("what nobody takes is named, with what there is", "[admin]") {
    Taking taking(Parameters{{"colour", "red"}, {"sink", "crm"}});
    std::string sink;
    taking.text("sink", sink);
    std::uint64_t limit = 7;
    taking.number("limit", limit, 1, 9);
    CHECK(sink == "crm");
    CHECK(limit == 7);
    CHECK(taking.problem() == "colour: unknown; known are limit, sink");
}

TEST_CASE("of several wrong values the first is named, and none is taken", "[admin]") {
    Taking taking(Parameters{{"limit", "10"}, {"since", "yesterday"}, {"dry_run", "perhaps"}, {"ids", ""}});
    std::uint64_t limit = 7;
    bool dry_run = false;
    std::optional<Instant> since;
    std::vector<std::string> ids;
    taking.number("limit", limit, 1, 9);
    taking.flag("dry_run", dry_run);
    taking.time("since", since);
    taking.list("ids", ids, 3);
    CHECK(limit == 7);
    CHECK_FALSE(dry_run);
    CHECK_FALSE(since.has_value());
    CHECK(taking.problem() == "limit: not a number from 1 to 9");
}

}  // namespace chathook
