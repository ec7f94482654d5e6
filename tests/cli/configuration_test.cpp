#include "cli/configuration.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include <fstream>

#include "support/descriptor.hpp"
#include "support/temp_directory.hpp"

namespace chathook {

TEST_CASE("the shipped demo configuration is valid with the vendors and sinks of this program", "[cli]") {
    const auto loaded = cli::load_configuration(CHATHOOK_SOURCE_DIR "/config/demo.yaml");
    REQUIRE(loaded.config.has_value());
    CHECK(loaded.problems.empty());
    CHECK(loaded.config->sources.size() == 5);
}

TEST_CASE("problems are printed one per line, in file order", "[cli]") {
    const test::TempDirectory directory;
    const auto file = directory.path() / "chathook.yaml";
    std::ofstream(file)
        << "sources:\n  desk: {vendor: nobody, path: /desk, secret: {value: sixteen-characters}}\n"
        << "sinks:\n  out: {type: pigeon}\n";
    test::CaughtDescriptor err(STDERR_FILENO);
    cli::print_problems(file, cli::load_configuration(file).problems);
    const std::string text = err.text();
    const auto vendor = text.find(file.string() + ":2: sources.desk.vendor: ");
    const auto type = text.find(file.string() + ":4: sinks.out.type: ");
    CHECK(vendor != std::string::npos);
    CHECK(type != std::string::npos);
    CHECK(vendor < type);
}

}  // namespace chathook
