#include "cli/campaign.hpp"

#include <catch2/catch.hpp>

namespace chathook {

using cli::add_page;
using nlohmann::ordered_json;

namespace {

ordered_json sum_of(std::initializer_list<const char*> pages) {
    ordered_json sum = ordered_json::object();
    for (const char* page : pages) add_page(sum, ordered_json::parse(page));
    return sum;
}

}  // namespace

TEST_CASE("the answers for an order's pages add up: numbers are summed, times span from first to last",
          "[cli]") {
    const auto sum =
        sum_of({R"({"sink":"crm","events":2,"oldest":"a","newest":"b","after":7,"more":true})",
                R"({"sink":"crm","events":3,"oldest":"c","newest":"d","after":9,"more":false})"});
    CHECK(sum == ordered_json::parse(
                     R"({"sink":"crm","events":5,"oldest":"a","newest":"d","after":9,"more":false})"));
}

TEST_CASE("an empty page does not remove times", "[cli]") {
    const auto sum = sum_of({R"({"events":2,"oldest":"a","newest":"b"})", R"({"events":0})"});
    CHECK(sum == ordered_json::parse(R"({"events":2,"oldest":"a","newest":"b"})"));
}

TEST_CASE("the pages' counts add up by sink and by reason", "[cli]") {
    const auto sum =
        sum_of({R"({"sinks":[{"sink":"crm","delivered":1,"skipped":2}],"reasons":{"stale":1}})",
                R"({"sinks":[{"sink":"log","delivered":5,"skipped":0},)"
                R"({"sink":"crm","delivered":1,"skipped":0}],"reasons":{"stale":2,"wrong":1}})"});
    CHECK(sum == ordered_json::parse(
                     R"({"sinks":[{"sink":"crm","delivered":2,"skipped":2},)"
                     R"({"sink":"log","delivered":5,"skipped":0}],"reasons":{"stale":3,"wrong":1}})"));
}

TEST_CASE("an id in an order that no page found is not found", "[cli]") {
    const auto sum =
        sum_of({R"({"not_found":["a","b","c"]})", R"({"not_found":["c","a","d"]})", R"({"events":1})"});
    CHECK(sum == ordered_json::parse(R"({"not_found":["a","c"],"events":1})"));
    CHECK(sum_of({R"({"not_found":[1,2]})", R"({"not_found":[]})"}).at("not_found").empty());
}

TEST_CASE("the progress bar fills up to the plan's number and never beyond", "[cli]") {
    CHECK(cli::bar(0, 4) == std::string(40, '.') + "  0 of 4");
    CHECK(cli::bar(1, 4) == std::string(10, '#') + std::string(30, '.') + "  1 of 4");
    CHECK(cli::bar(4, 4) == std::string(40, '#') + "  4 of 4");
    CHECK(cli::bar(9, 4) == std::string(40, '#') + "  9 of 4");
}

TEST_CASE("a count of one uses the singular", "[cli]") {
    CHECK(cli::counted(0, "event") == "0 events");
    CHECK(cli::counted(1, "event") == "1 event");
    CHECK(cli::counted(2, "dead letter") == "2 dead letters");
    CHECK(cli::number_in(ordered_json{{"events", 3u}}, "events") == 3);
    CHECK(cli::number_in(ordered_json{{"events", "3"}}, "events") == 0);
}

}  // namespace chathook
