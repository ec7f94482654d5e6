#include "yaml/problem.hpp"

#include <catch2/catch.hpp>

using namespace chathook::yaml;

TEST_CASE("problems are sorted in file order, without duplicates") {
    std::vector<Problem> problems{{Problem::Severity::error, 3, "c", "x"},
                                  {Problem::Severity::error, 1, "b", "y"},
                                  {Problem::Severity::error, 3, "a", "x"},
                                  {Problem::Severity::error, 3, "c", "x"},
                                  {Problem::Severity::error, 0, "", "z"}};
    put_in_order(problems);
    std::string order;
    for (const Problem& problem : problems) order += std::to_string(problem.line) + problem.key + " ";
    CHECK(order == "0 1b 3c 3a ");
}

TEST_CASE("a problem is printed as FILE:LINE: key: what, and the fix") {
    CHECK(to_string("a.yaml", {Problem::Severity::error, 3, "b.c", "is wrong; fix it"}) ==
          "a.yaml:3: b.c: is wrong; fix it");
    CHECK(to_string("a.yaml", {Problem::Severity::warning, 3, "b.c", "is odd; fix it"}) ==
          "a.yaml:3: b.c: warning: is odd; fix it");
    CHECK(to_string("a.yaml", {Problem::Severity::error, 0, "", "is empty"}) == "a.yaml: is empty");
}
