#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "vendors/catalog.hpp"

namespace chathook::cli {

namespace {

nlohmann::ordered_json to_json(const VendorFacts& facts) {
    auto events = nlohmann::ordered_json::array();
    for (const Sample& sample : facts.samples)
        events.push_back({{"name", sample.name}, {"type", sample.type}});
    return {
        {"vendor", facts.name},           {"title", facts.title},       {"header", facts.signature_header},
        {"algorithm", facts.algorithm},   {"encoding", facts.encoding}, {"signed", facts.signed_text},
        {"signs_time", facts.signs_time}, {"events", std::move(events)}};
}

void print_plain(const VendorFacts& facts) {
    const auto line = [](const char* name, const std::string& value) {
        std::printf("  %-10s %s\n", name, value.c_str());
    };
    std::printf("%s (%s)\n", std::string(facts.name).c_str(), std::string(facts.title).c_str());
    line("header", std::string(facts.signature_header));
    line("algorithm", std::string(facts.algorithm) + ", " + std::string(facts.encoding));
    line("signed", std::string(facts.signed_text));
    const char* title = "events";
    for (const Sample& sample : facts.samples) {
        line(title, std::string(sample.name) + " -> " + std::string(sample.type));
        title = "";
    }
}

int print_vendors(bool as_json) {
    auto all = nlohmann::ordered_json::array();
    for (const std::string_view name : vendors::vendor_names()) {
        const VendorFacts& facts = *vendors::find_facts(name);
        if (as_json) {
            all.push_back(to_json(facts));
        } else {
            print_plain(facts);
        }
    }
    if (as_json) std::printf("%s\n", all.dump().c_str());
    return ExitCode::done;
}

}  // namespace

void add_vendors(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "vendors", "List the vendors: signature header, algorithm, what is signed, event types");
    auto& as_json = options_of<bool>(*command, action, print_vendors);
    command->add_flag("--json", as_json, "One JSON array");
}

}  // namespace chathook::cli
