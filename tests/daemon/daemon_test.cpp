#include "daemon/daemon.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

#include "config/load.hpp"
#include "sinks/catalog.hpp"
#include "support/temp_directory.hpp"
#include "vendors/catalog.hpp"

namespace chathook {

namespace {

config::Config load(const test::TempDirectory& directory, const std::string& more = "") {
    const auto file = directory.path() / "chathook.yaml";
    std::ofstream(file)
        << "server: {listen: ['127.0.0.1:0'], threads: 1}\n"
        << "journal: {path: '" << (directory.path() / "journal").string() << "'}\n"
        << "sources:\n  desk: {vendor: lynn, path: /lynn, secret: {value: a-secret-of-24-characters}}\n"
        << "sinks:\n  events: {type: file, path: '" << (directory.path() / "events.jsonl").string()
        << "'}\nroutes: [{to: [events]}]\n"
        << more;
    auto loaded = config::load(file, {vendors::vendor_names(), sinks::sink_kinds(), vendors::find_facts});
    for (const auto& problem : loaded.problems) INFO(config::to_string(file, problem));
    return std::move(loaded.config).value();
}

}  // namespace

TEST_CASE("a daemon starts, reloads, reopens and stops, and leaves its journal to the next", "[daemon]") {
    const test::TempDirectory directory;
    for (int run = 0; run < 2; ++run) {
        daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
        daemon.start();
        CHECK(daemon.reload(load(directory)));
        daemon.reopen();
        daemon.stop();
    }
    CHECK(std::filesystem::exists(directory.path() / "journal"));
}

TEST_CASE("a reload that would need a restart changes nothing", "[daemon]") {
    const test::TempDirectory directory;
    daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
    daemon.start();
    CHECK_FALSE(daemon.reload(load(directory, "log: {level: debug}\n")));
    CHECK(daemon.reload(load(directory)));
    daemon.stop();
}

TEST_CASE("a second daemon on the same journal is told that another instance holds it", "[daemon]") {
    const test::TempDirectory directory;
    const daemon::Daemon first(load(directory), [](const std::string& reason) { FAIL(reason); });
    try {
        const daemon::Daemon second(load(directory), [](const std::string& reason) { FAIL(reason); });
        FAIL("two daemons on one journal");
    } catch (const journal::OpenError& error) {
        CHECK(error.exit_code() == 75);
    }
}

}  // namespace chathook
