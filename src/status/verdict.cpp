#include "status/verdict.hpp"

#include <algorithm>
#include <array>

#include <chathook/error.hpp>

#include "status/words.hpp"
#include "support/mask.hpp"

namespace chathook::status {

namespace {

using Reasons = std::vector<std::string>;

constexpr std::uint64_t percent_full = 80;  // of journal.max_size
constexpr std::uint64_t refused_least = 3;
constexpr std::uint64_t near_factor = 2;  // free disk below this times journal.min_free_disk

// A cause in brackets is short, so that what follows can still be read; the whole one stands in the answer.
std::string in_brackets(const std::string& cause) {
    constexpr std::size_t bytes_max = 120;
    constexpr std::string_view cut = "...";
    if (cause.size() <= bytes_max) return " (" + cause + ")";
    return " (" + printable(cause, bytes_max - cut.size()) + std::string(cut) + ")";
}

void judge_sinks(const Report& report, Reasons& reasons) {
    for (const SinkReport& sink : report.sinks) {
        const std::string waiting = counted(sink.waiting, "event") + (sink.waiting == 1 ? " waits" : " wait");
        if (!sink.configured && sink.waiting > 0)
            reasons.push_back("sink " + sink.name + " is no longer in the configuration, " + waiting);
        if (!sink.failing && !sink.breaker_open) continue;
        std::string text = "sink " + sink.name + " has been failing";
        if (sink.since) text += " since " + moment(*sink.since, report.at);
        if (sink.breaker_open) text += ", its breaker is open";
        if (!sink.reason.empty()) text += " (" + sink.reason + ")";
        if (report.journal_readable) text += ", " + waiting;
        reasons.push_back(std::move(text));
    }
}

void judge_room(const Report& report, Reasons& reasons) {
    const Running& running = report.running;
    if (!report.journal_readable) reasons.emplace_back("the journal cannot be read; see the log");
    if (!report.not_ready.empty()) return;  // which says so
    if (running.max_size > 0 && report.journal_used_bytes / percent_full > running.max_size / 100)
        reasons.push_back("the journal has " + size_of(report.journal_used_bytes) + " in use, more than " +
                          std::to_string(percent_full) + " % of journal.max_size (" +
                          size_of(running.max_size) + "), at which webhooks are refused");
    // What is free inside of the journal's file counts, as it does for a refusal.
    if (!report.disk_free_bytes) return;
    const std::uint64_t room = *report.disk_free_bytes + report.journal_bytes - report.journal_used_bytes;
    if (room / near_factor < running.min_free_disk)
        reasons.push_back("the journal's disk has " + size_of(*report.disk_free_bytes) +
                          " free; below journal.min_free_disk (" + size_of(running.min_free_disk) +
                          ") webhooks are refused");
}

// Refusals that a genuine sender meets only if the secret, a clock or the proxy is set up wrongly.
bool is_of_signature(std::string_view reason) {
    constexpr std::array of_signature{Errc::wrong_signature,    Errc::missing_signature,
                                      Errc::stale_timestamp,    Errc::malformed_signature,
                                      Errc::repeated_signature, Errc::unexpected_account};
    return std::ranges::any_of(of_signature, [&](Errc one) { return reason_code(one) == reason; });
}

// A source that accepts none of several webhooks has most likely a wrong secret. One or two may be anybody's.
bool judge_source(const std::string& name, const Hour& time, std::string_view length, Reasons& reasons) {
    const auto found = time.sources.find(name);
    if (found == time.sources.end()) return false;
    const SourceHour& source = found->second;
    if (source.accepted > 0 || source.duplicates > 0) return false;
    std::uint64_t refused = 0;
    std::string words;
    for (const auto& [reason, count] : source.refused) {
        if (!is_of_signature(reason)) continue;
        refused += count;
        words += (words.empty() ? "" : ", ") + reason + " " + std::to_string(count);
    }
    if (refused < refused_least) return false;
    reasons.push_back("source " + name + " refused " + std::to_string(refused) + " webhooks in the last " +
                      std::string(length) + " (" + words + ") and accepted none");
    return true;
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
        if (!judge_source(source.name, report.recent, "10 min", reasons))
            judge_source(source.name, report.hour, "hour", reasons);
    }
    for (const SinkReport& sink : report.sinks) {
        if (sink.dead > 0)
            reasons.push_back("sink " + sink.name + " has " + counted(sink.dead, "dead letter") +
                              "; see chathookd dead list --sink " + sink.name);
    }
    if (!reasons.empty()) verdict.state = Verdict::State::degraded;
    if (!report.not_ready.empty()) verdict.state = Verdict::State::down;
    return verdict;
}

}  // namespace chathook::status
