#include <catch2/catch.hpp>

#include "tidy/planted.hpp"
#include "tidy/rules.hpp"

using namespace chathook::tidy;

TEST_CASE("a key of the configuration that is read in a second file is found") {
    const std::string reading = "#include \"config/sections.hpp\"\n";
    Tree tree{
        {"src/config/section_keys.hpp",
         "inline constexpr std::tuple admin_keys{\n    Key{\"token\", &Admin::token},\n};\n"},
        {"src/config/server.cpp",
         reading + "read_keys(at, admin_keys, admin);\nread(at[\"token\"], at[\"env\"]);\n"},
        {"src/config/routes.cpp", reading + "root.key(\"sinks\", {\"Who.\"});\n"
                                            "at.section(\n    \"match\", {\"What.\"}).key(\"to\", {});\n"
                                            "use(at[\"match\"], at[\"to\"]);\n"},
        {"src/config/load.cpp", reading + "use(root[\"sinks\"], root.section(\"sinks\"));\n"},
        {"src/config/schema.cpp", reading + "schema[\"properties\"][\"token\"] = text;\n"},
        {"src/vendors/x.cpp", "body[\"token\"];\n"}};
    CHECK(a_key_is_read_where_it_is_declared(tree).empty());

    const auto check_found_in_load = [&](const std::string& line, const std::string& key) {
        Tree planted = tree;
        planted["src/config/load.cpp"] += line;
        check_one_finding(a_key_is_read_where_it_is_declared(planted), "src/config/load.cpp", 3,
                          "the value of " + key);
    };
    check_found_in_load("use(section[\"token\"]);\n", "token");
    check_found_in_load("use(root.section(\"admin\")[\"token\"]);\n", "token");
    check_found_in_load("use(route.section(\"match\"));\n", "match");
    check_found_in_load("use(route[\"to\"]);\n", "to");
}
