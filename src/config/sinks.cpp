#include <algorithm>
#include <memory>

#include <chathook/file_owner.hpp>

#include "config/section_keys.hpp"
#include "config/sections.hpp"

namespace chathook::config {

namespace {

// Each sink has a thread and a connection to the journal.
constexpr std::size_t sinks_max = 250;

void read_retry(const Place& at, Retry& retry) {
    read_keys(at, retry_keys, retry);
    if (retry.backoff.max < retry.backoff.initial) {
        const Place max = at["max"];
        (max.present() ? max : at["initial"])
            .error("retry.max is shorter than retry.initial; raise max or lower initial");
    }
}

// Records the files that a sink reads: all that its options name, except the one that it writes.
void note_files(const Place& at, const SinkKind& kind, const SinkSettings& settings,
                const chathook::Sink& sink) {
    const auto* owner = dynamic_cast<const FileOwner*>(&sink);
    for (const OptionSpec& spec : kind.options) {
        const bool read = spec.kind == OptionKind::path && settings.has(spec.key) &&
                          (owner == nullptr || owner->file().key != spec.key);
        if (!read) continue;
        at.findings().named_files.push_back({at.find(spec.key).path(), settings.text(spec.key)});
    }
}

// Only the sink itself can check its options against each other, so a sink is made and discarded.
void check_by_making(const Place& at, const SinkKind& kind, const SinkSettings& settings) {
    const auto made = kind.make(settings);
    const SettingsError* fault = std::get_if<SettingsError>(&made);
    if (fault == nullptr)
        return note_files(at, kind, settings, *std::get<std::unique_ptr<chathook::Sink>>(made));
    const Place wrong = fault->key.empty() ? at : at.find(fault->key);
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

Sink read_sink(const Place& at, const std::string& name, const Known& known) {
    Sink sink;
    sink.name = name;
    sink.settings = SinkSettings(name);
    const SinkKind* kind = read_kind(at.key("type", {"Decides which other keys there are."}), known);
    read_retry(at.section("retry", {"When a delivery that failed is tried again."}), sink.retry);
    if (kind == nullptr) {
        at.entries();  // its valid keys are unknown, so none is reported
        return sink;
    }
    sink.type = kind->name;
    if (read_sink_options(at, *kind, sink.settings)) check_by_making(at, *kind, sink.settings);
    return sink;
}

}  // namespace

void read_sinks(const Place& root, const Known& known, std::vector<Sink>& sinks) {
    if (!root.key("sinks", {"Who receives, by name."}).required("name at least one receiver of events"))
        return;
    const Place at = root.section("sinks");
    for (const auto& [name, place] : at.entries(sinks_max)) {
        if (!is_name(name)) place.error("not a name for a sink; " + std::string(name_hint));
        if (!place.is_mapping()) {
            place.error("must be a mapping with a type");
            continue;
        }
        sinks.push_back(read_sink(place, name, known));
    }
    if (at.present() && at.entries(sinks_max).empty()) at.error("is empty; name at least one sink");
}

}  // namespace chathook::config
