#include "status/verdict.hpp"

#include <catch2/catch.hpp>

#include "status/reports.hpp"

using namespace chathook::status;
using chathook::test::at;
using chathook::test::report_of_a_good_day;
using State = Verdict::State;

namespace {

// The only reason for which the report is degraded.
std::string only_reason(const Report& report) {
    const Verdict verdict = judge(report);
    CHECK(verdict.state == State::degraded);
    REQUIRE(verdict.reasons.size() == 1);
    return verdict.reasons[0];
}

}  // namespace

TEST_CASE("a daemon that takes webhooks and delivers them is ok, refusals and silent sources or not") {
    const Verdict verdict = judge(report_of_a_good_day());
    CHECK(verdict.state == State::ok);
    CHECK(verdict.reasons.empty());
}

TEST_CASE("a daemon that takes no webhooks is down, with the reason") {
    Report report = report_of_a_good_day();
    report.not_ready = "the disk is full";
    report.sinks[0].dead = 1;
    const Verdict verdict = judge(report);
    CHECK(verdict.state == State::down);
    REQUIRE(verdict.reasons.size() == 2);
    CHECK(verdict.reasons[0] == "it takes no webhooks: the disk is full");
}

TEST_CASE("a sink that fails degrades, with the time, the cause and what waits") {
    Report report = report_of_a_good_day();
    SinkReport& crm = report.sinks[0];
    crm.failing = true;
    crm.since = at("2026-11-30T14:02:05Z");
    crm.reason = "connection refused";
    crm.waiting = 12;
    CHECK(only_reason(report) ==
          "sink crm has been failing since 14:02:05Z (connection refused), 12 events wait");
    crm.breaker_open = true;
    crm.since = at("2026-11-29T14:02:05Z");
    CHECK(only_reason(report) ==
          "sink crm has been failing since 2026-11-29 14:02:05Z, its breaker is open (connection refused), "
          "12 events wait");
}

TEST_CASE("dead letters degrade, also those of a sink that left the configuration") {
    Report report = report_of_a_good_day();
    report.sinks.push_back({.name = "former", .configured = false, .dead = 3});
    CHECK(only_reason(report) == "sink former has 3 dead letters; see chathookd dead list --sink former");
}

TEST_CASE("events that wait for a sink that left the configuration degrade") {
    Report report = report_of_a_good_day();
    report.sinks.push_back({.name = "former", .configured = false, .waiting = 1});
    CHECK(only_reason(report) == "sink former is no longer in the configuration, 1 event waits");
}

TEST_CASE("a journal that uses more than 80 % of its size degrades, and free pages are not used") {
    Report report = report_of_a_good_day();
    report.running.max_size = 1000ull << 20;
    report.journal_bytes = 900ull << 20;
    report.journal_used_bytes = 800ull << 20;
    CHECK(judge(report).state == State::ok);
    report.journal_used_bytes = 812ull << 20;
    CHECK(only_reason(report) ==
          "the journal has 812 MiB in use, more than 80 % of journal.max_size (1000 MiB), at which webhooks "
          "are "
          "refused");
    report.running.max_size = 0;  // not known
    CHECK(judge(report).state == State::ok);
}

TEST_CASE("a disk with less than twice what it has to keep free degrades") {
    Report report = report_of_a_good_day();
    report.disk_free_bytes = 424ull << 20;  // and 88 inside of the journal
    CHECK(judge(report).state == State::ok);
    report.disk_free_bytes = 420ull << 20;
    CHECK(only_reason(report) ==
          "the journal's disk has 420 MiB free; below journal.min_free_disk (256 MiB) "
          "webhooks are refused");
    report.disk_free_bytes.reset();  // not known yet
    CHECK(judge(report).state == State::ok);
}

TEST_CASE("a reload that was refused degrades until one is accepted") {
    Report report = report_of_a_good_day();
    report.running.last_reload = Reload{at("2026-11-30T14:00:12Z"), false, "chathook.yaml:3: unknown key"};
    CHECK(only_reason(report) ==
          "the reload of 14:00:12Z was refused (chathook.yaml:3: unknown key); the "
          "configuration from before counts");
    report.running.last_reload->reason = std::string(121, 'x');
    CHECK(only_reason(report) == "the reload of 14:00:12Z was refused (" + std::string(117, 'x') +
                                     "...); the configuration from before counts");
    report.running.last_reload->accepted = true;
    CHECK(judge(report).state == State::ok);
}

TEST_CASE("a source that accepts none of several webhooks degrades, one or two may be anybody's") {
    Report report = report_of_a_good_day();
    SourceHour& quiet = report.hour.sources["quiet"];
    quiet.refused = {{"stale_timestamp", 2}, {"body_too_large", 5}};
    CHECK(judge(report).state == State::ok);
    quiet.refused.emplace_back("wrong_signature", 1);
    CHECK(only_reason(report) ==
          "source quiet refused 3 webhooks in the last hour (stale_timestamp 2, wrong_signature 1) and "
          "accepted none");
    quiet.duplicates = 1;
    CHECK(judge(report).state == State::ok);
    quiet = {.accepted = 1, .refused = quiet.refused};
    CHECK(judge(report).state == State::ok);
}

TEST_CASE("a source that accepted webhooks in the hour and none in the last ten minutes degrades") {
    Report report = report_of_a_good_day();
    report.recent.sources["desk"] = {.refused = {{"wrong_signature", 3}}};
    CHECK(only_reason(report) ==
          "source desk refused 3 webhooks in the last 10 min (wrong_signature 3) and accepted none");
    report.recent.sources["desk"].accepted = 1;
    CHECK(judge(report).state == State::ok);
}

TEST_CASE("a journal that cannot be read degrades, and nothing is said of what waits") {
    Report report = report_of_a_good_day();
    report.journal_readable = false;
    CHECK(only_reason(report) == "the journal cannot be read; see the log");
    report.sinks[0].failing = true;
    CHECK(judge(report).reasons.at(0) == "sink crm has been failing");
}
