#include "status/answer.hpp"

#include <catch2/catch.hpp>

#include "status/reports.hpp"

using namespace std::chrono_literals;
using namespace chathook::status;
using chathook::test::at;
using chathook::test::report_of_a_good_day;

TEST_CASE("the answer says what it is, since when, and what counts") {
    Report report = report_of_a_good_day();
    const auto json = json_of(report);
    CHECK(json.at("state") == "ok");
    CHECK(json.at("reasons").empty());
    CHECK(json.at("at") == "2026-11-30T14:30:00.000000Z");
    CHECK(json.at("version") == "1.2.3");
    CHECK(json.at("started") == "2026-11-28T10:00:00.000000Z");
    CHECK(json.at("uptime_seconds") == 52 * 3600);
    CHECK(json.at("ready") == true);
    CHECK_FALSE(json.contains("not_ready_because"));
    CHECK(json.at("configuration").at("fingerprint") == "0123456789abcdef");
    CHECK(json.at("configuration").at("loaded") == "2026-11-30T09:00:00.000000Z");
    CHECK_FALSE(json.at("configuration").contains("last_reload"));
    report.not_ready = "the disk is full";
    report.running.last_reload = Reload{report.at, false, "no"};
    const auto down = json_of(report);
    CHECK(down.at("state") == "down");
    CHECK(down.at("ready") == false);
    CHECK(down.at("not_ready_because") == "the disk is full");
    CHECK(
        down.at("configuration").at("last_reload") ==
        nlohmann::ordered_json{{"at", "2026-11-30T14:30:00.000000Z"}, {"accepted", false}, {"reason", "no"}});
}

TEST_CASE("each source has its last event and its hour, also one that a reload took out within the hour") {
    Report report = report_of_a_good_day();
    report.hour.sources["former"].accepted = 5;
    report.hour.sources[""].refused = {{"unknown_path", 4}};
    const auto json = json_of(report);
    REQUIRE(json.at("sources").size() == 3);
    CHECK(json.at("sources")[0] == nlohmann::ordered_json{{"source", "quiet"},
                                                          {"configured", true},
                                                          {"vendor", "lynn"},
                                                          {"path", "/quiet"},
                                                          {"events", 0},
                                                          {"duplicates", 0},
                                                          {"refused", nlohmann::ordered_json::object()}});
    CHECK(json.at("sources")[2] == nlohmann::ordered_json{{"source", "former"},
                                                          {"configured", false},
                                                          {"events", 5},
                                                          {"duplicates", 0},
                                                          {"refused", nlohmann::ordered_json::object()}});
    const auto& desk = json.at("sources")[1];
    CHECK(desk.at("last_event") == "2026-11-30T14:02:05.000000Z");
    CHECK(desk.at("last_sequence") == 7);
    CHECK(desk.at("events") == 120);
    CHECK(desk.at("refused") == nlohmann::ordered_json{{"stale_timestamp", 3}});
    const auto& hour = json.at("hour");
    CHECK(hour.at("seconds") == 3600);
    CHECK(hour.at("since") == "2026-11-30T13:30:00.000000Z");
    CHECK(hour.at("events") == 125);
    CHECK(hour.at("duplicates") == 2);
    CHECK(hour.at("refused") == 7);
    CHECK(hour.at("refused_of_no_source") == nlohmann::ordered_json{{"unknown_path", 4}});
}

