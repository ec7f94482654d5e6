// All metrics of chathookd, under the names of docs/operations.md. Counters are looked up by label once, when
// a source or a sink is made, and then used by reference: no lookup and no lock on the hot path.
// Incrementing: any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/error.hpp>

namespace chathook {

// The metrics of one source. References stay valid as long as the Metrics.
class SourceMetrics {
public:
    virtual ~SourceMetrics() = default;
    virtual void accepted(std::string_view type, std::size_t secret_index) = 0;  // a new event was committed
    virtual void duplicate(std::size_t secret_index) = 0;   // answered as accepted, not stored again
    virtual void handshake() = 0;                           // answered 2xx, no event
    virtual void rejected(std::string_view reason) = 0;     // answered 4xx
    virtual void unavailable(std::string_view reason) = 0;  // answered 5xx
    void rejected(Errc reason) { rejected(reason_code(reason)); }
    void unavailable(Errc reason) { unavailable(reason_code(reason)); }
    virtual void answered_after(std::chrono::nanoseconds since_head) = 0;  // chathook_ack_seconds
    virtual void ambiguous() = 0;  // an accepted body repeats a key that was read

    // The age of a correctly signed timestamp; negative if it lies in the future.
    virtual void set_clock_skew(std::chrono::microseconds skew) = 0;
};

// The metrics of one sink.
class SinkMetrics {
public:
    virtual ~SinkMetrics() = default;
    virtual void delivered(std::size_t events) = 0;
    virtual void retried() = 0;
    virtual void dead_lettered() = 0;
    virtual void set_lag(std::chrono::nanoseconds age_of_oldest_waiting) = 0;  // 0: nothing waits
    virtual void set_backlog(std::uint64_t events) = 0;
    virtual void set_dead_letters(std::uint64_t events) = 0;
    virtual void set_failing(std::chrono::nanoseconds since_first_failure) = 0;  // 0: it works
    virtual void set_breaker_open(bool open) = 0;
};

// The metrics of the journal.
class JournalMetrics {
public:
    virtual ~JournalMetrics() = default;
    virtual void committed(std::size_t events, std::chrono::nanoseconds took) = 0;
    virtual void set_bytes(std::uint64_t bytes, std::uint64_t used) = 0;  // used: without free pages
    virtual void set_disk_free(std::uint64_t bytes) = 0;
    virtual void rejections_unrecorded(std::size_t rejections) noexcept = 0;  // adds; any thread
    virtual void clock_jumped() = 0;
    virtual void dead_letters_expired(const std::string& sink, std::size_t events) = 0;  // any name
};

// What was counted since the start, as plain values: for whoever compares two moments.
struct MetricCounts {
    struct Source {
        std::string name;  // empty: requests that cannot be attributed to a source
        std::uint64_t accepted = 0;
        std::uint64_t duplicates = 0;
        std::vector<std::pair<std::string, std::uint64_t>> refused;  // 4xx and 5xx, by reason
    };
    std::vector<Source> sources;
    // chathook_ack_seconds: the last of `answers` counts those that took longer than all bounds.
    std::vector<std::chrono::nanoseconds> answer_bounds;
    std::vector<std::uint64_t> answers;
    std::uint64_t journal_bytes = 0;
    std::uint64_t journal_used_bytes = 0;
    std::uint64_t disk_free_bytes = 0;
};

class Metrics {
public:
    virtual ~Metrics() = default;
    virtual SourceMetrics& source(const std::string& name,
                                  const std::string& vendor) = 0;  // same name: same object
    virtual SinkMetrics& sink(const std::string& name) = 0;
    virtual JournalMetrics& journal() = 0;

    // A request that cannot be attributed to a source: unknown path, broken framing. `reason` is a short
    // literal.
    virtual void rejected_unrouted(std::string_view reason) = 0;

    // The Prometheus text exposition format, version 0.0.4.
    virtual std::string text() const = 0;

    // Looks at every source: for a call a minute, not one a request.
    virtual MetricCounts counts() const = 0;
};

// Backed by prometheus-cpp's core; `version` is the label of chathook_build_info.
std::unique_ptr<Metrics> make_metrics(std::string_view version);

}  // namespace chathook
