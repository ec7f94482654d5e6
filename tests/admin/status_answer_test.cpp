#include "admin/status_answer.hpp"

#include <catch2/catch.hpp>

#include "admin/office.hpp"

namespace chathook {

namespace {

// An office whose configuration has the source desk, from which all its events come, and quiet.
admin::Actions with_two_sources() {
    return {.running = [] {
        status::Running running;
        running.version = "1.2.3";
        running.sources = {{"desk", "lynn", "/desk"}, {"quiet", "lynn", "/quiet"}};
        running.min_free_disk = 4096;
        return running;
    }};
}

}  // namespace

TEST_CASE("the status has each source's last event, and none of a source that never sent one", "[admin]") {
    test::Office office("", with_two_sources());
    for (int i = 0; i < 3; ++i) office.commit("lead.created");
    const auto status = office.got("/api/v1/status");
    CHECK(status.at("state") == "ok");
    CHECK(status.at("version") == "1.2.3");
    CHECK(status.at("disk").at("min_free_bytes") == 4096);
    const auto& sources = status.at("sources");
    REQUIRE(sources.size() == 2);
    CHECK(sources[0].at("source") == "desk");
    CHECK(sources[0].at("last_sequence") == 3);
    const auto last = office.journal->open_reader()->find({.after_sequence = 2}).value();
    CHECK(sources[0].at("last_event") == to_rfc3339(last.front().event->received));
    CHECK(sources[1].at("path") == "/quiet");
    CHECK_FALSE(sources[1].contains("last_event"));
    CHECK(status.at("journal").at("readable") == true);
    CHECK(status.at("journal").at("oldest_sequence") == 1);
    CHECK(status.at("journal").at("bytes") > 0);
}

TEST_CASE("the status of a journal without an event says so", "[admin]") {
    test::Office office("", with_two_sources());
    const auto status = office.got("/api/v1/status");
    CHECK(status.at("state") == "ok");
    CHECK_FALSE(status.at("journal").contains("oldest_event"));
    CHECK_FALSE(status.at("sources")[0].contains("last_event"));
}

TEST_CASE("the status counts what came since the start, by source and reason", "[admin]") {
    test::Office office("", with_two_sources());
    SourceMetrics& desk = office.metrics->source("desk", "lynn");
    desk.accepted("lead.created", 0);
    desk.duplicate(0);
    desk.answered_after(std::chrono::milliseconds(3));
    for (int i = 0; i < 3; ++i) office.metrics->source("quiet", "lynn").rejected(Errc::wrong_signature);
    office.metrics->rejected_unrouted("unknown_path");
    const auto status = office.got("/api/v1/status");
    CHECK(status.at("state") == "degraded");
    CHECK(status.at("reasons") ==
          nlohmann::json{
              "source quiet refused 3 webhooks in the last 10 min (wrong_signature 3) and accepted none"});
    CHECK(status.at("sources")[0].at("events") == 1);
    CHECK(status.at("sources")[0].at("duplicates") == 1);
    CHECK(status.at("sources")[1].at("refused") == nlohmann::json{{"wrong_signature", 3}});
    CHECK(status.at("hour").at("refused_of_no_source") == nlohmann::json{{"unknown_path", 1}});
    CHECK(status.at("hour").at("answers") == 1);
    CHECK(status.at("hour").at("p99_ms") > 2.5);
}

TEST_CASE("the status has what waits for each sink, its lag and how it fails", "[admin]") {
    admin::Actions actions = with_two_sources();
    const Instant since = *parse_rfc3339("2026-11-29T10:00:00Z");
    actions.sink_status = [&] {
        return std::vector<dispatch::SinkStatus>{{"crm", true, "HTTP 503", since, since, 7, true},
                                                 {.name = "archive"}};
    };
    test::Office office("", std::move(actions));
    office.commit("lead.created", office.to_both());
    office.give_up(office.archive, 1);
    const auto status = office.got("/api/v1/status");
    CHECK(status.at("state") == "degraded");
    REQUIRE(status.at("reasons").size() == 2);
    CHECK(status.at("reasons")[0] ==
          "sink crm has been failing since 2026-11-29 10:00:00Z, its breaker is open (HTTP 503), 1 event "
          "waits");
    CHECK(status.at("reasons")[1] ==
          "sink archive has 1 dead letter; see chathookd dead list --sink archive");
    const auto& sinks = status.at("sinks");
    REQUIRE(sinks.size() == 2);
    CHECK(sinks[0].at("state") == "failing");
    CHECK(sinks[0].at("waiting") == 1);
    CHECK(sinks[0].contains("oldest"));
    CHECK(sinks[0].at("lag_seconds") >= 0);
    CHECK(sinks[0].at("failures") == 7);
    CHECK(sinks[0].at("next_try") == "2026-11-29T10:00:00.000000Z");
    CHECK(sinks[1].at("state") == "working");
    CHECK(sinks[1].at("dead") == 1);
}

TEST_CASE("the status of a daemon whose journal stopped is down, with what is known without it", "[admin]") {
    test::Office office("", with_two_sources());
    office.journal->stop();
    const auto status = office.got("/api/v1/status");
    CHECK(status.at("state") == "down");
    CHECK(status.at("ready") == false);
    CHECK_FALSE(status.at("not_ready_because").get<std::string>().empty());
    CHECK(status.at("sources").size() == 2);
}

}  // namespace chathook
