// Who may send where, and which sinks an event goes to: what the configuration's sources and routes become.
// Immutable once built, swapped whole on reload; any thread may read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "journal/journal.hpp"
#include "support/metrics.hpp"

namespace chathook::ingest {

struct Source {
    std::string name;
    std::string path;  // compared byte for byte with the request's
    std::unique_ptr<const Vendor> vendor;
    SourceMetrics* metrics = nullptr;  // never null; outlives the routing
    bool keep_rejected = false;        // refused requests whole
};

// An event that matches goes to `to`. Empty lists match everything.
struct Route {
    std::vector<std::string> types;  // globs
    std::vector<std::string> vendors;
    std::vector<std::string> sources;
    journal::SinkSet to = 0;
};

class Routing {
public:
    // Paths are unique; the configuration saw to it.
    Routing(std::vector<Source> sources, std::vector<Route> routes);

    // The source that listens on `path`, or null.
    const Source* find(std::string_view path) const noexcept;
    const Source* named(std::string_view name) const noexcept;

    // The union of all routes that match: 0 when nobody wants the event, which is kept in the journal all the
    // same.
    journal::SinkSet sinks_for(std::string_view type, const Source& source) const noexcept;

private:
    std::vector<Source> sources_;
    std::vector<Route> routes_;
    std::map<std::string_view, const Source*, std::less<>> by_path_;  // views into sources_
};

}  // namespace chathook::ingest
