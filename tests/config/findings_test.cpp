#include "config/findings.hpp"

#include <catch2/catch.hpp>

using namespace chathook::config;
using Words = std::vector<std::string>;

TEST_CASE("the most similar word is suggested, if one is similar enough") {
    const Words words{"listen", "limits", "warning", "to"};
    CHECK(suggestion("lisen", words) == " (did you mean 'listen'?)");
    CHECK(suggestion("limit", words) == " (did you mean 'limits'?)");
    CHECK(suggestion("limtis", words) == " (did you mean 'limits'?)");
    CHECK(suggestion("warn", words) == " (did you mean 'warning'?)");
    CHECK(suggestion("threads", words).empty());
    CHECK(suggestion("at", words).empty());
    CHECK(suggestion(std::string(65, 'x'), words).empty());
}

TEST_CASE("a key is shown up to the first character that keys cannot contain") {
    CHECK(shown_key("retain_dead") == "retain_dead");
    CHECK(shown_key("secret:hush") == "secret...");
    CHECK(shown_key("value hush") == "value...");
    CHECK(shown_key("\x1B[2J") == "...");
    CHECK(shown_key(std::string(65, 'k')) == std::string(64, 'k') + "...");
}

TEST_CASE("a value is shown quoted, printable and cut short") {
    CHECK(in_quotes("yes") == "'yes'");
    CHECK(in_quotes("a\nb") == "'a?b'");
    CHECK(in_quotes(std::string(100, 'v')) == "'" + std::string(64, 'v') + "...'");
}

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
