#include "tidy/code.hpp"

#include <catch2/catch.hpp>

using namespace chathook::tidy;

TEST_CASE("comments and literals are blanked and everything else stays in place") {
    CHECK(without_comments_and_literals("int a; // why\nint b;") == "int a;       \nint b;");
    CHECK(without_comments_and_literals("a /* b\n c */ d") == "a     \n      d");
    CHECK(without_comments_and_literals(R"(f("a\"b{", '{', '\''))") == R"(f("     ", ' ', '  '))");
    CHECK(without_comments_and_literals("R\"(a\")\"+b") == "R\"    \"+b");
    CHECK(without_comments_and_literals("R\"x(a)\")x\" b") == "R\"       \" b");
    CHECK(without_comments_and_literals("1'000'000 + 'a'") == "1'000'000 + ' '");
    CHECK(without_comments_and_literals("\"// no comment\" x") == "\"             \" x");
}

TEST_CASE("functions are found with their lines, at namespace and class level") {
    const auto functions = functions_of(
        "namespace a {\n"
        "struct S {\n"
        "    int get() const { return 1; }\n"
        "    int value = 0;\n"
        "};\n"
        "int f(int x,\n"
        "      int y) {\n"
        "    if (x) {\n"
        "        return y;\n"
        "    }\n"
        "    return x;\n"
        "}\n"
        "constexpr auto g = [] {\n"
        "};\n"
        "enum class E { one, two };\n"
        "constexpr int table[] = {1, 2};\n"
        "}  // namespace a\n");
    REQUIRE(functions.size() >= 3);
    CHECK(functions[0].signature == "int get() const");
    CHECK(functions[0].first_line == 3);
    CHECK(functions[1].signature == "int f(int x, int y)");
    CHECK(functions[1].first_line == 6);
    CHECK(functions[1].last_line == 12);
    CHECK(functions[2].first_line == 13);
    CHECK(functions[2].last_line == 14);
}

TEST_CASE("a constructor's initializers belong to it") {
    const auto functions = functions_of(
        "S::S(int a)\n"
        "    : a_{a},\n"
        "      b_(std::vector{1, 2}) {\n"
        "    work();\n"
        "}\n");
    REQUIRE(functions.size() == 1);
    CHECK(functions[0].first_line == 1);
    CHECK(functions[0].last_line == 5);
    CHECK(functions[0].body.find("work()") != std::string::npos);
    CHECK(name_of(functions[0]) == "S");
}

TEST_CASE("braces in directives, comments and literals open nothing") {
    const auto functions = functions_of(
        "#define OPEN {\n"
        "void f() {  // {\n"
        "    g(\"{\", '{');\n"
        "}\n");
    REQUIRE(functions.size() == 1);
    CHECK(functions[0].last_line == 4);
}

TEST_CASE("only whole words are found") {
    CHECK(has_word("a Seal b", "Seal"));
    CHECK(has_word("Seal", "Seal"));
    CHECK(has_word("Sealed Seal", "Seal"));
    CHECK_FALSE(has_word("Sealed unSeal Seal_ Seal2", "Seal"));
    CHECK_FALSE(has_word("", "Seal"));
}

TEST_CASE("includes are found with their line and kind") {
    const auto includes =
        includes_of("// x\n#include <string>\n\n#include \"http/gate.hpp\"\n// #include <map>\n");
    REQUIRE(includes.size() == 2);
    CHECK(includes[0].path == "string");
    CHECK(includes[0].line == 2);
    CHECK_FALSE(includes[0].quoted);
    CHECK(includes[1].path == "http/gate.hpp");
    CHECK(includes[1].line == 4);
    CHECK(includes[1].quoted);
}
