#include <algorithm>
#include <filesystem>
#include <map>

#include "config/sections.hpp"

namespace chathook::config {

namespace {

using namespace std::chrono_literals;

// The journal keeps what each event still owes as one bit a sink.
constexpr std::size_t sinks_max = 63;

void read_retry(const Place& at, Retry& retry) {
    const Place initial = at["initial"];
    const Place max = at["max"];
    const Place max_age = at["max_age"];
    initial.duration(retry.initial, 1ms, 24h);
    max.duration(retry.max, 1ms, 24h * 7);
    max_age.duration(retry.max_age, 1s, std::chrono::days(366));
    if (retry.max < retry.initial) {
        (max.present() ? max : initial)
            .error("retry.max is shorter than retry.initial; raise max or lower initial");
    }
    const Place breaker = at.section("breaker");
    breaker["failures"].count(retry.breaker_failures, 0, 1000);
    breaker["pause"].duration(retry.breaker_pause, 1ms, 24h);
}

// What only the sink itself can judge: its options against each other. The sink made for it is thrown away.
void check_by_making(const Place& at, const SinkKind& kind, const SinkSettings& settings) {
    const auto made = kind.make(settings);
    const SettingsError* fault = std::get_if<SettingsError>(&made);
    if (fault == nullptr) return;
    const Place wrong = fault->key.empty() ? at : find_option(at, fault->key);
    wrong.findings().error(fault->line > 0 ? fault->line : wrong.line(), wrong.path(), fault->message);
}

const SinkKind* read_kind(const Place& at, const Known& known) {
    std::vector<std::string> names;
    for (const SinkKind& kind : known.sinks) names.emplace_back(kind.name);
    std::string type;
    if (!at.required("write one of: " + joined(names)) || !at.choice(type, names)) return nullptr;
    return &*std::find_if(known.sinks.begin(), known.sinks.end(),
                          [&](const SinkKind& kind) { return kind.name == type; });
}

// File -> the sink that writes it, with its line.
using Files = std::map<std::filesystem::path, std::pair<std::string, int>>;

// A path that a sink cannot do without is the file that it writes, and two that write the same one would tear
// each other's lines and rotate them away.
void claim_files(const Place& at, const SinkKind& kind, const Sink& sink, Files& files) {
    for (const OptionSpec& option : kind.options) {
        if (option.kind != OptionKind::path || !option.required || !sink.settings.has(option.key)) continue;
        const std::filesystem::path written = sink.settings.text(option.key);
        std::error_code failure;
        std::filesystem::path file =
            std::filesystem::weakly_canonical(std::filesystem::absolute(written), failure);
        if (failure) file = std::filesystem::absolute(written).lexically_normal();
        const Place place = find_option(at, option.key);
        const auto [first, is_new] = files.try_emplace(std::move(file), sink.name, place.line());
        if (is_new) continue;
        place.error(in_quotes(written.string()) + " is already the file of sink '" + first->second.first +
                    "' (line " + std::to_string(first->second.second) +
                    "); give each sink a file of its own");
    }
}

Sink read_sink(const Place& at, const std::string& name, const Known& known, Files& files) {
    Sink sink;
    sink.name = name;
    sink.settings = SinkSettings(name);
    const SinkKind* kind = read_kind(at["type"], known);
    read_retry(at.section("retry"), sink.retry);
    if (kind == nullptr) {
        at.entries();  // which keys it may have is not known: none of them is reported
        return sink;
    }
    sink.type = kind->name;
    if (read_sink_options(at, *kind, sink.settings)) check_by_making(at, *kind, sink.settings);
    claim_files(at, *kind, sink, files);
    return sink;
}

}  // namespace

void read_sinks(const Place& root, const Known& known, std::vector<Sink>& sinks) {
    if (!root["sinks"].required("name at least one receiver of events")) return;
    const Place at = root.section("sinks");
    Files files;
    for (const auto& [name, place] : at.entries(sinks_max)) {
        if (!is_name(name)) place.error("not a name for a sink; " + std::string(name_mend));
        if (!place.is_mapping()) {
            place.error("must be a mapping with a type");
            continue;
        }
        sinks.push_back(read_sink(place, name, known, files));
    }
    if (at.present() && sinks.empty()) at.error("is empty; name at least one sink");
}

}  // namespace chathook::config
