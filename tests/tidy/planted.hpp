// Shared by the rules' tests: runs a rule on a tree with a planted fault. Any thread.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "tidy/rules.hpp"

namespace chathook::tidy {

// The rule has exactly one finding: at this place, and with this text in its cure.
inline void check_one_finding(const Findings& findings, const std::string& path, std::size_t line,
                              const std::string& cure_part) {
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].path == path);
    CHECK(findings[0].line == line);
    CHECK_THAT(findings[0].cure, Catch::Contains(cure_part));
}

inline std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace chathook::tidy
