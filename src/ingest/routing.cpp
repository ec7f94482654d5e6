#include "ingest/routing.hpp"

#include <algorithm>

#include "support/glob.hpp"

namespace chathook::ingest {

namespace {

bool names(const std::vector<std::string>& list, std::string_view name) noexcept {
    return list.empty() || std::ranges::find(list, name) != list.end();
}

bool matches(const Route& route, std::string_view type, const Source& source) noexcept {
    const bool type_matches =
        route.types.empty() || std::ranges::any_of(route.types, [&](const std::string& pattern) {
            return glob_matches(pattern, type);
        });
    return type_matches && names(route.vendors, source.vendor->facts().name) &&
           names(route.sources, source.name);
}

}  // namespace

Routing::Routing(std::vector<Source> sources, std::vector<Route> routes)
    : sources_(std::move(sources)), routes_(std::move(routes)) {
    for (const Source& source : sources_) by_path_.emplace(source.path, &source);
}

const Source* Routing::find(std::string_view path) const noexcept {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : found->second;
}

const Source* Routing::named(std::string_view name) const noexcept {
    const auto found = std::ranges::find(sources_, name, &Source::name);
    return found == sources_.end() ? nullptr : &*found;
}

journal::SinkSet Routing::sinks_for(std::string_view type, const Source& source) const noexcept {
    journal::SinkSet sinks = 0;
    for (const Route& route : routes_) {
        if (matches(route, type, source)) sinks |= route.to;
    }
    return sinks;
}

}  // namespace chathook::ingest
