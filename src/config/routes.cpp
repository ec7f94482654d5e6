#include <algorithm>
#include <set>

#include "config/own_vendors.hpp"
#include "config/sections.hpp"
#include "support/glob.hpp"

namespace chathook::config {

namespace {

constexpr std::string_view unrecognized = "unrecognized";  // every vendor may send events of unknown type

std::vector<std::string> names_of(const auto& named) {
    std::vector<std::string> names;
    for (const auto& one : named) names.push_back(one.name);
    return names;
}

// The event types of the source's webhooks; empty if its vendor is unknown.
std::set<std::string> types_of(const Source& source) {
    std::set<std::string> types;
    if (source.definition == nullptr) return types;
    types.insert(source.definition->types.begin(), source.definition->types.end());
    types.emplace(unrecognized);
    return types;
}

void read_patterns(const Place& at, const std::set<std::string>& types, std::vector<std::string>& patterns) {
    for (const Place& item : at.items()) {
        std::string pattern;
        if (!item.text(pattern)) continue;
        const bool matches = std::any_of(
            types.begin(), types.end(), [&](const std::string& type) { return glob_matches(pattern, type); });
        if (!matches && !types.empty()) {
            const std::vector<std::string> words(types.begin(), types.end());
            item.warning(in_quotes(pattern) + " matches no type of event" + suggestion(pattern, words) +
                         "; there are: " + joined(words));
        }
        patterns.push_back(std::move(pattern));
    }
}

// A list of names that must all be among `candidates`. Those among `reported` are known to be wrong already.
void read_names(const Place& at, const std::string& what, const std::vector<std::string>& candidates,
                std::vector<std::string>& names, const Place* reported = nullptr) {
    for (const Place& item : at.items()) {
        std::string name;
        if (!item.text(name)) continue;
        if (std::find(candidates.begin(), candidates.end(), name) == candidates.end()) {
            if (reported != nullptr && reported->holds(name)) continue;
            item.error("there is no " + what + " " + in_quotes(name) + suggestion(name, candidates) +
                       "; there are: " + joined(candidates));
        } else if (std::find(names.begin(), names.end(), name) != names.end()) {
            item.warning(in_quotes(name) + " is listed twice; remove one of the two");
        } else {
            names.push_back(std::move(name));
        }
    }
}

// Those that events may carry: known ones, and those that sources describe.
std::vector<std::string> vendor_names(const Vendors& vendors, const Config& config) {
    std::vector<std::string> names = vendors.names();
    for (const Source& source : config.sources) {
        const bool is_new = std::ranges::find(names, source.vendor) == names.end();
        if (is_new && source.definition != nullptr) names.push_back(source.vendor);
    }
    return names;
}

void refuse_empty(const Place& at, std::string_view hint) {
    if (at.is_list() && at.items().empty()) at.error("is empty; " + std::string(hint));
}

Route read_route(const Place& at, const Place& root, const Vendors& vendors,
                 const std::set<std::string>& types, const Config& config) {
    Route route;
    const Place sources = root["sources"];
    const Place sinks = root["sinks"];
    const Place match = at.section("match", {"Which events; all keys in it must match. Left out: all."});
    const Place type = match.key("type", {"Types of events; `*` stands for any characters: `lead.*`"});
    const Place vendor = match.key("vendor", {"Vendors."});
    const Place source = match.key("source", {"Names of sources."});
    read_patterns(type, types, route.types);
    read_names(vendor, "vendor", vendor_names(vendors, config), route.vendors);
    read_names(source, "source", names_of(config.sources), route.sources, &sources);
    for (const char* key : {"type", "vendor", "source"}) {
        refuse_empty(match[key], "list what should match, or omit the key to match everything");
    }
    const Place to = at.key("to", {"Names of sinks."});
    if (to.required("list the sinks that receive these events")) {
        read_names(to, "sink", names_of(config.sinks), route.to, &sinks);
        refuse_empty(to, "list at least one sink");
    }
    return route;
}

bool matches(const Route& route, const Source& source, std::string_view type) {
    const auto holds = [](const std::vector<std::string>& names, const std::string& name) {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    return holds(route.vendors, source.vendor) && holds(route.sources, source.name) &&
           (route.types.empty() || std::any_of(route.types.begin(), route.types.end(),
                                               [&](const auto& glob) { return glob_matches(glob, type); }));
}

// An event without a route is stored but not delivered: probably a mistake, but no reason to refuse to start.
void warn_of_lost_events(const Place& sources, const Config& config) {
    for (const Source& source : config.sources) {
        const auto types = types_of(source);
        std::vector<std::string> lost;
        for (const std::string& type : types) {
            const bool routed = std::any_of(config.routes.begin(), config.routes.end(),
                                            [&](const Route& route) { return matches(route, source, type); });
            if (!routed) lost.push_back(type);
        }
        if (lost.empty()) continue;
        const std::string what =
            lost.size() == types.size() ? "any of its events" : "these of its events: " + joined(lost);
        sources[source.name].warning("no route takes " + what +
                                     "; they are kept in the journal and reach no sink; add a route");
    }
}

void warn_of_idle_sinks(const Place& sinks, const Config& config) {
    for (const Sink& sink : config.sinks) {
        const bool named = std::any_of(config.routes.begin(), config.routes.end(), [&](const Route& route) {
            return std::find(route.to.begin(), route.to.end(), sink.name) != route.to.end();
        });
        if (!named)
            sinks[sink.name].warning("no route names this sink, so it receives nothing; add it to a route");
    }
}

}  // namespace

void read_routes(const Place& root, const Vendors& vendors, Config& config) {
    const Place at = root.key(
        "routes", {"What goes where: an event goes to the sinks of all routes that match it, once to each."});
    if (!at.required("write at least one route, such as: - {to: [" +
                     (config.sinks.empty() ? "SINK" : config.sinks.front().name) + "]}")) {
        return;
    }
    const std::size_t errors = at.findings().errors();
    const std::set<std::string> types(vendors.known().event_types.begin(), vendors.known().event_types.end());
    for (const Place& item : at.items()) {
        if (!item.is_mapping()) {
            item.error("must be a mapping with 'to' and an optional 'match'");
            continue;
        }
        config.routes.push_back(read_route(item, root, vendors, types, config));
    }
    refuse_empty(at, "write at least one route");
    if (at.findings().errors() != errors) return;  // with wrong routes it is unknown which events are lost
    warn_of_lost_events(root["sources"], config);
    warn_of_idle_sinks(root["sinks"], config);
}

}  // namespace chathook::config
