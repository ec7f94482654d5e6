#include "status/text.hpp"

#include <catch2/catch.hpp>

#include "ecma/document.hpp"
#include "status/answer.hpp"
#include "status/reports.hpp"

using namespace chathook::status;
using chathook::JsonDocument;
using chathook::test::at;
using chathook::test::report_of_a_good_day;

namespace {

std::string text_of_json(const std::string& json) {
    const auto document = JsonDocument::parse_bytes(json);
    REQUIRE(document != nullptr);
    return text_of(document->root());
}

std::string text_of_report(const Report& report) {
    return text_of_json(json_of(report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("the text of a good day has a line for each source and each sink") {
    CHECK(text_of_report(report_of_a_good_day()) ==
          "OK: 2 sources, 1 sink, 120 events in 1 h\n"
          "\n"
          "at             2026-11-30 14:30:00Z\n"
          "version        1.2.3, up 2 d 4 h, since 2026-11-28 10:00:00Z\n"
          "ready          yes\n"
          "configuration  loaded 09:00:00Z, sources and vendors 0123456789abcdef\n"
          "journal        412 MiB of 4 GiB, keeps events since 2026-11-29 14:00:00Z (delivered ones for 1 "
          "d)\n"
          "disk           12 GiB free, webhooks are refused below 256 MiB\n"
          "accepted in    p50 0.625 ms, p99 1.95 ms\n"
          "the hour       since 13:30:00Z: 120 events, 2 repeats, 3 refused\n"
          "\n"
          "SOURCE  VENDOR    LAST EVENT  EVENTS  REPEATS  REFUSED  REASONS\n"
          "desk    chatbase  14:02:05Z      120        2        3  stale_timestamp 3\n"
          "quiet   lynn      never            0        0        0\n"
          "\n"
          "SINK  STATE    WAITING  OLDEST  LAG  DEAD  ATTEMPTS  NEXT TRY  LAST ERROR\n"
          "crm   working        0  -       0 s     0         -  -\n");
}

TEST_CASE("the text of a bad day says first what is wrong, at most three things in its first line") {
    Report report = report_of_a_good_day();
    report.sinks[0] = {.name = "crm",
                       .waiting = 12,
                       .dead = 2,
                       .oldest = at("2026-11-29T14:01:00Z"),
                       .failing = true,
                       .breaker_open = true,
                       .reason = "connection refused",
                       .failures = 7,
                       .since = at("2026-11-30T14:02:05Z"),
                       .next_try = at("2026-11-30T14:31:00Z")};
    report.sinks.push_back({.name = "former", .configured = false});
    const std::string two = text_of_report(report);
    CHECK(two.starts_with(
        "DEGRADED: sink crm has been failing since 14:02:05Z, its breaker is open (connection "
        "refused), 12 events wait; sink crm has 2 dead letters; see chathookd dead list --sink "
        "crm\n\nat "));
    const std::string table = two.substr(two.find("SINK"));
    CHECK(
        table ==
        "SINK    STATE           WAITING  OLDEST                LAG  DEAD  ATTEMPTS  NEXT TRY   LAST ERROR\n"
        "crm     breaker open         12  2026-11-29 14:01:00Z  1 d     2         7  14:31:00Z  connection "
        "refused\n"
        "former  not configured        0  -                     0 s     0         -  -\n");
    report.not_ready = "the disk is full";
    report.running.last_reload = Reload{at("2026-11-30T14:00:12Z"), false, "line 3: unknown key"};
    const std::string four = text_of_report(report);
    CHECK(
        four.starts_with("DOWN: it takes no webhooks: the disk is full; sink crm has been failing since "
                         "14:02:05Z, its breaker is open (connection refused), 12 events wait; the reload of "
                         "14:00:12Z was refused "
                         "(line 3: unknown key); the configuration from before counts; and 1 more\n"));
    CHECK(has_line(four, "  - sink crm has 2 dead letters; see chathookd dead list --sink crm"));
    CHECK(has_line(four, "ready          no: the disk is full"));
    CHECK(has_line(four,
                   "configuration  loaded 09:00:00Z, sources and vendors 0123456789abcdef; last reload "
                   "14:00:12Z, refused: line 3: unknown key"));
}

TEST_CASE("nothing that a receiver wrote moves a cursor, begins a line or looks like a plug-in's numbers") {
    Report report = report_of_a_good_day();
    report.sinks[0].failing = true;
    report.sinks[0].reason = "a\nb\x1b[2Jc|d\xff";
    const std::string text = text_of_report(report);
    CHECK(text.find("a?b?[2Jc/d") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('|') == std::string::npos);
}

TEST_CASE("while the journal cannot be read, nobody is said to have sent never") {
    Report report = report_of_a_good_day();
    report.journal_readable = false;
    report.last_events.clear();
    const std::string text = text_of_report(report);
    CHECK(has_line(text, "quiet   lynn      not known        0        0        0"));
    CHECK(has_line(text, "journal        cannot be read now; see the log"));
    CHECK(has_line(text, "crm   working        -  -         -     -         -  -"));
}

TEST_CASE("of a daemon that does not answer there is one line") {
    CHECK(
        text_of_json(R"({"state":"down","reasons":["no answer from the daemon at 127.0.0.1:1: refused"]})") ==
        "DOWN: no answer from the daemon at 127.0.0.1:1: refused\n");
}
