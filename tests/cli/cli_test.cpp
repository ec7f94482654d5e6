#include "cli/cli.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "vendors/catalog.hpp"

namespace chathook {

using test::Ran;
using test::run;

TEST_CASE("every command has help, and asking for it is not an error", "[cli]") {
    for (const char* command :
         {"serve", "check", "vendors", "samples", "sign", "send", "explain", "status", "tail", "version"}) {
        INFO(command);
        const Ran help = run({command, "--help"});
        CHECK(help.exit_code == 0);
        CHECK(help.output.find(command) != std::string::npos);
    }
}

TEST_CASE("unknown words are a usage error", "[cli]") {
    const std::vector<std::string> wrong[] = {{},
                                              {"dance"},
                                              {"serve"},
                                              {"tail", "--lines", "0"},
                                              {"status", "--watch=0"},
                                              {"status", "--watch=3601"},
                                              {"status", "--watch=soon"},
                                              {"send", "--vendor", "lynn"},
                                              {"samples", "nobody"}};
    for (const auto& words : wrong) {
        const Ran ran = run(words);
        CHECK(ran.exit_code == ExitCode::usage);
        CHECK_FALSE((ran.output + ran.complaint).empty());
    }
}

TEST_CASE("a word that is not a command is named", "[cli]") {
    CHECK(run({"dance"}).complaint.find("there is no command \"dance\"; see chathookd --help") !=
          std::string::npos);
    CHECK(run({"events", "dance"})
              .complaint.find("there is no command \"dance\"; see chathookd events --help") !=
          std::string::npos);
    CHECK(run({"stauts"}).complaint.find("\"stauts\" (did you mean 'status'?)") != std::string::npos);
    CHECK(run({"events", "lst"}).complaint.find("\"lst\" (did you mean 'list'?)") != std::string::npos);
    CHECK(run({"help"}).complaint.find("\"help\"; see chathookd --help") != std::string::npos);
    CHECK(run({"help", "status"}).complaint.find("\"help\"; see chathookd --help") != std::string::npos);
    CHECK(run({"events"}).complaint.find("there is no command") == std::string::npos);
    CHECK(run({"version", "--dance"}).complaint.find("there is no command") == std::string::npos);
    CHECK(run({"version", "dance"}).complaint.find("there is no command") == std::string::npos);
}

TEST_CASE("an empty value is a usage error, so that an unset variable in a script does not mean all",
          "[cli]") {
    const std::vector<std::string> empty[] = {{"dead", "discard", "--yes", "--sink", ""},
                                              {"dead", "retry", "--yes", "--source", ""},
                                              {"events", "list", "--type", ""},
                                              {"erase", "--yes", "--email", ""},
                                              {"events", "show", ""},
                                              {"tail", "--admin", ""}};
    for (const auto& words : empty) {
        INFO(words.back());
        const Ran ran = run(words);
        CHECK(ran.exit_code == ExitCode::usage);
        CHECK(ran.complaint.find("the value is empty") != std::string::npos);
    }
}

TEST_CASE("a missing configuration file is a configuration error for check and for serve", "[cli]") {
    for (const char* command : {"check", "serve"}) {
        const Ran ran = run({command, "--config", "/nonexistent/chathook.yaml"});
        CHECK(ran.exit_code == ExitCode::bad_configuration);
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

TEST_CASE("a single sample is printed byte for byte", "[cli]") {
    const Ran ran = run({"samples", "chatbase", "leads.submit"});
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.starts_with("{"));
    CHECK(ran.output.find("leads.submit") != std::string::npos);
}

TEST_CASE("the version is printed with its libraries and the promise", "[cli]") {
    const Ran ran = run({"version"});
    CHECK(ran.output.starts_with("chathookd " CHATHOOK_VERSION "\n"));
    CHECK(ran.output.find("fsynced in the journal") != std::string::npos);
    CHECK(ran.output.find("vendors   " + vendors::catalog_fingerprint()) != std::string::npos);
}

TEST_CASE("a time that is none is a usage error that shows how to write one", "[cli]") {
    for (const char* option : {"--since", "--until"}) {
        const Ran ran = run({"events", "list", "--admin", "127.0.0.1:1", option, "yesterday"});
        CHECK(ran.exit_code == ExitCode::usage);
        CHECK(ran.complaint.find(std::string(option) + " 'yesterday' is not a valid time; write 2h") !=
              std::string::npos);
    }
}

}  // namespace chathook
