// Shared by the tests of yaml/: the only problem of a text. One thread.
#pragma once

#include <catch2/catch.hpp>

#include <string>

#include "yaml/findings.hpp"
#include "yaml/tree.hpp"

namespace chathook::yaml::test {

// The only problem of a text that is not YAML, as `check` prints it after the file's name.
inline std::string yaml_problem_of(const std::string& text) {
    INFO(text);
    Findings findings;
    CHECK(parse_yaml(text, findings) == nullptr);
    REQUIRE(findings.problems.size() == 1);
    return to_string("", findings.problems.front()).substr(1);
}

}  // namespace chathook::yaml::test
