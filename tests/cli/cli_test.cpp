#include "cli/cli.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace chathook {

using test::Ran;
using test::run;

TEST_CASE("every command has its help, and help is no error", "[cli]") {
    for (const char* command :
         {"serve", "check", "vendors", "samples", "sign", "send", "explain", "tail", "version"}) {
        INFO(command);
        const Ran help = run({command, "--help"});
        CHECK(help.exit_code == 0);
        CHECK(help.output.find(command) != std::string::npos);
    }
}

TEST_CASE("words that mean nothing are a usage error", "[cli]") {
    const std::vector<std::string> wrong[] = {{},
                                              {"dance"},
                                              {"serve"},
                                              {"tail", "--lines", "0"},
                                              {"send", "--vendor", "lynn"},
                                              {"samples", "nobody"}};
    for (const auto& words : wrong) {
        const Ran ran = run(words);
        CHECK(ran.exit_code == cli::usage);
        CHECK_FALSE((ran.output + ran.complaint).empty());
    }
}

TEST_CASE("a configuration that is not there is bad configuration, by check and by serve", "[cli]") {
    for (const char* command : {"check", "serve"}) {
        const Ran ran = run({command, "--config", "/nonexistent/chathook.yaml"});
        CHECK(ran.exit_code == cli::bad_configuration);
        CHECK(ran.complaint.find("/nonexistent/chathook.yaml") != std::string::npos);
    }
}

TEST_CASE("the vendors are listed for people and for programs", "[cli]") {
    const Ran plain = run({"vendors"});
    const Ran json = run({"vendors", "--json"});
    for (const char* vendor : {"lynn", "chatbase", "newoaks", "knowrithm", "wonderchat"}) {
        CHECK(plain.output.find(vendor) != std::string::npos);
        CHECK(json.output.find("\"vendor\":\"" + std::string(vendor) + "\"") != std::string::npos);
    }
}

TEST_CASE("one sample alone is printed byte for byte", "[cli]") {
    const Ran ran = run({"samples", "chatbase", "leads.submit"});
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.starts_with("{"));
    CHECK(ran.output.find("leads.submit") != std::string::npos);
}

TEST_CASE("the version comes with its libraries and the promise", "[cli]") {
    const Ran ran = run({"version"});
    CHECK(ran.output.starts_with("chathookd " CHATHOOK_VERSION "\n"));
    CHECK(ran.output.find("fsynced in the journal") != std::string::npos);
}

}  // namespace chathook
