#include "ingest/routing.hpp"

#include <algorithm>
#include <span>

#include "support/glob.hpp"
#include "verify/digest.hpp"
#include "verify/encoding.hpp"

namespace chathook::ingest {

namespace {

bool names(const std::vector<std::string>& list, std::string_view name) noexcept {
    return list.empty() || std::ranges::find(list, name) != list.end();
}

bool matches(const std::vector<std::string>& patterns, std::string_view type) noexcept {
    return patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
               return glob_matches(pattern, type);
           });
}

std::string fingerprint_of(const std::vector<Source>& sources) {
    constexpr std::size_t shown_bytes = 8;
    verify::ListHash hash;
    for (const Source& source : sources) {
        const VendorDefinition& vendor = source.vendor->definition();
        for (const std::string_view part : {std::string_view(source.name), std::string_view(source.path),
                                            vendor.name, vendor.fingerprint}) {
            hash.add(part);
        }
    }
    const verify::Sha256 digest = hash.finish();
    return verify::encode_hex(std::span(digest).first(shown_bytes));
}

}  // namespace

Routing::Routing(std::vector<Source> sources, const std::vector<Route>& routes)
    : sources_(std::move(sources)), fingerprint_(fingerprint_of(sources_)) {
    for (Source& source : sources_) {
        by_path_.emplace(source.path, &source);
        for (const Route& route : routes) {
            if (names(route.vendors, source.vendor->definition().name) && names(route.sources, source.name))
                source.ways.push_back({route.types, route.to});
        }
    }
}

const Source* Routing::find(std::string_view path) const noexcept {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : found->second;
}

const Source* Routing::named(std::string_view name) const noexcept {
    const auto found = std::ranges::find(sources_, name, &Source::name);
    return found == sources_.end() ? nullptr : &*found;
}

journal::SinkSet Source::sinks_for(std::string_view type) const {
    journal::SinkSet sinks;
    for (const Way& way : ways) {
        if (matches(way.types, type)) sinks.insert(way.to);
    }
    return sinks;
}

std::vector<std::string> Routing::vendor_names() const {
    std::vector<std::string> names;
    for (const Source& source : sources_) names.emplace_back(source.vendor->definition().name);
    return names;
}

}  // namespace chathook::ingest
