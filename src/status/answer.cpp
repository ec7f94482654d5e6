#include "status/answer.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "status/verdict.hpp"
#include "support/clock.hpp"

namespace chathook::status {

namespace {

using nlohmann::ordered_json;

ordered_json by_reason(const SourceHour& hour) {
    ordered_json json = ordered_json::object();
    for (const auto& [reason, count] : hour.refused) json[reason] = count;
    return json;
}

ordered_json configuration_json(const Running& running) {
    ordered_json json = {{"fingerprint", running.fingerprint}, {"loaded", to_rfc3339(running.loaded)}};
    if (!running.last_reload) return json;
    const Reload& reload = *running.last_reload;
    json["last_reload"] = {{"at", to_rfc3339(reload.at)}, {"accepted", reload.accepted}};
    if (!reload.accepted) json["last_reload"]["reason"] = reload.reason;
    return json;
}

// Three digits behind the point are enough for an estimate.
double milliseconds(std::chrono::nanoseconds duration) {
    return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

ordered_json hour_json(const Report& report) {
    const Hour& hour = report.hour;
    std::uint64_t events = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t refused = 0;
    for (const auto& [name, source] : hour.sources) {
        events += source.accepted;
        duplicates += source.duplicates;
        for (const auto& [reason, count] : source.refused) refused += count;
    }
    ordered_json json = {{"seconds", hour.length.count()},
                         {"since", to_rfc3339(report.at - hour.length)},
                         {"events", events},
                         {"duplicates", duplicates},
                         {"refused", refused}};
    const auto nobody = hour.sources.find(std::string_view());
    if (nobody != hour.sources.end()) json["refused_of_no_source"] = by_reason(nobody->second);
    json["answers"] = std::accumulate(hour.answers.begin(), hour.answers.end(), std::uint64_t{0});
    for (const auto& [name, quantile] : {std::pair("p50_ms", 0.5), std::pair("p99_ms", 0.99)}) {
        if (const auto within = quantile_of(hour.answer_bounds, hour.answers, quantile))
            json[name] = milliseconds(*within);
    }
    return json;
}

using LastEvents = std::map<std::string_view, const LastEvent*>;  // by source

ordered_json source_json(const Running::Source& source, const Report& report, const LastEvents& last_events) {
    ordered_json json = {{"source", source.name}, {"configured", !source.path.empty()}};
    if (!source.path.empty()) {
        json["vendor"] = source.vendor;
        json["path"] = source.path;
    }
    if (const auto last = last_events.find(source.name); last != last_events.end()) {
        json["last_event"] = to_rfc3339(last->second->received);
        json["last_sequence"] = last->second->sequence;
    }
    const auto found = report.hour.sources.find(source.name);
    const SourceHour hour = found == report.hour.sources.end() ? SourceHour() : found->second;
    json["events"] = hour.accepted;
    json["duplicates"] = hour.duplicates;
    json["refused"] = by_reason(hour);
    return json;
}

// To the millisecond.
double seconds_between(Instant from, Instant to) {
    return std::round(std::chrono::duration<double, std::milli>(to - from).count()) / 1e3;
}

ordered_json sink_json(const SinkReport& sink, bool journal_readable, Instant at) {
    ordered_json json = {{"sink", sink.name}, {"configured", sink.configured}};
    if (sink.configured) json["state"] = sink.failing ? "failing" : "working";
    if (journal_readable) {
        json["waiting"] = sink.waiting;
        json["again"] = sink.again;
        json["dead"] = sink.dead;
        if (sink.oldest) json["oldest"] = to_rfc3339(*sink.oldest);
        json["lag_seconds"] = sink.oldest ? std::max(seconds_between(*sink.oldest, at), 0.0) : 0.0;
    }
    if (!sink.failing) return json;
    json["reason"] = sink.reason;
    json["failures"] = sink.failures;
    if (sink.since) json["since"] = to_rfc3339(*sink.since);
    if (sink.next_try) json["next_try"] = to_rfc3339(*sink.next_try);
    json["breaker_open"] = sink.breaker_open;
    return json;
}

ordered_json journal_json(const Report& report) {
    const Running& running = report.running;
    ordered_json json = {{"readable", report.journal_readable},
                         {"bytes", report.journal_bytes},
                         {"used_bytes", report.journal_used_bytes},
                         {"max_size_bytes", running.max_size}};
    if (report.oldest) {
        json["oldest_event"] = to_rfc3339(report.oldest->received);
        json["oldest_sequence"] = report.oldest->sequence;
    }
    json["retain_delivered_seconds"] = running.retain_delivered.count();
    json["retain_dead_seconds"] = running.retain_dead.count();
    json["dedupe_window_seconds"] = running.dedupe_window.count();
    return json;
}

}  // namespace

ordered_json json_of(const Report& report) {
    const Verdict verdict = judge(report);
    const Running& running = report.running;
    ordered_json json = {{"state", name_of(verdict.state)},
                         {"reasons", verdict.reasons},
                         {"at", to_rfc3339(report.at)},
                         {"version", running.version},
                         {"started", to_rfc3339(running.started)},
                         {"uptime_seconds", running.uptime.count()},
                         {"ready", report.not_ready.empty()}};
    if (!report.not_ready.empty()) json["not_ready_because"] = report.not_ready;
    json["configuration"] = configuration_json(running);
    json["hour"] = hour_json(report);
    json["sources"] = ordered_json::array();
    LastEvents last_events;
    for (const LastEvent& last : report.last_events) last_events.emplace(last.source, &last);
    for (const Running::Source& source : running.sources)
        json["sources"].push_back(source_json(source, report, last_events));
    // Those that a reload took out within the hour, so that the sums are those of the rows.
    for (const auto& [name, ignored] : report.hour.sources) {
        if (!name.empty() &&
            std::ranges::find(running.sources, name, &Running::Source::name) == running.sources.end())
            json["sources"].push_back(source_json({.name = name}, report, last_events));
    }
    json["sinks"] = ordered_json::array();
    for (const SinkReport& sink : report.sinks)
        json["sinks"].push_back(sink_json(sink, report.journal_readable, report.at));
    json["journal"] = journal_json(report);
    json["disk"] = {{"min_free_bytes", running.min_free_disk}};
    if (report.disk_free_bytes) json["disk"]["free_bytes"] = *report.disk_free_bytes;
    return json;
}

std::optional<std::chrono::nanoseconds> quantile_of(std::span<const std::chrono::nanoseconds> bounds,
                                                    std::span<const std::uint64_t> answers, double quantile) {
    const auto all = std::accumulate(answers.begin(), answers.end(), std::uint64_t{0});
    if (all == 0 || bounds.empty()) return std::nullopt;
    const double rank = quantile * static_cast<double>(all);
    double below = 0;
    for (std::size_t i = 0; i < std::min(bounds.size(), answers.size()); ++i) {
        const auto count = static_cast<double>(answers[i]);
        if (count > 0 && below + count >= rank) {
            const auto from = i == 0 ? std::chrono::nanoseconds(0) : bounds[i - 1];
            const double part = (rank - below) / count;
            const auto width = static_cast<double>((bounds[i] - from).count());
            return from + std::chrono::nanoseconds(static_cast<long long>(part * width));
        }
        below += count;
    }
    return bounds.back();
}

}  // namespace chathook::status
