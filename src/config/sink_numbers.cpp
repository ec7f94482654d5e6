// Whether the journal has a number for each sink of the configuration.
#include <algorithm>

#include "config/sections.hpp"

namespace chathook::config {

namespace {

template <class Names>
bool holds(const Names& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> names_of(std::span<const Sink> sinks) {
    std::vector<std::string> names;
    for (const Sink& sink : sinks) names.push_back(sink.name);
    return names;
}

}  // namespace

std::optional<std::string> without_number(const std::string& name, std::span<const std::string> numbered,
                                          std::span<const Sink> configured) {
    if (holds(numbered, name)) return std::nullopt;
    const std::vector<std::string> names = names_of(configured);
    std::size_t given = numbered.size();
    for (const std::string& other : names) {
        if (holds(numbered, other)) continue;
        if (other == name) break;
        ++given;
    }
    if (given < sink_names_max) return std::nullopt;
    std::vector<std::string> unused;
    for (const std::string& old : numbered) {
        if (!holds(names, old)) unused.push_back(old);
    }
    return "the journal has numbered " + std::to_string(sink_names_max) +
           " sinks, which is all it can, and this name is new to it. Give the sink a name that no sink has "
           "any "
           "more (it also gets what still waits under that name): " +
           (unused.empty() ? "there is none" : joined(unused)) + "; or begin with an empty journal.path";
}

void check_sink_numbers(const Place& root, const Known& known, const Config& config) {
    if (known.sink_names == nullptr) return;
    const auto numbered = known.sink_names(config.journal.directory);
    if (!numbered) return;
    const Place sinks = root["sinks"];
    for (const Sink& sink : config.sinks) {
        if (const auto problem = without_number(sink.name, *numbered, config.sinks))
            sinks[sink.name].error(*problem);
    }
}

}  // namespace chathook::config
