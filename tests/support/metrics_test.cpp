#include "support/metrics.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "support/clock.hpp"

using namespace std::chrono_literals;
using chathook::Errc;

namespace {

std::unique_ptr<chathook::Metrics> metrics_of_a_day() {
    auto metrics = chathook::make_metrics("1.2.3");
    auto& source = metrics->source("lynn-support", "lynn");
    source.accepted("handover.requested", 0);
    source.accepted("handover.requested", 1);
    source.accepted("unrecognized", 0);
    source.duplicate(1);
    source.rejected(Errc::wrong_signature);
    source.unavailable(Errc::journal_full);
    source.answered_after(700us);
    auto& sink = metrics->sink("crm");
    sink.delivered(5);
    sink.retried();
    sink.dead_lettered();
    sink.set_lag(1500ms);
    sink.set_backlog(7);
    sink.set_dead_letters(1);
    sink.set_failing(2500ms);
    sink.set_breaker_open(true);
    metrics->journal().committed(3, 2ms);
    metrics->journal().set_bytes(8192, 4096);
    metrics->journal().set_disk_free(1'000'000);
    metrics->journal().rejections_unrecorded(12);
    metrics->journal().clock_jumped();
    metrics->journal().dead_letters_expired("crm", 4);
    metrics->sink("quiet");
    metrics->rejected_unrouted("unknown_path");
    return metrics;
}

// Whether `text` contains `line` as a whole line.
bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

struct Verdict {
    int exit_code = -1;
    std::string words;
};

// The verdict of Prometheus's own promtool on an exposition.
Verdict promtool(const std::string& exposition) {
    char path[] = "/tmp/chathook-metrics-XXXXXX";
    const int file = mkstemp(path);
    REQUIRE(file >= 0);
    const ssize_t written = write(file, exposition.data(), exposition.size());
    close(file);
    REQUIRE(written == static_cast<ssize_t>(exposition.size()));

    const std::string command = "promtool check metrics < " + std::string(path) + " 2>&1";
    std::FILE* output = popen(command.c_str(), "r");
    REQUIRE(output != nullptr);
    Verdict verdict;
    std::array<char, 1024> buffer;
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), output)) {
        verdict.words.append(buffer.data(), got);
    }
    const int status = pclose(output);
    unlink(path);
    if (WIFEXITED(status)) verdict.exit_code = WEXITSTATUS(status);
    return verdict;
}

}  // namespace

TEST_CASE("promtool accepts the exposition") {
    const Verdict verdict = promtool(metrics_of_a_day()->text());
    INFO(verdict.words);
    CHECK(verdict.exit_code == 0);  // 127: install Debian's package prometheus
    CHECK(verdict.words.empty());

    // promtool does report faults: here a counter without _total and without help.
    CHECK(promtool("# TYPE chathook_requests counter\nchathook_requests 1\n").exit_code != 0);
}

TEST_CASE("requests are counted by source and outcome") {
    const std::string text = metrics_of_a_day()->text();
    CHECK(has_line(text, R"(chathook_requests_total{outcome="accepted",source="lynn-support"} 3)"));
    CHECK(has_line(text, R"(chathook_requests_total{outcome="duplicate",source="lynn-support"} 1)"));
    CHECK(has_line(text, R"(chathook_requests_total{outcome="rejected",source="lynn-support"} 1)"));
    CHECK(has_line(text, R"(chathook_requests_total{outcome="unavailable",source="lynn-support"} 1)"));
    CHECK(has_line(text, R"(chathook_duplicates_total{source="lynn-support"} 1)"));
}

TEST_CASE("rejections are counted by reason, with an empty source where none is known") {
    const std::string text = metrics_of_a_day()->text();
    CHECK(has_line(text, R"(chathook_rejections_total{reason="wrong_signature",source="lynn-support"} 1)"));
    CHECK(has_line(text, R"(chathook_rejections_total{reason="journal_full",source="lynn-support"} 1)"));
    CHECK(has_line(text, R"(chathook_rejections_total{reason="unknown_path",source=""} 1)"));
    CHECK(has_line(text, R"(chathook_requests_total{outcome="rejected",source=""} 1)"));
    CHECK(has_line(text, "chathook_rejections_unrecorded_total 12"));
}

TEST_CASE("events are counted by type and secrets by index") {
    const std::string text = metrics_of_a_day()->text();
    CHECK(has_line(
        text, R"(chathook_events_total{source="lynn-support",type="handover.requested",vendor="lynn"} 2)"));
    CHECK(has_line(text,
                   R"(chathook_events_total{source="lynn-support",type="unrecognized",vendor="lynn"} 1)"));
    CHECK(has_line(text, R"(chathook_secret_used_total{secret="0",source="lynn-support"} 2)"));
    CHECK(has_line(text, R"(chathook_secret_used_total{secret="1",source="lynn-support"} 2)"));
}

TEST_CASE("the time of a source's last event is absent before its first") {
    auto metrics = chathook::make_metrics("1.2.3");
    auto& source = metrics->source("lynn-support", "lynn");
    const std::string name = R"(chathook_source_last_event_seconds{source="lynn-support"} )";
    CHECK(metrics->text().find(name) == std::string::npos);

    const auto before = chathook::now();
    source.accepted("handover.requested", 0);
    const std::string text = metrics->text();
    REQUIRE(text.find(name) != std::string::npos);
    const double shown = std::strtod(text.c_str() + text.find(name) + name.size(), nullptr);
    const double expected = std::chrono::duration<double>(before.time_since_epoch()).count();
    CHECK(shown == Approx(expected).margin(60).epsilon(0));
}

