#include "support/glob.hpp"

#include <catch2/catch.hpp>
#include <string>

using chathook::glob_matches;

TEST_CASE("a pattern without a star matches itself only") {
    CHECK(glob_matches("lead.created", "lead.created"));
    CHECK_FALSE(glob_matches("lead.created", "lead.create"));
    CHECK_FALSE(glob_matches("lead.created", "lead.created2"));
    CHECK_FALSE(glob_matches("lead.created", "Lead.created"));
    CHECK_FALSE(glob_matches("lead.created", ""));
}

TEST_CASE("a star matches any run of characters, dots and nothing included") {
    CHECK(glob_matches("handover.*", "handover.requested"));
    CHECK(glob_matches("handover.*", "handover."));
    CHECK(glob_matches("handover.*", "handover.a.b"));
    CHECK_FALSE(glob_matches("handover.*", "handover"));
    CHECK(glob_matches("*.created", "lead.created"));
    CHECK_FALSE(glob_matches("*.created", "lead.created.twice"));
    CHECK(glob_matches("l*d.*ed", "lead.updated"));
    CHECK(glob_matches("*ab", "aab"));
    CHECK(glob_matches("*aab*c", "aaabxaabc"));
}

TEST_CASE("a single star matches everything, and an empty pattern only the empty text") {
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("*", "anything.at all"));
    CHECK(glob_matches("**", ""));
    CHECK(glob_matches("", ""));
    CHECK_FALSE(glob_matches("", "a"));
}

TEST_CASE("characters that are special elsewhere are literal") {
    CHECK(glob_matches("a?c", "a?c"));
    CHECK_FALSE(glob_matches("a?c", "abc"));
    CHECK_FALSE(glob_matches("[ab]", "a"));
    CHECK_FALSE(glob_matches("a.c", "abc"));
}

TEST_CASE("a pattern full of stars does not take exponential time") {
    std::string pattern;
    for (int i = 0; i < 100; ++i) pattern += "a*";
    pattern += "b";
    CHECK_FALSE(glob_matches(pattern, std::string(10'000, 'a')));
}
