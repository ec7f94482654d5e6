// Shared by the tests of config/: a temporary directory, two test sinks, and a valid configuration to plant
// faults in.
#pragma once

#include <catch2/catch.hpp>

#include <stdlib.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "support/environment.hpp"
#include "support/temp_directory.hpp"

namespace chathook::config::test {

class TemporaryDirectory : public chathook::test::TempDirectory {
public:
    std::filesystem::path write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
        const auto file = path() / name;
        std::ofstream(file, std::ios::binary) << text;
        ::chmod(file.c_str(), mode);
        return file;
    }
};

using chathook::test::Environment;

// A sink with an option of every kind that delivers nowhere; `from` must not exceed `to`.
class NowhereSink : public chathook::Sink {
public:
    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token) override {
        return std::vector<Outcome>(batch.size());
    }
};

inline std::variant<std::unique_ptr<chathook::Sink>, SettingsError> make_nowhere(
    const SinkSettings& settings) {
    if (settings.number("span.from") > settings.number("span.to")) {
        return SettingsError{"span.from", "is above span.to; lower it"};
    }
    if (settings.has("shape") && !settings.tree("shape").values.empty() &&
        settings.tree("shape").values.back().text == "wrong") {
        return SettingsError{"shape", "is wrong", settings.tree("shape").values.back().line};
    }
    return std::make_unique<NowhereSink>();
}

inline constexpr std::array nowhere_options{
    OptionSpec{.key = "target", .required = true, .help = "Where nowhere is."},
    OptionSpec{.key = "folder", .kind = OptionKind::path},
    OptionSpec{.key = "format", .kind = OptionKind::choice, .fallback = "json", .choices = "json|pretty"},
    OptionSpec{.key = "loud", .kind = OptionKind::boolean, .fallback = "false"},
    OptionSpec{.key = "span.from", .kind = OptionKind::count, .fallback = "1"},
    OptionSpec{
        .key = "span.to", .kind = OptionKind::count, .fallback = "9", .most = 1000, .judged_by_sink = true},
    OptionSpec{.key = "workers", .kind = OptionKind::count, .fallback = "1", .least = 1, .most = 64},
    OptionSpec{.key = "buffer", .kind = OptionKind::size, .fallback = "100MiB"},
    OptionSpec{.key = "timeout", .kind = OptionKind::duration, .fallback = "15s", .least = 1},
    OptionSpec{.key = "sign.key", .kind = OptionKind::secret},
    OptionSpec{.key = "headers", .kind = OptionKind::headers},
    OptionSpec{.key = "shape", .kind = OptionKind::tree},
};
inline constexpr std::array sink_kinds{SinkKind{"nowhere", nowhere_options, {}, make_nowhere}};

inline constexpr std::array vendor_names{std::string_view("lynn"), std::string_view("newoaks")};

inline constexpr std::array lynn_samples{Sample{"handover", "handover.requested", "{}"}};
inline constexpr std::array newoaks_samples{Sample{"Lead", "lead.created", "{}"},
                                            Sample{"Appointment", "appointment.created", "{}"}};
inline constexpr std::array lynn_types{std::string_view("handover.requested")};
inline constexpr std::array newoaks_types{std::string_view("lead.created"),
                                          std::string_view("appointment.created")};
inline constexpr std::array event_types{
    std::string_view("handover.requested"), std::string_view("lead.created"),
    std::string_view("appointment.created"), std::string_view("unrecognized")};
inline const VendorDefinition lynn{.name = "lynn", .samples = lynn_samples, .types = lynn_types};
inline const VendorDefinition newoaks{.name = "newoaks",
                                      .rules = {.shape = verify::HeaderShape::pairs,
                                                .signature_key = "v1",
                                                .text = verify::time_dot_body,
                                                .time = {.in = verify::TimeRules::In::pair, .name = "t"}},
                                      .samples = newoaks_samples,
                                      .types = newoaks_types};

inline const VendorDefinition* find_vendor(std::string_view vendor) {
    if (vendor == "lynn") return &lynn;
    return vendor == "newoaks" ? &newoaks : nullptr;
}

inline const Known known{vendor_names, sink_kinds, find_vendor, nullptr, nullptr, event_types};

// The problems as the user sees them, without the file's name: "3: sources.a.path: ...".
struct Report {
    std::optional<Config> config;
    std::vector<std::string> problems;

    bool says(std::string_view text) const {
        for (const std::string& problem : problems) {
            if (problem.find(text) != std::string::npos) return true;
        }
        return false;
    }
};

inline Report load_text(std::string_view text, const Known& with = known) {
    const TemporaryDirectory directory;
    const auto file = directory.write("chathook.yaml", text);
    Loaded loaded = load(file, with);
    Report report{std::move(loaded.config), {}};
    for (const Problem& problem : loaded.problems) {
        report.problems.push_back(to_string(file, problem).substr(file.string().size() + 1));
    }
    return report;
}

// Lines 1 to 9; the text under test is in line 10 or replaces one of these.
inline const std::string sources_text =
    "sources:\n"
    "  a:\n"
    "    vendor: lynn\n"
    "    path: /webhooks/lynn\n"
    "    secret: 0123456789abcdef\n";
inline const std::string sinks_text =
    "sinks:\n"
    "  out: {type: nowhere, target: here}\n";
inline const std::string routes_text =
    "routes:\n"
    "  - to: [out]\n";
inline const std::string faultless = sources_text + sinks_text + routes_text;

// A sink `out` whose options begin in line 8, indented by four.
inline Report with_options(const std::string& options) {
    return load_text(sources_text + "sinks:\n  out:\n" + options + routes_text);
}

}  // namespace chathook::config::test
