#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/cli.hpp"
#include "journal/inspect.hpp"
#include "journal/journal.hpp"
#include "journal/recovery.hpp"

namespace chathook::cli {

namespace {

using journal::Inspection;
using journal::WalReport;

struct Options {
    std::string directory;
    bool as_json = false;
};

const char* verdict_of(WalReport::Verdict verdict) {
    switch (verdict) {
        case WalReport::Verdict::clean: return "clean";
        case WalReport::Verdict::torn_tail: return "torn_tail";
        case WalReport::Verdict::damaged: return "damaged";
    }
    return "";
}

nlohmann::ordered_json json_of(const Inspection::Findings& findings) {
    return {{"count", findings.count}, {"first", findings.first}};
}

void print_json(const Options& options, const Inspection& found) {
    auto sinks = nlohmann::ordered_json::array();
    for (const Inspection::Sink& sink : found.sinks) {
        sinks.push_back({{"number", sink.number},
                         {"name", sink.name},
                         {"cursor", sink.cursor},
                         {"waiting", sink.waiting},
                         {"again", sink.again},
                         {"dead", sink.dead}});
    }
    const nlohmann::ordered_json answer = {{"path", options.directory},
                                           {"damaged", found.damaged()},
                                           {"log",
                                            {{"verdict", verdict_of(found.log.verdict)},
                                             {"commits", found.log.commits},
                                             {"commits_lost", found.log.commits_lost},
                                             {"frames_dropped", found.log.frames_dropped}}},
                                           {"integrity", found.integrity},
                                           {"ledger_lines", found.lines},
                                           {"events", found.events},
                                           {"oldest", found.oldest},
                                           {"newest", found.newest},
                                           {"forgotten", found.forgotten},
                                           {"gaps", json_of(found.gaps)},
                                           {"missing_records", json_of(found.missing)},
                                           {"bad_checksums", json_of(found.bad_checksums)},
                                           {"records_without_line", json_of(found.without_line)},
                                           {"sinks", sinks},
                                           {"rejections", found.rejections}};
    std::printf("%s\n",
                answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print(const char* what, const std::string& value) { std::printf("%-22s%s\n", what, value.c_str()); }

void print(const char* what, const Inspection::Findings& findings) {
    std::string text = findings.count == 0 ? "none" : std::to_string(findings.count) + ": sequence";
    for (const std::uint64_t sequence : findings.first) text += " " + std::to_string(sequence);
    if (findings.count > findings.first.size()) text += " ...";
    print(what, text);
}

void print_report(const Options& options, const Inspection& found) {
    print("journal", options.directory);
    print("log", journal::describe(found.log));
    if (found.integrity.empty()) print("database", "whole");
    for (const std::string& problem : found.integrity) print("database", problem);
    print("events", std::to_string(found.events) + " of sequences " + std::to_string(found.oldest) + " to " +
                        std::to_string(found.newest) + ", " + std::to_string(found.forgotten) +
                        " forgotten as retention says");
    print("missing sequences", found.gaps);
    print("missing records", found.missing);
    print("damaged records", found.bad_checksums);
    print("records without line", found.without_line);
    for (const Inspection::Sink& sink : found.sinks) {
        const std::string again =
            sink.again > 0 ? std::to_string(sink.again) + " to be delivered again, " : std::string();
        print(("sink " + sink.name).c_str(), "settled up to " + std::to_string(sink.cursor) + ", " +
                                                 std::to_string(sink.waiting) + " waiting, " + again +
                                                 std::to_string(sink.dead) + " dead letters");
    }
    print("refused requests", std::to_string(found.rejections));
    print("verdict", found.damaged() ? "DAMAGED" : "fine");
}

int verify_journal(const Options& options) {
    try {
        const Inspection found = journal::inspect(options.directory);
        if (options.as_json) {
            print_json(options, found);
        } else {
            print_report(options, found);
        }
        return found.damaged() ? ExitCode::bad_input : ExitCode::done;
    } catch (const journal::OpenError& error) {
        complain(error.what());
        return error.exit_code();
    }
}

}  // namespace

void add_verify_journal(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "verify-journal",
        "Read a stopped journal from end to end and say whether it is whole; changes nothing");
    auto options = std::make_shared<Options>();
    command->add_option("path", options->directory, "The journal's directory, journal.path")->required();
    command->add_flag("--json", options->as_json, "One JSON object");
    command->callback([&action, options] { action = [options] { return verify_journal(*options); }; });
}

}  // namespace chathook::cli
