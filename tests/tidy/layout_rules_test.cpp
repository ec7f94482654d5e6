#include <catch2/catch.hpp>

#include "tidy/planted.hpp"
#include "tidy/rules.hpp"

using namespace chathook::tidy;

TEST_CASE("a source without a test is found") {
    const Tree fine{{"src/http/gate.cpp", ""},     {"tests/http/gate_test.cpp", ""},
                    {"src/main.cpp", ""},          {"src/vendors/catalog.cpp", ""},
                    {"src/support/boost.cpp", ""}, {"src/http/gate.hpp", ""},
                    {"src/precompiled.cpp", ""}};
    CHECK(every_source_has_its_test(fine).empty());
    check_one_finding(
        every_source_has_its_test({{"src/http/gate.cpp", ""}, {"tests/ecma/gate_test.cpp", ""}}),
        "src/http/gate.cpp", 0, "tests/http/gate_test.cpp");
    check_one_finding(
        every_source_has_its_test({{"src/http/gate.cpp", ""}, {"tests/http/gate_more_test.cpp", ""}}),
        "src/http/gate.cpp", 0, "tests/http/gate_test.cpp");
}

TEST_CASE("a test covers all parts of one thing, and an end-to-end test the command it runs") {
    const auto with = [](const std::string& source, const std::string& test, const std::string& content) {
        return every_source_has_its_test({{source, ""}, {test, content}});
    };
    CHECK(with("src/http/session_body.cpp", "tests/http/session_test.cpp", "").empty());
    CHECK(with("src/cli/sign.cpp", "tests/flow/x_test.mjs", "chathookd(['sign'])").empty());
    CHECK(with("src/cli/sign.cpp", "tests/faults/x_test.mjs", "chathookd(['sign'])").empty());
    CHECK(with("src/cli/sign_all.cpp", "tests/flow/x_test.mjs", "chathookd(['sign-all'])").empty());
    check_one_finding(with("src/cli/sign.cpp", "tests/flow/x_test.mjs", "signs"), "src/cli/sign.cpp", 0,
                      "tests/cli/sign_test.cpp");
    check_one_finding(with("src/http/sign.cpp", "tests/flow/x_test.mjs", "'sign'"), "src/http/sign.cpp", 0,
                      "tests/http/sign_test.cpp");
}

TEST_CASE("a test that asserts nothing is found") {
    const Tree fine{{"tests/x/a_test.cpp",
                     "TEST_CASE(\"a\") { CHECK(true); }\nTEST_CASE(\"b\") {\n  for (;;) { REQUIRE(1); }\n}\n"
                     "TEST_CASE(\"c\") { check_all(); }\n"
                     "void run() { CHECK(1); }\nTEST_CASE(\"d\") { run(); }\n"},
                    {"tests/flow/a_test.mjs", "assert.equal(1, 1);"}};
    CHECK(every_test_asserts(fine).empty());
    check_one_finding(
        every_test_asserts({{"tests/x/a_test.cpp",
                             "TEST_CASE(\"a\") { CHECK(1); }\nTEST_CASE(\"CHECK\") {\n  work();\n}\n"}}),
        "tests/x/a_test.cpp", 2, "CHECK or REQUIRE");
    check_one_finding(
        every_test_asserts({{"tests/x/a_test.cpp", "TEST_CASE(\"a\") { work();  // CHECK\n}\n"}}),
        "tests/x/a_test.cpp", 1, "CHECK or REQUIRE");
    check_one_finding(
        every_test_asserts({{"tests/x/contract.hpp", "TEMPLATE_TEST_CASE(\"a\", X) { work(); }\n"}}),
        "tests/x/contract.hpp", 1, "CHECK or REQUIRE");
    check_one_finding(every_test_asserts({{"tests/x/a_test.cpp",
                                           "void work() { play(); }\nTEST_CASE(\"a\") { work(); }\n"}}),
                      "tests/x/a_test.cpp", 2, "CHECK or REQUIRE");
    check_one_finding(every_test_asserts({{"tests/flow/a_test.mjs", "test('a', () => {});"}}),
                      "tests/flow/a_test.mjs", 0, "assert");
}

