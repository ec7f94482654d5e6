// Reports for tests: of a daemon that is well, which a test then spoils. Plain values; any thread.
#pragma once

#include "status/report.hpp"
#include "support/clock.hpp"

namespace chathook::test {

inline Instant at(const char* rfc3339) { return *parse_rfc3339(rfc3339); }

// Two sources, of which one never sent anything, and one sink.
inline status::Report report_of_a_good_day() {
    status::Report report;
    report.at = at("2026-11-30T14:30:00Z");
    report.running.version = "1.2.3";
    report.running.started = at("2026-11-28T10:00:00Z");
    report.running.uptime = std::chrono::hours(52);
    report.running.fingerprint = "0123456789abcdef";
    report.running.loaded = at("2026-11-30T09:00:00Z");
    report.running.sources = {{"quiet", "lynn", "/quiet"}, {"desk", "chatbase", "/desk"}};
    report.running.max_size = 4ull << 30;
    report.running.min_free_disk = 256ull << 20;
    report.running.retain_delivered = std::chrono::hours(24);
    report.running.retain_dead = std::chrono::hours(720);
    report.running.dedupe_window = std::chrono::hours(168);
    report.hour.length = std::chrono::hours(1);
    report.hour.sources["desk"] = {.accepted = 120, .duplicates = 2, .refused = {{"stale_timestamp", 3}}};
    report.hour.answer_bounds = {std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
    report.hour.answers = {100, 25, 0};
    report.last_events = {{"desk", 7, at("2026-11-30T14:02:05Z")}};
    report.sinks = {{.name = "crm"}};
    report.journal_bytes = 500ull << 20;
    report.journal_used_bytes = 412ull << 20;
    report.disk_free_bytes = 12ull << 30;
    report.oldest = {"desk", 3, at("2026-11-29T14:00:00Z")};
    return report;
}

}  // namespace chathook::test