TEST_CASE("a sink has its state, what waits, its lag, and while it fails the last error and the next try") {
    Report report = report_of_a_good_day();
    report.sinks[0] = {.name = "crm",
                       .waiting = 3,
                       .again = 1,
                       .dead = 2,
                       .oldest = report.at - std::chrono::milliseconds(1500)};
    report.sinks.push_back({.name = "former", .configured = false});
    auto sinks = json_of(report).at("sinks");
    CHECK(sinks[0] == nlohmann::ordered_json{{"sink", "crm"},
                                             {"configured", true},
                                             {"state", "working"},
                                             {"waiting", 3},
                                             {"again", 1},
                                             {"dead", 2},
                                             {"oldest", "2026-11-30T14:29:58.500000Z"},
                                             {"lag_seconds", 1.5}});
    CHECK_FALSE(sinks[1].contains("state"));
    SinkReport& crm = report.sinks[0];
    crm.failing = true;
    crm.breaker_open = true;
    crm.reason = "status 503";
    crm.failures = 7;
    crm.since = at("2026-11-30T14:00:00Z");
    crm.next_try = at("2026-11-30T14:31:00Z");
    report.journal_readable = false;
    const auto unread = json_of(report);
    sinks = unread.at("sinks");
    CHECK(sinks[0] == nlohmann::ordered_json{{"sink", "crm"},
                                             {"configured", true},
                                             {"state", "failing"},
                                             {"reason", "status 503"},
                                             {"failures", 7},
                                             {"since", "2026-11-30T14:00:00.000000Z"},
                                             {"next_try", "2026-11-30T14:31:00.000000Z"},
                                             {"breaker_open", true}});
    CHECK(unread.at("journal").at("readable") == false);
}

TEST_CASE("the journal and its disk are in bytes and seconds, and what is not known is missing") {
    Report report = report_of_a_good_day();
    auto json = json_of(report);
    CHECK(json.at("journal") == nlohmann::ordered_json{{"readable", true},
                                                       {"bytes", 500ull << 20},
                                                       {"used_bytes", 412ull << 20},
                                                       {"max_size_bytes", 4ull << 30},
                                                       {"oldest_event", "2026-11-29T14:00:00.000000Z"},
                                                       {"oldest_sequence", 3},
                                                       {"retain_delivered_seconds", 86400},
                                                       {"retain_dead_seconds", 2592000},
                                                       {"dedupe_window_seconds", 604800}});
    CHECK(json.at("disk").at("free_bytes") == 12ull << 30);
    CHECK(json.at("disk").at("min_free_bytes") == 256ull << 20);
    report.oldest.reset();
    report.disk_free_bytes.reset();
    json = json_of(report);
    CHECK_FALSE(json.at("journal").contains("oldest_event"));
    CHECK_FALSE(json.at("disk").contains("free_bytes"));
    report.disk_free_bytes = 0;
    CHECK(json_of(report).at("disk").at("free_bytes") == 0);
}

TEST_CASE("a quantile is estimated within its bucket, and is the largest bound above all of them") {
    const std::vector<std::chrono::nanoseconds> bounds{1ms, 2ms, 10ms};
    const std::vector<std::uint64_t> answers{100, 100, 0, 0};
    CHECK(quantile_of(bounds, answers, 0.5) == 1ms);
    CHECK(quantile_of(bounds, answers, 0.25) == 500us);
    CHECK(quantile_of(bounds, answers, 0.75) == 1500us);
    CHECK(quantile_of(bounds, std::vector<std::uint64_t>{0, 0, 10, 90}, 0.99) == 10ms);
    CHECK_FALSE(quantile_of(bounds, std::vector<std::uint64_t>{0, 0, 0, 0}, 0.5));
    CHECK_FALSE(quantile_of({}, std::vector<std::uint64_t>{}, 0.5));
    const auto hour = json_of(report_of_a_good_day()).at("hour");
    CHECK(hour.at("answers") == 125);
    CHECK(hour.at("p50_ms") == 0.625);
    CHECK(hour.at("p99_ms") == 1.95);
}

TEST_CASE("an hour without an answer has no quantile of answers") {
    Report report = report_of_a_good_day();
    report.hour.answers = {0, 0, 0};
    const auto hour = json_of(report).at("hour");
    CHECK(hour.at("answers") == 0);
    CHECK_FALSE(hour.contains("p50_ms"));
}
