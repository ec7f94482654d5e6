// Checks docs/operations.md against the lists of keys and of fields. After a change of a list, let the test
// write the tables:
//   CHATHOOK_WRITE_DOCS=1 build/dev/support_test '[log_keys]'
#include "support/log_keys.hpp"
#include "support/log_fields.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "support/file_content.hpp"

namespace chathook {
namespace {

const std::filesystem::path root = CHATHOOK_SOURCE_DIR;

// The words of all topics, each of which has to be listed once.
template <class Topics, class Topic>
std::set<std::string> listed(const Topics& topics, std::string_view Topic::*words) {
    std::set<std::string> all;
    for (const Topic& topic : topics) {
        std::istringstream stream{std::string(topic.*words)};
        for (std::string word; stream >> word;) {
            INFO(word);
            CHECK(all.insert(word).second);
        }
    }
    return all;
}

// "`starting`, `ready`"
std::string in_code(std::string_view words) {
    return "`" + std::regex_replace(std::string(words), std::regex(" "), "`, `") + "`";
}

std::string table_of_keys() {
    std::string text = "| event | level | meaning |\n| --- | --- | --- |\n";
    for (const LogTopic& topic : log_topics) {
        text += "| " + in_code(topic.keys) + " | " + std::string(topic.levels) + " | " +
                std::string(topic.meaning) + " |\n";
    }
    return text;
}

std::string table_of_fields() {
    std::string text = "| field | meaning |\n| --- | --- |\n";
    for (const LogFieldTopic& topic : log_field_topics) {
        text += "| " + in_code(topic.names) + " | " + std::string(topic.meaning) + " |\n";
    }
    return text;
}

// The table between <!-- NAME --> and <!-- end of NAME -->.
void check_table(const std::string& name, const std::string& table) {
    const std::filesystem::path file = root / "docs/operations.md";
    const std::string opening = "<!-- " + name + " -->\n";
    std::string page = test::content_of(file);
    const std::size_t begin = page.find(opening) + opening.size();
    const std::size_t end = page.find("<!-- end of " + name + " -->");
    REQUIRE(end != page.npos);
    REQUIRE(begin <= end);
    const bool same = page.substr(begin, end - begin) == table;
    if (!same && std::getenv("CHATHOOK_WRITE_DOCS") != nullptr) {
        std::ofstream(file) << page.replace(begin, end - begin, table);
    }
    CHECK(same);
}

std::string all_sources() {
    std::string text;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "src")) {
        if (entry.path().extension() == ".cpp") text += test::content_of(entry.path());
    }
    return text;
}

}  // namespace

TEST_CASE("the table of log keys in docs/operations.md is the list of the code", "[log_keys]") {
    check_table("log keys", table_of_keys());
}

TEST_CASE("the table of log fields in docs/operations.md is the list of the code", "[log_keys]") {
    check_table("log fields", table_of_fields());
}

TEST_CASE("every log key and field is a word in lower case, listed once and used", "[log_keys]") {
    const std::string sources = all_sources();
    const std::regex form("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    for (const std::string& key : listed(log_topics, &LogTopic::keys)) {
        INFO(key);
        CHECK(std::regex_match(key, form));
        CHECK(sources.find("\"" + key + "\"") != std::string::npos);
    }
    for (const std::string& name : listed(log_field_topics, &LogFieldTopic::names)) {
        INFO(name);
        CHECK(std::regex_match(name, form));
        CHECK(sources.find("{\"" + name + "\",") != std::string::npos);
    }
}

TEST_CASE("only listed keys and fields are recognised", "[log_keys]") {
    static_assert(is_listed_log_key("accepted"));
    static_assert(is_listed_log_key("stopped"));
    CHECK_FALSE(is_listed_log_key("accept"));
    CHECK_FALSE(is_listed_log_key("starting ready"));
    CHECK_FALSE(is_listed_log_key(""));
    static_assert(is_listed_log_field("source"));
    static_assert(is_listed_log_field("sequence"));
    CHECK_FALSE(is_listed_log_field("sequences"));
    CHECK_FALSE(is_listed_log_field("type id"));
    CHECK_FALSE(is_listed_log_field(""));
}

}  // namespace chathook
