#include "yaml/findings.hpp"

#include <catch2/catch.hpp>

using namespace chathook::yaml;
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
    CHECK(shown_key("/entry/*/a~1b") == "/entry/*/a~1b");
    CHECK(shown_key("secret:hush") == "secret...");
    CHECK(shown_key("/secret:hush/hush") == "/secret...");
    CHECK(shown_key("value hush") == "value...");
    CHECK(shown_key("\x1B[2J") == "...");
    CHECK(shown_key(std::string(65, 'k')) == std::string(64, 'k') + "...");
}

TEST_CASE("a value is shown quoted, printable and cut short") {
    CHECK(in_quotes("yes") == "'yes'");
    CHECK(in_quotes("a\nb") == "'a?b'");
    CHECK(in_quotes(std::string(100, 'v')) == "'" + std::string(64, 'v') + "...'");
}
