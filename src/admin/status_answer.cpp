#include "admin/status_answer.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "admin/answers.hpp"
#include "journal/reader.hpp"
#include "status/answer.hpp"
#include "support/clock.hpp"

namespace chathook::admin {

namespace {

// The first event that the journal keeps; nothing if it keeps none. One call may look at a part only.
Result<std::optional<status::LastEvent>> oldest_of(journal::Reader& reader) {
    journal::Query query;
    query.limit = 1;
    for (;;) {
        const auto found = reader.find(query);
        if (!found) return found.error();
        if (!found->empty()) {
            const journal::Reader::Row& row = found->front();
            return std::optional(status::LastEvent{row.event->source, row.sequence, row.event->received});
        }
        if (!found->more) return std::optional<status::LastEvent>();
        query.after_sequence = found->passed;
    }
}

void add_status(const dispatch::SinkStatus& status, status::SinkReport& sink) {
    sink.failing = status.failing;
    sink.breaker_open = status.breaker_open;
    sink.reason = status.reason;
    sink.failures = status.failures;
    sink.since = status.since;
    sink.next_try = status.next_try;
}

status::SinkReport& sink_named(std::vector<status::SinkReport>& sinks, const std::string& name) {
    const auto found = std::ranges::find(sinks, name, &status::SinkReport::name);
    return found != sinks.end() ? *found : sinks.emplace_back(status::SinkReport{.name = name});
}

// Fills in what the journal knows. An error leaves the report incomplete.
Result<void> read_into(status::Report& report, journal::Reader& reader) {
    const auto known = reader.sinks();
    if (!known) return known.error();
    for (const journal::KnownSink& sink : *known) {
        const auto backlog = reader.backlog(sink.number);
        if (!backlog) return backlog.error();
        status::SinkReport made{.name = sink.name, .configured = sink.configured};
        made.waiting = backlog->events;
        made.again = backlog->again;
        made.dead = backlog->dead;
        made.oldest = backlog->oldest_received;
        report.sinks.push_back(std::move(made));
    }
    const auto last_events = reader.last_events();
    if (!last_events) return last_events.error();
    for (const journal::LastEvent& last : *last_events)
        report.last_events.push_back({last.source, last.sequence, last.received});
    const auto oldest = oldest_of(reader);
    if (!oldest) return oldest.error();
    report.oldest = *oldest;
    return {};
}

}  // namespace

Reply StatusAnswer::reply() { return answer(status::json_of(report())); }

status::Report StatusAnswer::report() {
    status::Report report;
    report.at = now();
    if (const journal::Health health = health_.health(); !health.writable) report.not_ready = health.reason;
    if (actions_.running) report.running = actions_.running();
    const MetricCounts counts = metrics_.counts();
    report.hour = sampler_.last(status::Window::length, counts);
    report.recent = sampler_.last(status::recent_length, counts);
    report.journal_bytes = counts.journal_bytes;
    report.journal_used_bytes = counts.journal_used_bytes;
    // Both are looked at together, for the first time before the daemon is ready.
    if (counts.journal_bytes > 0) report.disk_free_bytes = counts.disk_free_bytes;
    const auto reader = texts_.reader();
    report.journal_readable = reader && read_into(report, *reader);
    if (reader && !report.journal_readable) texts_.drop(reader);
    if (actions_.sink_status) {
        for (const dispatch::SinkStatus& sink : actions_.sink_status())
            add_status(sink, sink_named(report.sinks, sink.name));
    }
    return report;
}

}  // namespace chathook::admin
