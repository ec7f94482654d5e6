// The names and numbers of sinks, and how far they are at a stop.
#include "store/store.hpp"

#include <algorithm>

namespace chathook::store {

SinkNumber Store::sink_number(std::string_view name) {
    const std::size_t known = names_.size();
    const SinkNumber number = sink_number_later(name);
    if (number == known) insert_sink(known);
    return number;
}

SinkNumber Store::sink_number_later(std::string_view name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    const auto number = static_cast<SinkNumber>(found - names_.begin());
    configured_.insert(number);
    if (found != names_.end()) return number;
    names_.emplace_back(name);
    // No earlier event is routed to it, so it starts at the newest one.
    passed_.emplace_back(counts_.newest);
    counts_.sinks.emplace_back();
    note_progress(number);
    return number;
}

void Store::insert_sink(std::size_t number) {
    const auto sink = static_cast<SinkNumber>(number);
    insert_sink_.execute(sink, std::string_view(names_[sink]));
    passed_[sink].change_all();
    write_runs(sink);
}

void Store::mark_saved(const IndexIdentity& identity) {
    sources_.write();
    // So that the next start need not look for what waits in what came since the sink got its last event.
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (counts_.sinks[sink].waiting > 0) continue;
        passed_[sink].add(0, counts_.newest);
        note_progress(sink);
        write_runs(sink);
    }
    write_index_identity(database_, identity);
}

}  // namespace chathook::store
