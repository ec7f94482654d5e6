#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/signing.hpp"
#include "config/own_vendors.hpp"
#include "normalize/cloud_event.hpp"
#include "vendor_file/sample_reading.hpp"
#include "vendor_file/trial.hpp"
#include "vendors/catalog.hpp"
#include "verify/signing_words.hpp"
#include "verify/vendor_words.hpp"

namespace chathook::cli {

namespace {

struct VendorsOptions {
    std::string vendor;  // a name or a path; empty: all
    bool as_json = false;
};

struct TestOptions {
    std::string file;
    bool show = false;
    bool as_json = false;
};

// Where the signature or the token is: a header, or a place in the body.
std::string place_of(const verify::SchemeRules& rules) {
    if (!rules.has_token_in_body()) return std::string(rules.header);
    std::string pointer;
    for (const std::string_view step : rules.token_path) pointer.append("/").append(step);
    return pointer;
}

nlohmann::ordered_json to_json(const VendorDefinition& vendor) {
    const verify::SigningWords words = verify::describe(vendor.rules);
    auto events = nlohmann::ordered_json::array();
    for (const Sample& sample : vendor.samples) {
        events.push_back({{"name", sample.name}, {"type", sample.type}});
        if (!sample.types.empty()) events.back()["types"] = sample.types;
    }
    auto types = nlohmann::ordered_json::array();
    for (const std::string_view type : vendor.types) types.push_back(type);
    auto notes = nlohmann::ordered_json::array();
    for (const std::string& note : vendor.notes) notes.push_back(note);
    nlohmann::ordered_json said{{"vendor", vendor.name},
                                {"title", vendor.title},
                                {"header", vendor.rules.header},
                                {"algorithm", words.algorithm},
                                {"encoding", words.encoding},
                                {"signed", words.signed_text},
                                {"signs_time", vendor.rules.signs_time()},
                                {"events", std::move(events)},
                                {"types", std::move(types)},
                                {"notes", std::move(notes)},
                                {"docs", vendor.docs},
                                {"fingerprint", vendor.fingerprint}};
    if (vendor.rules.has_token_in_body()) said["pointer"] = place_of(vendor.rules);
    const verify::VendorWords more = verify::words_of(vendor);
    if (!more.time.empty()) said["time"] = more.time;
    if (!more.expects.empty()) said["expects"] = more.expects;
    if (!more.handshakes.empty()) said["handshakes"] = more.handshakes;
    if (!more.needs.empty()) said["needs"] = more.needs;
    return said;
}

void print_plain(const VendorDefinition& vendor, bool whole) {
    const auto line = [](const char* name, const std::string& value) {
        std::printf("  %-10s %s\n", name, value.c_str());
    };
    const verify::SigningWords words = verify::describe(vendor.rules);
    std::printf("%s (%s)\n", std::string(vendor.name).c_str(), std::string(vendor.title).c_str());
    line(vendor.rules.has_token_in_body() ? "in body" : "header", place_of(vendor.rules));
    line("algorithm", std::string(words.algorithm) + ", " + words.encoding);
    line("signed", words.signed_text);
    if (!whole) return;
    const auto lines = [&](const char* title, const auto& values) {
        for (const auto& value : values) line(std::exchange(title, ""), std::string(value));
    };
    const verify::VendorWords more = verify::words_of(vendor);
    if (!more.time.empty()) line("time", more.time);
    lines("expects", more.expects);
    lines("handshakes", more.handshakes);
    const char* title = "samples";
    for (const Sample& sample : vendor.samples) {
        line(std::exchange(title, ""), std::string(sample.name) + " -> " + std::string(sample.type));
    }
    lines("types", vendor.types);
    lines("needs", more.needs);
    lines("notes", vendor.notes);
    if (!vendor.docs.empty()) line("docs", std::string(vendor.docs));
    line("digest", std::string(vendor.fingerprint));
}

int print_one(const VendorsOptions& options) {
    const auto vendor = definition_of(options.vendor);
    if (options.as_json) {
        std::printf("%s\n", to_json(*vendor).dump().c_str());
    } else {
        print_plain(*vendor, true);
    }
    return ExitCode::done;
}

int print_vendors(const VendorsOptions& options) {
    if (!options.vendor.empty()) return print_one(options);
    auto all = nlohmann::ordered_json::array();
    for (const std::string_view name : vendors::vendor_names()) {
        const VendorDefinition& vendor = *vendors::find_vendor(name);
        if (options.as_json) {
            all.push_back(to_json(vendor));
        } else {
            print_plain(vendor, false);
        }
    }
    if (options.as_json) std::printf("%s\n", all.dump().c_str());
    return ExitCode::done;
}

nlohmann::ordered_json to_json(const yaml::Problem& problem) {
    const bool is_error = problem.severity == yaml::Problem::Severity::error;
    return {{"severity", is_error ? "error" : "warning"},
            {"line", problem.line},
            {"key", problem.key},
            {"message", problem.message}};
}

// What keeps the file from being taken as it stands. A file of the program itself has its own name.
void warn_of_place(const std::string& file, const VendorDefinition& definition, yaml::Findings& findings) {
    const VendorDefinition* const shipped = vendors::find_vendor(definition.name);
    if (shipped != nullptr && shipped->fingerprint == definition.fingerprint) return;
    const std::string fault = config::fault_of_own_vendor(file, known_to_this_program());
    if (!fault.empty()) findings.warning(0, "", "would not be taken from vendors_dir: " + fault);
}

// The events that a sample becomes, as they are delivered, without the vendor's own text and what stands in
// it only when it is received.
nlohmann::ordered_json events_of(const VendorDefinition& definition, const Sample& sample) {
    auto events = nlohmann::ordered_json::array();
    const vendor_file::ReadSample read(definition, sample.body);
    if (read.handshake()) return events;
    read.for_each_event([&](const Verified& proved, const Normalized& normalized) {
        const auto event =
            normalize::make_event(normalized, proved, definition.name, definition.name, "", Instant{});
        auto line = nlohmann::ordered_json::parse(event->line());
        nlohmann::ordered_json shown;
        for (const char* key : {"type", "vendortype", "subject", "time"}) {
            const bool is_known = std::string_view(key) != "time" || normalized.time;
            if (is_known && line.contains(key)) shown[key] = std::move(line[key]);
        }
        for (const char* key : {"original", "original_base64", "original_changed"}) line["data"].erase(key);
        shown["data"] = std::move(line["data"]);
        events.push_back(std::move(shown));
    });
    return events;
}

std::string in_words(const Reply& answer, const std::string& remark) {
    std::string words = "answers " + std::to_string(answer.status);
    if (!answer.body.empty()) words += " " + std::string(answer.content_type) + ": " + answer.body;
    return remark.empty() ? words : words + " (" + remark + ")";
}

void print_outcome(const vendor_file::Outcome& outcome, const nlohmann::ordered_json& events) {
    const bool passed = outcome.problem.empty();
    std::string more = outcome.problem;
    if (outcome.answer) more = in_words(*outcome.answer, outcome.remark);
    std::printf("%-5s %s%s%s\n", passed ? "ok" : "WRONG", outcome.what.c_str(), more.empty() ? "" : ": ",
                more.c_str());
    for (const auto& event : events) std::printf("      %s\n", event.dump().c_str());
}

nlohmann::ordered_json to_json(const vendor_file::Outcome& outcome, nlohmann::ordered_json events) {
    nlohmann::ordered_json said{{"what", outcome.what},
                                {"line", outcome.line},
                                {"passed", outcome.problem.empty()},
                                {"problem", outcome.problem}};
    if (outcome.answer) {
        said["answer"] = {{"status", outcome.answer->status},
                          {"content_type", outcome.answer->content_type},
                          {"body", outcome.answer->body}};
        if (!outcome.remark.empty()) said["answer"]["remark"] = outcome.remark;
    }
    if (!events.is_null()) said["events"] = std::move(events);
    return said;
}

// 0: everything is as the file says.
int test_file(const TestOptions& options) {
    yaml::Findings findings;
    const vendor_file::Trial trial = vendor_file::try_file(
        std::filesystem::path(options.file).stem().string(), read_vendor_text(options.file), findings);
    if (trial.file != nullptr) warn_of_place(options.file, trial.file->definition(), findings);
    yaml::put_in_order(findings.problems);
    std::size_t wrong = findings.errors();
    auto outcomes = nlohmann::ordered_json::array();
    for (const vendor_file::Outcome& outcome : trial.outcomes) {
        wrong += outcome.problem.empty() ? 0 : 1;
        nlohmann::ordered_json events;
        if (options.show && outcome.sample != nullptr) {
            events = events_of(trial.file->definition(), *outcome.sample);
        }
        if (options.as_json) {
            outcomes.push_back(to_json(outcome, std::move(events)));
        } else {
            print_outcome(outcome, events);
        }
    }
    if (options.as_json) {
        auto problems = nlohmann::ordered_json::array();
        for (const yaml::Problem& problem : findings.problems) problems.push_back(to_json(problem));
        const nlohmann::ordered_json answer{{"file", options.file},
                                            {"passed", wrong == 0},
                                            {"problems", std::move(problems)},
                                            {"outcomes", std::move(outcomes)}};
        std::printf("%s\n", answer.dump().c_str());
    } else {
        for (const yaml::Problem& problem : findings.problems) {
            std::fprintf(stderr, "%s\n", yaml::to_string(options.file, problem).c_str());
        }
        if (wrong == 0) std::printf("%s: passed\n", options.file.c_str());
    }
    return wrong == 0 ? ExitCode::done : ExitCode::bad_input;
}

}  // namespace

void add_vendors(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "vendors", "List the vendors and how they sign, or say everything about one of them");
    auto& options = options_of<VendorsOptions>(*command, action, print_vendors);
    command->add_option("vendor", options.vendor, "A vendor's name, or the path of a vendor file");
    command->add_flag("--json", options.as_json, "One JSON array, or the object of that vendor");

    auto* test = command->add_subcommand("test", "Try a vendor file: its rules, its vectors and its samples");
    auto& tested = options_of<TestOptions>(*test, action, test_file);
    test->add_option("file", tested.file, "The vendor file")->required();
    test->add_flag("--show", tested.show, "Print below each sample what it becomes");
    test->add_flag("--json", tested.as_json, "One JSON object");

    add_learn(*command, action);
}

}  // namespace chathook::cli
