#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/signing.hpp"
#include "vendors/catalog.hpp"

namespace chathook::cli {

namespace {

struct SamplesOptions {
    std::string vendor;
    std::string name;
    bool as_json = false;
};

void list_all() {
    for (const std::string_view vendor : vendors::vendor_names()) {
        for (const Sample& sample : vendors::find_vendor(vendor)->samples) {
            std::printf("%-18s %-30s %s\n", std::string(vendor).c_str(), std::string(sample.name).c_str(),
                        std::string(sample.type).c_str());
        }
    }
}

nlohmann::ordered_json to_json(std::string_view vendor, const Sample& sample) {
    nlohmann::ordered_json said{{"vendor", vendor}, {"name", sample.name}, {"type", sample.type}};
    if (!sample.types.empty()) said["types"] = sample.types;
    said["body"] = sample.body;
    return said;
}

// A single body is printed byte for byte, so that it can be piped into `sign`; several get a title each.
void print_bodies(const std::vector<const Sample*>& samples) {
    for (const Sample* sample : samples) {
        if (samples.size() > 1) {
            std::printf("== %s (%s)\n", std::string(sample->name).c_str(), std::string(sample->type).c_str());
        }
        std::fwrite(sample->body.data(), 1, sample->body.size(), stdout);
        if (samples.size() > 1) std::printf("\n");
    }
}

std::vector<const Sample*> choose(const VendorDefinition& definition, const std::string& name) {
    std::vector<const Sample*> chosen;
    for (const Sample& sample : definition.samples) {
        if (name.empty() || sample.name == name) chosen.push_back(&sample);
    }
    return chosen;
}

void append_json(nlohmann::ordered_json& all, const VendorDefinition& vendor, const std::string& name) {
    for (const Sample* sample : choose(vendor, name)) all.push_back(to_json(vendor.name, *sample));
}

int print_json(const SamplesOptions& options) {
    auto all = nlohmann::ordered_json::array();
    if (!options.vendor.empty()) {
        append_json(all, *definition_of(options.vendor), options.name);
    } else {
        for (const std::string_view vendor : vendors::vendor_names()) {
            append_json(all, *vendors::find_vendor(vendor), options.name);
        }
    }
    std::printf("%s\n", all.dump().c_str());
    return ExitCode::done;
}

int print_samples(const SamplesOptions& options) {
    if (!options.vendor.empty()) {
        const auto definition = definition_of(options.vendor);
        const auto chosen = choose(*definition, options.name);
        if (chosen.empty()) {
            complain(options.vendor + " has no sample '" + options.name + "'; `chathookd samples " +
                     options.vendor + "` prints those that it has");
            return ExitCode::usage;
        }
        if (!options.as_json) {
            print_bodies(chosen);
            return ExitCode::done;
        }
    }
    if (options.as_json) return print_json(options);
    list_all();
    return ExitCode::done;
}

}  // namespace

void add_samples(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("samples", "List the sample bodies, or print those of a vendor");
    auto& options = options_of<SamplesOptions>(*command, action, print_samples);
    command->add_option("vendor", options.vendor, "Print this vendor's bodies");
    command->add_option("name", options.name, "Print this one only, byte for byte");
    command->add_flag("--json", options.as_json, "One JSON array of vendor, name, type and body");
}

}  // namespace chathook::cli
