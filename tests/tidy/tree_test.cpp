#include "tidy/tree.hpp"

#include <catch2/catch.hpp>

using namespace chathook::tidy;

TEST_CASE("the real tree contains code, tests, pages and build files") {
    const Tree tree = read_tree(CHATHOOK_SOURCE_DIR);
    for (const auto* path :
         {"CMakeLists.txt", "LICENSE", "include/chathook/error.hpp", "src/support/clock.cpp",
          "src/CMakeLists.txt", "tests/tidy/tree_test.cpp", "docs/STYLE.md", "scripts/test", ".ci/run",
          ".github/workflows/ci.yml", ".clang-tidy"}) {
        INFO(path);
        CHECK(tree.contains(path));
    }
    CHECK(tree.find("build/dev/CMakeCache.txt") == tree.end());
    CHECK(tree.at("src/support/clock.cpp").starts_with("#include \"support/clock.hpp\"\n"));
}

TEST_CASE("a text is cut into its lines") {
    using Lines = std::vector<std::string_view>;
    CHECK(lines_of("").empty());
    CHECK(lines_of("a\n\nb\n") == Lines{"a", "", "b"});
    CHECK(lines_of("a\nb") == Lines{"a", "b"});
    CHECK(lines_of("\n") == Lines{""});
}

TEST_CASE("a path gives its room and stem") {
    CHECK(room_of("src/http/gate.cpp") == "http");
    CHECK(room_of("src/main.cpp") == "main");
    CHECK(room_of("include/chathook/json.hpp") == "include");
    CHECK(room_of("tests/http/gate_test.cpp").empty());
    CHECK(stem_of("src/http/gate.cpp") == "gate");
    CHECK(stem_of("vendors/lynn.hpp") == "lynn");
}

TEST_CASE("a finding names file, line and cure") {
    CHECK(to_text({"src/a.cpp", 12, "split it"}) == "src/a.cpp:12: split it");
    CHECK(to_text({"src/a.cpp", 0, "test it"}) == "src/a.cpp: test it");
}
