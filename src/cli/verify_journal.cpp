#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "disk/recovery.hpp"
#include "inspection/inspect.hpp"
#include "inspection/sink_lines.hpp"
#include "journal/ledgers.hpp"
#include "journal/settings.hpp"
#include "support/error_text.hpp"

namespace chathook::cli {

using inspection::SinkLines;

namespace {

using disk::WalReport;
using inspection::Inspection;

struct VerifyJournalOptions {
    std::string directory;
    std::vector<std::string> sink_files;  // NAME=PATH
    bool as_json = false;
};

// The lines of a file sink, beginning with those of its rotated files.
struct SinkFile {
    std::string sink;
    std::string path;
    SinkLines lines;
    bool torn = false;  // the newest line is incomplete
};

void read_lines(SinkFile& file, const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw journal::OpenError(ExitCode::io_error, "cannot read " + path + ": " + error_text(errno));
    for (std::string line; std::getline(stream, line);) {
        file.torn = stream.eof();
        if (!file.torn) file.lines.add(line);
    }
}

SinkFile read_sink_file(const std::string& named) {
    const std::size_t equals = named.find('=');
    SinkFile file{.sink = named.substr(0, equals), .path = named.substr(equals + 1), .lines = {}};
    std::vector<std::string> paths{file.path};
    const auto rotated = [&] { return file.path + "." + std::to_string(paths.size()); };
    while (std::filesystem::exists(rotated())) paths.push_back(rotated());
    std::for_each(paths.rbegin(), paths.rend(), [&](const std::string& path) { read_lines(file, path); });
    return file;
}

void compare(std::vector<SinkFile>& files, const inspection::Recorded& recorded) {
    if (files.empty()) return;
    const std::string line = recorded.event.line();
    for (SinkFile& file : files) {
        const auto sink = std::find_if(recorded.sinks.begin(), recorded.sinks.end(),
                                       [&](const Inspection::Sink& one) { return one.name == file.sink; });
        const bool delivered = sink != recorded.sinks.end() && recorded.delivered_to.contains(sink->number);
        file.lines.compare(recorded.sequence, recorded.event.id, line, recorded.event.original(), delivered);
    }
}

const char* verdict_of(WalReport::Verdict verdict) {
    switch (verdict) {
        case WalReport::Verdict::clean: return "clean";
        case WalReport::Verdict::torn_tail: return "torn_tail";
        case WalReport::Verdict::damaged: return "damaged";
    }
    return "";
}

template <class Findings>
nlohmann::ordered_json json_of(const Findings& findings) {
    return {{"count", findings.count}, {"first", findings.first}};
}

nlohmann::ordered_json json_of(const SinkFile& file) {
    const SinkLines::Report report = file.lines.report();
    return {{"sink", file.sink},
            {"path", file.path},
            {"lines", report.lines},
            {"as_delivered", report.as_delivered},
            {"rebuilt", report.rebuilt},
            {"not_in_the_journal", report.unknown},
            {"torn", file.torn},
            {"damaged_lines", json_of(report.damaged)},
            {"different_lines", json_of(report.different)},
            {"missing_sequences", json_of(report.missing)}};
}

void print_json(const VerifyJournalOptions& options, const Inspection& found,
                const std::vector<SinkFile>& files, bool damaged) {
    auto sink_files = nlohmann::ordered_json::array();
    for (const SinkFile& file : files) sink_files.push_back(json_of(file));
    auto sinks = nlohmann::ordered_json::array();
    for (const Inspection::Sink& sink : found.sinks) {
        sinks.push_back({{"number", sink.number},
                         {"name", sink.name},
                         {"cursor", sink.settled.cursor()},
                         {"waiting", sink.waiting},
                         {"again", sink.again},
                         {"dead", sink.dead}});
    }
    const nlohmann::ordered_json answer = {
        {"path", options.directory},
        {"damaged", damaged},
        {"log",
         {{"verdict", found.log_missing ? "missing" : verdict_of(found.log.verdict)},
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
        {"requests_of_several", found.requests},
        {"damaged_requests", json_of(found.bad_requests)},
        {"sinks", sinks},
        {"rejections", found.rejections},
        {"sink_files", sink_files}};
    std::printf("%s\n",
                answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print(const char* what, const std::string& value) { std::printf("%-22s%s\n", what, value.c_str()); }

template <class Findings>
void print_findings(const char* what, const Findings& findings, const char* place = "sequence") {
    std::string text = findings.count == 0 ? "none" : std::to_string(findings.count) + ": " + place;
    for (const std::uint64_t number : findings.first) text += " " + std::to_string(number);
    if (findings.count > findings.first.size()) text += " ...";
    print(what, text);
}

void print(const SinkFile& file) {
    const SinkLines::Report report = file.lines.report();
    print(("file of " + file.sink).c_str(),
          file.path + ": " + std::to_string(report.lines) + " lines, " + std::to_string(report.as_delivered) +
              " as the journal has them (what was signed can be rebuilt from " +
              std::to_string(report.rebuilt) + "), " + std::to_string(report.unknown) +
              " that it no longer has" + (file.torn ? "; the last one is torn" : ""));
    print_findings("  damaged lines", report.damaged, "line");
    print_findings("  different lines", report.different, "line");
    print_findings("  missing events", report.missing);
}

void print_report(const VerifyJournalOptions& options, const Inspection& found,
                  const std::vector<SinkFile>& files, bool damaged) {
    print("journal", options.directory);
    print("log", found.log_missing ? *found.log_missing : disk::describe(found.log));
    if (found.integrity.empty()) print("database", "whole");
    for (const std::string& problem : found.integrity) print("database", problem);
    print("events", std::to_string(found.events) + " of sequences " + std::to_string(found.oldest) + " to " +
                        std::to_string(found.newest) + ", " + std::to_string(found.forgotten) +
                        " forgotten as retention says");
    print_findings("missing sequences", found.gaps);
    print_findings("missing records", found.missing);
    print_findings("damaged records", found.bad_checksums);
    print_findings("records without line", found.without_line);
    print("requests of several", std::to_string(found.requests));
    print_findings("damaged requests", found.bad_requests);
    for (const Inspection::Sink& sink : found.sinks) {
        const std::string again =
            sink.again > 0 ? std::to_string(sink.again) + " to be delivered again, " : std::string();
        print(("sink " + sink.name).c_str(), "settled up to " + std::to_string(sink.settled.cursor()) + ", " +
                                                 std::to_string(sink.waiting) + " waiting, " + again +
                                                 std::to_string(sink.dead) + " dead letters");
    }
    print("refused requests", std::to_string(found.rejections));
    for (const SinkFile& file : files) print(file);
    print("verdict", damaged ? "DAMAGED" : "fine");
}

int verify_journal(const VerifyJournalOptions& options) {
    try {
        std::vector<SinkFile> files;
        for (const std::string& named : options.sink_files) files.push_back(read_sink_file(named));
        const Inspection found = inspection::inspect(
            options.directory, [&](const inspection::Recorded& recorded) { compare(files, recorded); });
        for (const SinkFile& file : files) {
            const bool known = std::any_of(found.sinks.begin(), found.sinks.end(),
                                           [&](const auto& sink) { return sink.name == file.sink; });
            if (known) continue;
            complain("the journal knows no sink " + file.sink);
            return ExitCode::usage;
        }
        const bool damaged =
            found.damaged() || std::any_of(files.begin(), files.end(), [](const SinkFile& file) {
                return file.lines.report().is_damaged();
            });
        if (options.as_json) {
            print_json(options, found, files, damaged);
        } else {
            print_report(options, found, files, damaged);
        }
        return damaged ? ExitCode::bad_input : ExitCode::done;
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
    auto& options = options_of<VerifyJournalOptions>(*command, action, verify_journal);
    command->add_option("path", options.directory, "The journal's directory, journal.path")->required();
    command
        ->add_option(
            "--sink-file", options.sink_files,
            "Compare a file sink's lines, those of its rotated files too, with what was delivered to it")
        ->type_name("NAME=PATH")
        ->check([](const std::string& named) {
            const std::size_t equals = named.find('=');
            const bool both = equals != std::string::npos && equals > 0 && equals + 1 < named.size();
            return both ? std::string() : std::string("must be NAME=PATH, the sink's name and its file");
        });
    command->add_flag("--json", options.as_json, "One JSON object");
}

}  // namespace chathook::cli
