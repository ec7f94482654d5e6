// Checks docs/operations.md against the list. After a change of the list, let the test write the table:
//   CHATHOOK_WRITE_DOCS=1 build/dev/support_test '[log_keys]'
#include "support/log_keys.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace chathook {
namespace {

const std::filesystem::path root = CHATHOOK_SOURCE_DIR;

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> listed_keys() {
    std::set<std::string> keys;
    for (const LogTopic& topic : log_topics) {
        std::istringstream words{std::string(topic.keys)};
        for (std::string key; words >> key;) CHECK(keys.insert(key).second);
    }
    return keys;
}

std::string table() {
    std::string text = "| event | level | meaning |\n| --- | --- | --- |\n";
    for (const LogTopic& topic : log_topics) {
        const std::string keys = std::regex_replace(std::string(topic.keys), std::regex(" "), "`, `");
        text +=
            "| `" + keys + "` | " + std::string(topic.levels) + " | " + std::string(topic.meaning) + " |\n";
    }
    return text;
}

std::string all_sources() {
    std::string text;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "src")) {
        if (entry.path().extension() == ".cpp") text += read(entry.path());
    }
    return text;
}

}  // namespace

TEST_CASE("the table of log keys in docs/operations.md is the list of the code", "[log_keys]") {
    const std::filesystem::path file = root / "docs/operations.md";
    const std::string opening = "<!-- log keys -->\n";
    std::string page = read(file);
    const std::size_t begin = page.find(opening) + opening.size();
    const std::size_t end = page.find("<!-- end of log keys -->");
    REQUIRE(end != page.npos);
    REQUIRE(begin <= end);
    const bool same = page.substr(begin, end - begin) == table();
    if (!same && std::getenv("CHATHOOK_WRITE_DOCS") != nullptr) {
        std::ofstream(file) << page.replace(begin, end - begin, table());
    }
    CHECK(same);
}

TEST_CASE("every log key is one word in lower case, listed once and used by the program", "[log_keys]") {
    const std::string sources = all_sources();
    const std::regex form("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    for (const std::string& key : listed_keys()) {
        INFO(key);
        CHECK(std::regex_match(key, form));
        CHECK(sources.find("\"" + key + "\"") != std::string::npos);
    }
}

TEST_CASE("only listed keys are recognised", "[log_keys]") {
    static_assert(is_listed_log_key("accepted"));
    static_assert(is_listed_log_key("stopped"));
    CHECK_FALSE(is_listed_log_key("accept"));
    CHECK_FALSE(is_listed_log_key("starting ready"));
    CHECK_FALSE(is_listed_log_key(""));
}

}  // namespace chathook
