// Checks docs/configuration.md against the reading code. After a change of a key, let the test write the
// tables:
//   CHATHOOK_WRITE_DOCS=1 build/dev/config_test '[reference]'
#include "config/reference.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

#include "config/probe.hpp"
#include "config/shipped.hpp"
#include "support/file_content.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;

namespace {

const std::string page_file = CHATHOOK_SOURCE_DIR "/docs/configuration.md";

std::string page() { return chathook::test::content_of(page_file); }

std::size_t times(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("the tables of docs/configuration.md agree with the code", "[reference]") {
    const std::string now = page();
    REQUIRE(times(now, "<!-- keys: ") == 13);
    REQUIRE(times(now, "<!-- end of keys -->") == 13);
    const std::string made = with_reference_tables(shipped(), now);
    if (std::getenv("CHATHOOK_WRITE_DOCS") != nullptr) std::ofstream(page_file) << made;
    CHECK(made == page());
}

TEST_CASE("the tables tell the bounds of each key that has some", "[reference]") {
    const auto tells = [](const char* section, const std::string& row) {
        INFO(row);
        return reference_table(shipped(), section).find(row) != std::string::npos;
    };
    CHECK(tells("sources", "| `path` | text of up to 1024 bytes | required |"));
    CHECK(tells("sources", "| `secrets` | list of up to 16 [secrets](#secrets) |"));
    CHECK(tells("server", "| `listen` | list of up to 64 addresses |"));
    CHECK(tells("sinks.http", "| `concurrency` | 1 to 64 | `1` |"));
    CHECK(tells("sinks.http", "| `timeout` | 1ms to 3653d | `15s` |"));
    CHECK(tells("sinks.file", "| `rotate.keep` | 1 to 1000 | `10` |"));
    CHECK(tells("sinks.file", "| `rotate.size` | at least 1B | none |"));
    CHECK(tells("routes", "| `to` | list of up to 1000 texts | required |"));
}

TEST_CASE("a table that disagrees with the code is found", "[reference]") {
    std::string changed = with_reference_tables(shipped(), page());
    const std::size_t at = changed.find("| `150s` |");
    REQUIRE(at != changed.npos);
    changed.replace(at, 10, "| `151s` |");
    CHECK(with_reference_tables(shipped(), changed) != changed);
}

TEST_CASE("each key of the configuration is in exactly one table of the reference", "[reference]") {
    std::string tables;
    for (const char* section :
         {"server", "server.tls", "server.limits", "admin", "journal", "sources", "sinks", "sinks.retry",
          "sinks.file", "sinks.stdout", "sinks.http", "routes", "log"}) {
        const std::string table = reference_table(shipped(), section);
        INFO(section);
        CHECK(table.starts_with("| key | value | default | meaning |\n"));
        CHECK(table.find("|  |") == table.npos);
        tables += table;
    }
    const Findings asked = answers_to_probe(shipped());
    for (const auto& [place, names] : asked.declared) {
        if (place.empty() || place == "sinks" || place == "sources") continue;
        for (const std::string& name : names) {
            INFO(place << "." << name);
            const bool section = asked.declared.contains(place + "." + name);
            CHECK((section || tables.find("| `" + name + "` |") != tables.npos ||
                   tables.find("." + name + "` |") != tables.npos));
        }
    }
    CHECK(reference_table(shipped(), "nowhere").empty());
}