TEST_CASE("a source that is in no CMakeLists.txt is found") {
    const Tree fine{{"src/http/gate.cpp", ""},
                    {"src/http/CMakeLists.txt", "chathook_room(http SOURCES gate.cpp)"},
                    {"src/main.cpp", ""},
                    {"src/cli/CMakeLists.txt", "add_executable(x ${PROJECT_SOURCE_DIR}/src/main.cpp)"},
                    {"tests/support/main.cpp", ""},
                    {"tests/CMakeLists.txt", "add_library(m support/main.cpp)"},
                    {"tests/bench/load.cpp", ""},
                    {"tests/bench/run", "g++ tests/bench/load.cpp"}};
    CHECK(every_source_is_listed(fine).empty());
    check_one_finding(
        every_source_is_listed({{"src/http/gate.cpp", ""},
                                {"src/http/CMakeLists.txt", "SOURCES floodgate.cpp gate.cpp.in"},
                                {"src/CMakeLists.txt", "gate.cpp"}}),
        "src/http/gate.cpp", 0, "src/http/CMakeLists.txt");
}

TEST_CASE("a sink without its page is found") {
    const std::string sinks =
        "#include \"sinks/catalog.hpp\"\n#include <array>\n#include \"sinks/file.hpp\"\n";
    CHECK(every_sink_has_its_page({{"src/sinks/catalog.cpp", sinks}, {"docs/sinks/file.md", "# File\n"}})
              .empty());
    check_one_finding(every_sink_has_its_page({{"src/sinks/catalog.cpp", sinks}}), "src/sinks/catalog.cpp", 3,
                      "docs/sinks/file.md");
}

TEST_CASE("a page without a title is found") {
    CHECK(every_page_has_a_title({{"docs/x.md", "# X\n"}, {"README.md", "# Y\n"}}).empty());
    check_one_finding(every_page_has_a_title({{"docs/a/x.md", "X\n"}}), "docs/a/x.md", 1,
                      "begin with a title");
    check_one_finding(every_page_has_a_title({{"README.md", "\n# X\n"}}), "README.md", 1,
                      "begin with a title");
    check_one_finding(every_page_has_a_title({{"CONTRIBUTING.md", "X\n"}}), "CONTRIBUTING.md", 1,
                      "begin with a title");
    CHECK(every_page_has_a_title({{".github/pull_request_template.md", "## X\n"}}).empty());
}

TEST_CASE("a version that the changelog does not begin with is found") {
    Tree tree{{"CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.25)\nproject(chathookd VERSION 1.2.0 LANGUAGES CXX)\n"},
              {"docs/CHANGELOG.md", "# Changelog\n\n## 1.2.0, not released yet\n\n## 1.1.0\n"}};
    CHECK(the_changelog_begins_with_the_version(tree).empty());
    tree["docs/CHANGELOG.md"] = "# Changelog\n\n## 1.1.0\n";
    check_one_finding(the_changelog_begins_with_the_version(tree), "docs/CHANGELOG.md", 0, "of 1.2.0");
}

TEST_CASE("a difference between the parts of .ci/run and the code host's workflow is found") {
    const std::string script = ".ci/run";
    const std::string workflow = ".github/workflows/ci.yml";
    const std::string parts = "all=(lint asan)\nnamed_only=(gcc)\n";
    const auto with = [&](const std::string& matrix) {
        return every_part_of_ci_is_run({{script, parts}, {workflow, "      part: [" + matrix + "]\n"}});
    };
    CHECK(with("lint, asan, gcc").empty());
    check_one_finding(with("lint, gcc"), workflow, 0, "the part asan");
    check_one_finding(with("lint, asan"), workflow, 0, "the part gcc");
    check_one_finding(with("lint, asan, gcc, tsan"), workflow, 0, "no part tsan");
    check_one_finding(every_part_of_ci_is_run({{script, "all=(lint)\n"}}), workflow, 0, "the part lint");
}
