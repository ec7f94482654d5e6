#include <catch2/catch.hpp>

#include "tidy/planted.hpp"
#include "tidy/rules.hpp"

using namespace chathook::tidy;

TEST_CASE("a room of more than 4,000 lines is found, with its subfolders and without what is not C++") {
    const std::string half = repeated("int a;\n", 2000);
    Tree tree{{"src/http/x.cpp", half},         {"src/http/parts/x.hpp", half}, {"src/net/x.cpp", half},
              {"src/http/page/x.js", half},     {"tests/http/x.cpp", half},     {"src/main.cpp", half},
              {"include/chathook/x.hpp", half}, {"src/http/list.txt", half}};
    CHECK(rooms_are_small(tree).empty());
    tree["src/http/parts/y.cpp"] = "int a;\n";
    check_one_finding(rooms_are_small(tree), "src/http", 0, "4001 lines");
}

TEST_CASE("a file of more than 400 lines is found") {
    CHECK(files_are_short({{"src/http/x.cpp", repeated("int a;\n", 400)}}).empty());
    CHECK(files_are_short({{"docs/x.md", repeated("a\n", 401)}}).empty());
    check_one_finding(files_are_short({{"src/http/x.cpp", repeated("int a;\n", 401)}}), "src/http/x.cpp", 401,
                      "401 lines");
}

TEST_CASE("a function of more than 70 lines is found") {
    const std::string body = repeated("    work();\n", 68);
    CHECK(functions_are_short({{"src/http/x.cpp", "void f() {\n" + body + "}\n"}}).empty());
    check_one_finding(functions_are_short({{"src/http/x.cpp", "\nvoid f() {\n" + body + "    work();\n}\n"}}),
                      "src/http/x.cpp", 2, "71 lines");
    check_one_finding(
        functions_are_short({{"src/x.hpp", "class C {\n    C() {\n" + body + "    work();\n    }\n};\n"}}),
        "src/x.hpp", 2, "in C()");
}

TEST_CASE("a line of more than 110 columns is found, counted in characters") {
    CHECK(lines_are_short({{"src/x.cpp", "// " + repeated("\u00e9", 107) + "\n"}}).empty());
    check_one_finding(lines_are_short({{"src/x.cpp", "\n// " + repeated("\u00e9", 108) + "\n"}}), "src/x.cpp",
                      2, "110 columns");
}

TEST_CASE("a header without an opening sentence is found") {
    const Tree fine{{"src/x.hpp", "// A gate. Any\n// thread.\n//\n// More.\n#pragma once\n"}};
    CHECK(headers_open_with_what_they_are(fine).empty());
    check_one_finding(headers_open_with_what_they_are({{"src/x.hpp", "#pragma once\n"}}), "src/x.hpp", 1,
                      "open with a sentence");
    check_one_finding(headers_open_with_what_they_are({{"src/x.hpp", "// gate\n#pragma once\n"}}),
                      "src/x.hpp", 1, "open with a sentence");
    check_one_finding(headers_open_with_what_they_are({{"src/x.hpp", "// A gate.\n\n#pragma once\n"}}),
                      "src/x.hpp", 2, "#pragma once");
    CHECK(headers_open_with_what_they_are({{"src/x.hpp", ""}}).size() == 2);
}

TEST_CASE("a header that imports a namespace is found") {
    const Tree fine{{"src/x.hpp",
                     "// No using namespace here.\nusing std::string;\n"
                     "inline void f() {\n    using namespace std::chrono_literals;\n}\n"},
                    {"tests/x_test.cpp", "using namespace chathook;\n"}};
    CHECK(headers_import_no_namespace(fine).empty());
    check_one_finding(headers_import_no_namespace({{"src/x.hpp", "\nusing namespace std;\n"}}), "src/x.hpp",
                      2, "name what you use");
}

TEST_CASE("unfinished work is found wherever it is marked") {
    CHECK(
        nothing_is_left_for_later({{"src/x.cpp", "char name[] = \"a-XXXXXX\"; // TODOs, hacks\n"}}).empty());
    check_one_finding(nothing_is_left_for_later({{"src/x.cpp", "\n// TODO: more\n"}}), "src/x.cpp", 2,
                      "do it now");
    check_one_finding(nothing_is_left_for_later({{"docs/x.md", "FIXME\n"}}), "docs/x.md", 1, "do it now");
    check_one_finding(nothing_is_left_for_later({{"scripts/run", "# XXX\n"}}), "scripts/run", 1, "do it now");
    check_one_finding(nothing_is_left_for_later({{"tests/flow/x.mjs", "// HACK\n"}}), "tests/flow/x.mjs", 1,
                      "do it now");
}

TEST_CASE("a path that exists on one machine only is found in the program") {
    CHECK(no_path_of_one_machine({{"src/x.cpp", "// network/home, /var/lib/chathook\n"}}).empty());
    CHECK(no_path_of_one_machine({{"tests/x_test.cpp", "\"/tmp/x\"\n"}}).empty());
    for (const std::string place : {"/work/", "/root/", "/tmp/", "/home/"}) {
        check_one_finding(no_path_of_one_machine({{"src/x.cpp", "\nopen(\"" + place + "x\");\n"}}),
                          "src/x.cpp", 2, place);
    }
}
