#include "status/verdict.hpp"

#include <algorithm>

#include <chathook/error.hpp>

#include "status/words.hpp"
#include "support/mask.hpp"

namespace chathook::status {

namespace {

using Reasons = std::vector<std::string>;

constexpr std::uint64_t percent_full = 80;  // of journal.max_size
constexpr std::uint64_t near_factor = 2;    // free disk below this times journal.min_free_disk

// A cause in brackets is short, so that what follows can still be read; the whole one stands in the answer.
std::string in_brackets(const std::string& cause) {
    constexpr std::size_t bytes_max = 120;
    constexpr std::string_view cut = "...";
    if (cause.size() <= bytes_max) return " (" + cause + ")";
    return " (" + printable(cause, bytes_max - cut.size()) + std::string(cut) + ")";
}

void judge_sinks(const Report& report, Reasons& reasons) {
    for (const SinkReport& sink : report.sinks) {
        if (!sink.failing && !sink.breaker_open) continue;
        std::string text = "sink " + sink.name + " fails";
        if (sink.since) text += " since " + moment(*sink.since, report.at);
        if (sink.breaker_open) text += ", its breaker is open";
        if (!sink.reason.empty()) text += in_brackets(sink.reason);
        if (report.journal_readable) text += ", " + std::to_string(sink.waiting) + " wait";
        reasons.push_back(std::move(text));
    }
}

void judge_room(const Report& report, Reasons& reasons) {
    const Running& running = report.running;
    if (!report.journal_readable) reasons.emplace_back("the journal cannot be read; see the log");
    if (running.max_size > 0 && report.journal_used_bytes / percent_full > running.max_size / 100)
        reasons.push_back("the journal has " + size_of(report.journal_used_bytes) + " in use, more than " +
                          std::to_string(percent_full) + " % of journal.max_size (" +
                          size_of(running.max_size) + "), at which webhooks are refused");
    // What is free inside of the journal's file counts, as it does for a refusal.
    const std::uint64_t room = report.disk_free_bytes + report.journal_bytes - report.journal_used_bytes;
    if (report.disk_free_bytes > 0 && room / near_factor < running.min_free_disk)
        reasons.push_back("the journal's disk has " + size_of(report.disk_free_bytes) +
                          " free; below journal.min_free_disk (" + size_of(running.min_free_disk) +
                          ") webhooks are refused");
}

// All signatures of a source are wrong: most likely its secret is.
void judge_source(const std::string& name, const SourceHour& hour, Reasons& reasons) {
    if (name.empty() || hour.accepted > 0 || hour.duplicates > 0) return;
    const auto wrong = std::ranges::find(hour.refused, reason_code(Errc::wrong_signature),
                                         &std::pair<std::string, std::uint64_t>::first);
    if (wrong == hour.refused.end()) return;
    reasons.push_back("source " + name + " refused " + counted(wrong->second, "webhook") +
                      " for wrong signatures and accepted none in the last hour");
}

}  // namespace

Verdict judge(const Report& report) {
    Verdict verdict;
    Reasons& reasons = verdict.reasons;
    if (!report.not_ready.empty()) reasons.push_back("it takes no webhooks: " + report.not_ready);
    judge_sinks(report, reasons);
    judge_room(report, reasons);
    if (const auto& reload = report.running.last_reload; reload && !reload->accepted)
        reasons.push_back("the reload of " + moment(reload->at, report.at) + " was refused" +
                          in_brackets(reload->reason) + "; the configuration from before counts");
    for (const Running::Source& source : report.running.sources) {
        const auto hour = report.hour.sources.find(source.name);
        if (hour != report.hour.sources.end()) judge_source(hour->first, hour->second, reasons);
    }
    for (const SinkReport& sink : report.sinks) {
        if (sink.dead > 0)
            reasons.push_back("sink " + sink.name + " has " + counted(sink.dead, "dead letter"));
    }
    if (!reasons.empty()) verdict.state = Verdict::State::degraded;
    if (!report.not_ready.empty()) verdict.state = Verdict::State::down;
    return verdict;
}

}  // namespace chathook::status
