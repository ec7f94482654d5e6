#include "admin/parameters.hpp"

#include <catch2/catch.hpp>

namespace chathook {

using admin::Parameters;
using admin::Taking;

namespace {

// The problem of a query; empty: none.
std::string wrong_in(const admin::ParametersOrProblem& parsed) {
    const auto* problem = std::get_if<std::string>(&parsed);
    return problem == nullptr ? "" : *problem;
}

}  // namespace

TEST_CASE("a query's names and values are percent-decoded", "[admin]") {
    const auto parsed = admin::parse_query("type=handover.%2A&source=a+b&&vendor");
    REQUIRE(std::holds_alternative<Parameters>(parsed));
    CHECK(std::get<Parameters>(parsed) ==
          Parameters{{"type", "handover.*"}, {"source", "a b"}, {"vendor", ""}});
    CHECK(std::get<Parameters>(admin::parse_query("")).empty());
    for (const char* broken : {"type=%zz", "type=%4", "type=%"})
        CHECK(wrong_in(admin::parse_query(broken)) ==
              "the query string is not percent-encoded as it should be");
    CHECK(std::get<Parameters>(admin::parse_query("type=%2A")).at("type") == "*");
}

TEST_CASE("a repeated parameter or member is refused with its name, in any encoding", "[admin]") {
    for (const char* query : {"sink=a&limit=1&sink=b", "sink=a&sink=a", "sink=a&s%69nk=b", "sink&sink"}) {
        INFO(query);
        CHECK(wrong_in(admin::parse_query(query)) == "sink: given more than once; give it once");
    }
    CHECK(wrong_in(admin::parse_query("id=a&id=b")) == "id: given more than once; give it once, as id=A,B");
    for (const char* body : {R"({"sink":"a","limit":1,"sink":"b"})", R"({"sink":"a","sink":"a"})",
                             R"({"sink":"a","s\u0069nk":"b"})"}) {
        INFO(body);
        CHECK(wrong_in(admin::parse_body(body)) == "sink: given more than once; give it once");
    }
    CHECK(wrong_in(admin::parse_body(R"({"ids":["a","a"],"sink":"ids"})")).empty());
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

TEST_CASE("an unknown parameter is named, with the known ones", "[admin]") {
    Taking taking(Parameters{{"colour", "red"}, {"sink", "crm"}});
    std::string sink;
    taking.text("sink", sink);
    std::uint64_t limit = 7;
    taking.number("limit", limit, 1, 9);
    CHECK(sink == "crm");
    CHECK(limit == 7);
    CHECK(taking.problem() == "colour: unknown; known are limit, sink");
}

TEST_CASE("of several wrong values the first is named, and none is used", "[admin]") {
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

TEST_CASE("an empty filter is refused and does not match everything", "[admin]") {
    const auto problem = [](const std::string& body) {
        Taking taking(std::get<Parameters>(admin::parse_body(body)));
        std::string sink;
        std::vector<std::string> ids;
        taking.text("sink", sink);
        taking.list("ids", ids, 3);
        return taking.problem();
    };
    CHECK(problem(R"({"sink":""})") == "sink: empty; give a value, or leave it out");
    CHECK(problem(R"({"ids":[]})") == "ids: empty; give a value, or leave it out");
    CHECK(problem("{}").empty());
}

}  // namespace chathook
