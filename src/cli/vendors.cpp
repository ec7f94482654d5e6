#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "vendors/catalog.hpp"
#include "verify/signing_words.hpp"

namespace chathook::cli {

namespace {

nlohmann::ordered_json to_json(const VendorDefinition& vendor) {
    const verify::SigningWords words = verify::describe(vendor.rules);
    auto events = nlohmann::ordered_json::array();
    for (const Sample& sample : vendor.samples)
        events.push_back({{"name", sample.name}, {"type", sample.type}});
    return {{"vendor", vendor.name},
            {"title", vendor.title},
            {"header", vendor.rules.header},
            {"algorithm", words.algorithm},
            {"encoding", words.encoding},
            {"signed", words.signed_text},
            {"signs_time", vendor.rules.signs_time()},
            {"events", std::move(events)}};
}

void print_plain(const VendorDefinition& vendor) {
    const auto line = [](const char* name, const std::string& value) {
        std::printf("  %-10s %s\n", name, value.c_str());
    };
    const verify::SigningWords words = verify::describe(vendor.rules);
    std::printf("%s (%s)\n", std::string(vendor.name).c_str(), std::string(vendor.title).c_str());
    line("header", std::string(vendor.rules.header));
    line("algorithm", std::string(words.algorithm) + ", " + words.encoding);
    line("signed", words.signed_text);
    const char* title = "events";
    for (const Sample& sample : vendor.samples) {
        line(title, std::string(sample.name) + " -> " + std::string(sample.type));
        title = "";
    }
}

int print_vendors(bool as_json) {
    auto all = nlohmann::ordered_json::array();
    for (const std::string_view name : vendors::vendor_names()) {
        const VendorDefinition& vendor = *vendors::find_vendor(name);
        if (as_json) {
            all.push_back(to_json(vendor));
        } else {
            print_plain(vendor);
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
