// The configuration's sources and routes: who may send to which path, and which sinks an event goes to.
// Immutable once built, replaced as a whole on reload; any thread may read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "journal/ledgers.hpp"
#include "support/metrics.hpp"
#include "verify/vendor.hpp"

namespace chathook::ingest {

struct Source {
    std::string name;
    std::string path;  // compared byte for byte with the request's
    std::unique_ptr<const verify::Vendor> vendor;
    SourceMetrics* metrics = nullptr;  // never null; outlives the routing
    bool keep_rejected = false;        // records refused requests with headers and body

    // The sinks of all matching routes; none if none matches, in which case the journal still keeps the
    // event.
    journal::SinkSet sinks_for(std::string_view type) const;

    // The routes that take events of this source; set by Routing.
    struct Way {
        std::vector<std::string> types;  // globs; empty: all
        journal::SinkSet to;
    };
    std::vector<Way> ways;
};

// An event that matches goes to `to`. Empty lists match everything.
struct Route {
    std::vector<std::string> types;  // globs
    std::vector<std::string> vendors;
    std::vector<std::string> sources;
    journal::SinkSet to;
};

class Routing {
public:
    // Paths are unique; the configuration ensures it.
    Routing(std::vector<Source> sources, const std::vector<Route>& routes);

    // The source that listens on `path`, or null.
    const Source* find(std::string_view path) const noexcept;
    const Source* named(std::string_view name) const noexcept;

    // In the order of the configuration.
    const std::vector<Source>& sources() const noexcept { return sources_; }

    // Of the sources, in their order.
    std::vector<std::string> vendor_names() const;

    // A digest of the sources with what verifies and reads their webhooks: 16 hexadecimal digits. Secrets are
    // no part of it.
    const std::string& fingerprint() const noexcept { return fingerprint_; }

private:
    std::vector<Source> sources_;
    std::string fingerprint_;
    std::map<std::string_view, const Source*, std::less<>> by_path_;  // views into sources_
};

}  // namespace chathook::ingest