TEST_CASE("deliveries, lag, backlog and dead letters are exposed for each sink") {
    const std::string text = metrics_of_a_day()->text();
    CHECK(has_line(text, R"(chathook_deliveries_total{outcome="delivered",sink="crm"} 5)"));
    CHECK(has_line(text, R"(chathook_deliveries_total{outcome="retried",sink="crm"} 1)"));
    CHECK(has_line(text, R"(chathook_deliveries_total{outcome="dead",sink="crm"} 1)"));
    CHECK(has_line(text, R"(chathook_sink_lag_seconds{sink="crm"} 1.5)"));
    CHECK(has_line(text, R"(chathook_sink_backlog_events{sink="crm"} 7)"));
    CHECK(has_line(text, R"(chathook_dead_letters{sink="crm"} 1)"));
    CHECK(has_line(text, R"(chathook_dead_letters_expired_total{sink="crm"} 4)"));
    CHECK(has_line(text, R"(chathook_dead_letters_expired_total{sink="quiet"} 0)"));
    CHECK(has_line(text, R"(chathook_sink_failing_seconds{sink="crm"} 2.5)"));
    CHECK(has_line(text, R"(chathook_sink_breaker_open{sink="crm"} 1)"));
}

TEST_CASE("journal, acknowledgement and build metrics are exposed") {
    const std::string text = metrics_of_a_day()->text();
    CHECK(has_line(text, "chathook_journal_bytes 8192"));
    CHECK(has_line(text, "chathook_journal_used_bytes 4096"));
    CHECK(has_line(text, "chathook_disk_free_bytes 1000000"));
    CHECK(has_line(text, "chathook_clock_jumps_total 1"));
    CHECK(has_line(text, R"(chathook_build_info{version="1.2.3"} 1)"));
    CHECK(has_line(text, R"(chathook_ack_seconds_bucket{le="0.0005"} 0)"));
    CHECK(has_line(text, R"(chathook_ack_seconds_bucket{le="0.001"} 1)"));
    CHECK(has_line(text, "chathook_ack_seconds_count 1"));
    CHECK(has_line(text, R"(chathook_commit_seconds_bucket{le="+Inf"} 1)"));
    CHECK(has_line(text, R"(chathook_commit_batch_events_bucket{le="2"} 0)"));
    CHECK(has_line(text, R"(chathook_commit_batch_events_bucket{le="4"} 1)"));
    CHECK(has_line(text, "chathook_commit_batch_events_sum 3"));
}

TEST_CASE("a name always returns the same object, so counters survive a reload") {
    auto metrics = chathook::make_metrics("1.2.3");
    auto& source = metrics->source("a", "lynn");
    auto& sink = metrics->sink("a");
    CHECK(&metrics->source("a", "lynn") == &source);
    CHECK(&metrics->sink("a") == &sink);
    CHECK(&metrics->source("b", "lynn") != &source);
}

TEST_CASE("concurrent increments are all counted") {
    auto metrics = chathook::make_metrics("1.2.3");
    auto& source = metrics->source("a", "lynn");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 1000; ++n) {
                source.accepted(n % 2 == 0 ? "lead.created" : "lead.updated", 0);
                source.rejected(Errc::stale_timestamp);
                source.answered_after(1ms);
            }
        });
    }
    while (metrics->text().find("chathook_ack_seconds_count 4000") == std::string::npos)
        std::this_thread::yield();
    for (auto& thread : threads) thread.join();
    const std::string text = metrics->text();
    CHECK(has_line(text, R"(chathook_events_total{source="a",type="lead.created",vendor="lynn"} 2000)"));
    CHECK(has_line(text, R"(chathook_requests_total{outcome="accepted",source="a"} 4000)"));
    CHECK(has_line(text, R"(chathook_rejections_total{reason="stale_timestamp",source="a"} 4000)"));
}

TEST_CASE("what was counted is told as plain values, by source and sink") {
    const auto metrics = metrics_of_a_day();
    const chathook::MetricCounts counts = metrics->counts();
    using Reasons = std::vector<std::pair<std::string, std::uint64_t>>;
    REQUIRE(counts.sources.size() == 2);
    CHECK(counts.sources[0].name.empty());
    CHECK(counts.sources[0].refused == Reasons{{"unknown_path", 1}});
    CHECK(counts.sources[1].name == "lynn-support");
    CHECK(counts.sources[1].accepted == 3);
    CHECK(counts.sources[1].duplicates == 1);
    CHECK(counts.sources[1].refused == Reasons{{"wrong_signature", 1}, {"journal_full", 1}});
    CHECK(counts.answer_bounds.at(1) == 500us);
    REQUIRE(counts.answers.size() == counts.answer_bounds.size() + 1);
    CHECK(counts.answers[2] == 1);  // up to 1 ms
    CHECK(counts.journal_bytes == 8192);
    CHECK(counts.journal_used_bytes == 4096);
    CHECK(counts.disk_free_bytes == 1'000'000);
}
