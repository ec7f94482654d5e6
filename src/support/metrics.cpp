#include "support/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "support/clock.hpp"
#include "support/counter_set.hpp"
#include "support/histogram.hpp"
#include "support/log_writer.hpp"

namespace chathook {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Labels;
using prometheus::Registry;

constexpr std::uint64_t microsecond = 1'000;
constexpr std::uint64_t millisecond = 1'000'000;
constexpr double nanoseconds_per_second = 1e9;

double in_seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

std::uint64_t whole_nanoseconds(std::chrono::nanoseconds duration) {
    return duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
}

std::uint64_t whole(double count) { return static_cast<std::uint64_t>(count); }

Family<Counter>& counters(Registry& registry, const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Gauge>& gauges(Registry& registry, const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

// All names in one place, as docs/operations.md lists them.
struct Families {
    explicit Families(Registry& registry);

    Family<Counter>& requests;
    Family<Counter>& rejections;
    Family<Counter>& events;
    Family<Counter>& duplicates;
    Family<Counter>& secret_used;
    Family<Gauge>& source_last_event;
    Family<Counter>& ambiguous_bodies;
    Family<Gauge>& clock_skew;
    Family<Counter>& deliveries;
    Family<Gauge>& sink_lag;
    Family<Gauge>& sink_backlog;
    Family<Gauge>& dead_letters;
    Family<Gauge>& sink_failing;
    Family<Gauge>& sink_breaker_open;
    Family<Gauge>& journal_bytes;
    Family<Gauge>& journal_used;
    Family<Gauge>& disk_free;
    Family<Counter>& rejections_unrecorded;
    Family<Counter>& clock_jumps;
    Family<Counter>& dead_letters_expired;
    Family<Gauge>& build_info;

    LockFreeHistogram ack;
    LockFreeHistogram commit;
    LockFreeHistogram commit_batch;
};

Families::Families(Registry& registry)
    : requests(counters(registry, "chathook_requests_total",
                        "Webhook requests answered, by outcome: accepted, duplicate, handshake, rejected "
                        "(4xx), unavailable (5xx). The source is empty where none could be named.")),
      rejections(counters(registry, "chathook_rejections_total",
                          "Requests answered 4xx or 5xx, by reason. The source is empty where none could be "
                          "named.")),
      events(counters(registry, "chathook_events_total", "Events made durable in the journal.")),
      duplicates(counters(registry, "chathook_duplicates_total",
                          "Deliveries of an event already kept: answered as accepted, not delivered twice.")),
      secret_used(counters(registry, "chathook_secret_used_total",
                           "Requests proved by a secret; 0 is the first in the configuration.")),
      source_last_event(
          gauges(registry, "chathook_source_last_event_seconds",
                 "Unix time of the last event accepted since the start, in seconds; absent before "
                 "the first.")),
      ambiguous_bodies(counters(registry, "chathook_ambiguous_bodies_total",
                                "Events whose body had a key twice that was read (data.ambiguous_keys).")),
      clock_skew(
          gauges(registry, "chathook_clock_skew_seconds",
                 "Our clock less the signed time of the last rightly signed request, accepted or stale; "
                 "absent before the first, and where no time is checked.")),
      deliveries(counters(registry, "chathook_deliveries_total",
                          "Deliveries settled, by outcome: delivered, retried, dead.")),
      sink_lag(gauges(registry, "chathook_sink_lag_seconds",
                      "Age of the oldest event that waits for the sink; 0 when none waits.")),
      sink_backlog(gauges(registry, "chathook_sink_backlog_events", "Events that wait for the sink.")),
      dead_letters(gauges(registry, "chathook_dead_letters", "Events in the sink's dead letters.")),
      sink_failing(gauges(registry, "chathook_sink_failing_seconds",
                          "How long nothing has got through to the sink; 0 while it works.")),
      sink_breaker_open(gauges(registry, "chathook_sink_breaker_open",
                               "1 while the sink is left alone but for a single delivery now and then.")),
      journal_bytes(gauges(registry, "chathook_journal_bytes", "Size of the journal on disk.")),
      journal_used(gauges(registry, "chathook_journal_used_bytes", "Bytes of the journal in use.")),
      disk_free(gauges(registry, "chathook_disk_free_bytes", "Free space on the journal's file system.")),
      rejections_unrecorded(
          counters(registry, "chathook_rejections_unrecorded_total",
                   "Refused requests that are missing from the rejections: too many came at once, or the "
                   "disk could not take them.")),
      clock_jumps(counters(registry, "chathook_clock_jumps_total",
                           "How often the wall clock jumped, forward or back, by two seconds or more.")),
      dead_letters_expired(
          counters(registry, "chathook_dead_letters_expired_total",
                   "Dead letters deleted because they were older than journal.retain_dead.")),
      build_info(gauges(registry, "chathook_build_info", "Always 1; the labels tell the build.")),
      ack("chathook_ack_seconds", "Time from a request's complete head to its answer.",
          {250 * microsecond, 500 * microsecond, millisecond, 2500 * microsecond, 5 * millisecond,
           10 * millisecond, 25 * millisecond, 50 * millisecond, 100 * millisecond, 250 * millisecond,
           500 * millisecond, 1000 * millisecond, 2500 * millisecond, 5000 * millisecond,
           10'000 * millisecond},
          nanoseconds_per_second),
      commit("chathook_commit_seconds", "Time that one commit of the journal took, fsync included.",
             {100 * microsecond, 250 * microsecond, 500 * microsecond, millisecond, 2500 * microsecond,
              5 * millisecond, 10 * millisecond, 25 * millisecond, 50 * millisecond, 100 * millisecond,
              250 * millisecond, 500 * millisecond, 1000 * millisecond, 2500 * millisecond},
             nanoseconds_per_second),
      commit_batch("chathook_commit_batch_events", "Events made durable by one commit.",
                   {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}, 1) {}

class SourceCounters final : public SourceMetrics {
public:
    SourceCounters(Families& families, const std::string& name, const std::string& vendor)
        : families_(families),
          name_(name),
          accepted_(families.requests.Add({{"source", name}, {"outcome", "accepted"}})),
          duplicate_(families.requests.Add({{"source", name}, {"outcome", "duplicate"}})),
          handshake_(families.requests.Add({{"source", name}, {"outcome", "handshake"}})),
          rejected_(families.requests.Add({{"source", name}, {"outcome", "rejected"}})),
          unavailable_(families.requests.Add({{"source", name}, {"outcome", "unavailable"}})),
          duplicates_(families.duplicates.Add({{"source", name}})),
          ambiguous_(families.ambiguous_bodies.Add({{"source", name}})),
          events_(families.events, {{"source", name}, {"vendor", vendor}}, "type"),
          reasons_(families.rejections, {{"source", name}}, "reason"),
          secrets_(families.secret_used, {{"source", name}}, "secret") {}

    void accepted(std::string_view type, std::size_t secret_index) override {
        accepted_.Increment();
        events_[type].Increment();
        count_secret(secret_index);
        made(last_event_, families_.source_last_event).Set(in_seconds(about_now().time_since_epoch()));
    }

    void duplicate(std::size_t secret_index) override {
        duplicate_.Increment();
        duplicates_.Increment();
        count_secret(secret_index);
    }

    void handshake() override { handshake_.Increment(); }

    void rejected(std::string_view reason) override {
        rejected_.Increment();
        reasons_[reason].Increment();
    }

    void unavailable(std::string_view reason) override {
        unavailable_.Increment();
        reasons_[reason].Increment();
    }

    void answered_after(std::chrono::nanoseconds since_head) override {
        families_.ack.observe(whole_nanoseconds(since_head));
    }

    void ambiguous() override { ambiguous_.Increment(); }

    void set_clock_skew(std::chrono::microseconds skew) override {
        made(clock_skew_, families_.clock_skew).Set(in_seconds(skew));
    }

    MetricCounts::Source counts() const {
        return {name_, whole(accepted_.Value()), whole(duplicate_.Value()), reasons_.counts()};
    }

private:
    void count_secret(std::size_t index) {
        std::array<char, 20> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), index).ptr;
        secrets_[std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()))].Increment();
    }

    // The gauge is made with the first value: one that says 1970 would look like a source silent for decades.
    // Two threads that race for the first value get the same gauge.
    Gauge& made(std::atomic<Gauge*>& slot, Family<Gauge>& family) {
        Gauge* gauge = slot.load(std::memory_order_acquire);
        if (gauge == nullptr) {
            gauge = &family.Add({{"source", name_}});
            slot.store(gauge, std::memory_order_release);
        }
        return *gauge;
    }

    Families& families_;
    const std::string name_;
    Counter& accepted_;
    Counter& duplicate_;
    Counter& handshake_;
    Counter& rejected_;
    Counter& unavailable_;
    Counter& duplicates_;
    Counter& ambiguous_;
    CounterSet events_;
    CounterSet reasons_;
    CounterSet secrets_;
    std::atomic<Gauge*> last_event_{nullptr};
    std::atomic<Gauge*> clock_skew_{nullptr};
};

class SinkCounters final : public SinkMetrics {
public:
    SinkCounters(Families& families, const std::string& name)
        : delivered_(families.deliveries.Add({{"sink", name}, {"outcome", "delivered"}})),
          retried_(families.deliveries.Add({{"sink", name}, {"outcome", "retried"}})),
          dead_(families.deliveries.Add({{"sink", name}, {"outcome", "dead"}})),
          lag_(families.sink_lag.Add({{"sink", name}})),
          backlog_(families.sink_backlog.Add({{"sink", name}})),
          dead_letters_(families.dead_letters.Add({{"sink", name}})),
          failing_(families.sink_failing.Add({{"sink", name}})),
          breaker_open_(families.sink_breaker_open.Add({{"sink", name}})) {
        families.dead_letters_expired.Add({{"sink", name}});  // from 0: the first rise is seen
    }

    void delivered(std::size_t events) override { delivered_.Increment(static_cast<double>(events)); }
    void retried() override { retried_.Increment(); }
    void dead_lettered() override { dead_.Increment(); }
    void set_lag(std::chrono::nanoseconds age) override { lag_.Set(in_seconds(age)); }
    void set_backlog(std::uint64_t events) override { backlog_.Set(static_cast<double>(events)); }
    void set_dead_letters(std::uint64_t events) override { dead_letters_.Set(static_cast<double>(events)); }
    void set_failing(std::chrono::nanoseconds since) override { failing_.Set(in_seconds(since)); }
    void set_breaker_open(bool open) override { breaker_open_.Set(open ? 1 : 0); }

private:
    Counter& delivered_;
    Counter& retried_;
    Counter& dead_;
    Gauge& lag_;
    Gauge& backlog_;
    Gauge& dead_letters_;
    Gauge& failing_;
    Gauge& breaker_open_;
};

class JournalCounters final : public JournalMetrics {
public:
    explicit JournalCounters(Families& families)
        : families_(families),
          bytes_(families.journal_bytes.Add({})),
          used_(families.journal_used.Add({})),
          disk_free_(families.disk_free.Add({})),
          rejections_unrecorded_(families.rejections_unrecorded.Add({})),
          clock_jumps_(families.clock_jumps.Add({})) {}

    void committed(std::size_t events, std::chrono::nanoseconds took) override {
        families_.commit.observe(whole_nanoseconds(took));
        families_.commit_batch.observe(events);
    }
    void set_bytes(std::uint64_t bytes, std::uint64_t used) override {
        bytes_.Set(static_cast<double>(bytes));
        used_.Set(static_cast<double>(used));
    }
    void set_disk_free(std::uint64_t bytes) override { disk_free_.Set(static_cast<double>(bytes)); }
    void rejections_unrecorded(std::size_t rejections) noexcept override {
        rejections_unrecorded_.Increment(static_cast<double>(rejections));
    }
    void clock_jumped() override { clock_jumps_.Increment(); }
    void dead_letters_expired(const std::string& sink, std::size_t events) override {
        families_.dead_letters_expired.Add({{"sink", sink}}).Increment(static_cast<double>(events));
    }

private:
    Families& families_;
    Gauge& bytes_;
    Gauge& used_;
    Gauge& disk_free_;
    Counter& rejections_unrecorded_;
    Counter& clock_jumps_;
};

// The count comes from the log itself, which exists before any Metrics.
prometheus::MetricFamily lost_log_lines() {
    prometheus::ClientMetric lines;
    lines.counter.value = static_cast<double>(log_lines_lost());
    return {"chathook_log_lines_lost_total",
            "Log lines dropped because whoever reads the log took none for too long.",
            prometheus::MetricType::Counter,
            {lines}};
}

class PrometheusMetrics final : public Metrics {
public:
    explicit PrometheusMetrics(std::string_view version)
        : families_(registry_),
          journal_(families_),
          unrouted_(families_.requests.Add({{"source", ""}, {"outcome", "rejected"}})),
          unrouted_reasons_(families_.rejections, {{"source", ""}}, "reason") {
        families_.build_info.Add({{"version", std::string(version)}}).Set(1);
    }

    SourceMetrics& source(const std::string& name, const std::string& vendor) override {
        return one_of(sources_, name,
                      [&] { return std::make_unique<SourceCounters>(families_, name, vendor); });
    }

    SinkMetrics& sink(const std::string& name) override {
        return one_of(sinks_, name, [&] { return std::make_unique<SinkCounters>(families_, name); });
    }

    JournalMetrics& journal() override { return journal_; }

    void rejected_unrouted(std::string_view reason) override {
        unrouted_.Increment();
        unrouted_reasons_[reason].Increment();
    }

    std::string text() const override {
        auto families = registry_.Collect();
        families.push_back(lost_log_lines());
        for (const auto* histogram : {&families_.ack, &families_.commit, &families_.commit_batch}) {
            for (auto& family : histogram->Collect()) families.push_back(std::move(family));
        }
        return prometheus::TextSerializer().Serialize(families);
    }

    MetricCounts counts() const override {
        MetricCounts counts;
        for (const std::uint64_t bound : families_.ack.upper_bounds())
            counts.answer_bounds.emplace_back(bound);
        counts.answers = families_.ack.counts();
        counts.journal_bytes = whole(families_.journal_bytes.Add({}).Value());
        counts.journal_used_bytes = whole(families_.journal_used.Add({}).Value());
        counts.disk_free_bytes = whole(families_.disk_free.Add({}).Value());
        counts.sources.push_back({{}, 0, 0, unrouted_reasons_.counts()});
        const std::lock_guard lock(making_);
        for (const auto& [name, source] : sources_) counts.sources.push_back(source->counts());
        return counts;
    }

private:
    template <class Counters, class Make>
    Counters& one_of(std::map<std::string, std::unique_ptr<Counters>>& made, const std::string& name,
                     Make make) {
        const std::lock_guard lock(making_);
        auto& slot = made[name];
        if (slot == nullptr) slot = make();
        return *slot;
    }

    Registry registry_;
    Families families_;
    JournalCounters journal_;
    Counter& unrouted_;
    CounterSet unrouted_reasons_;
    mutable std::mutex making_;  // guards the maps, used at start-up and on a reload, never on a request
    std::map<std::string, std::unique_ptr<SourceCounters>> sources_;
    std::map<std::string, std::unique_ptr<SinkCounters>> sinks_;
};

}  // namespace

std::unique_ptr<Metrics> make_metrics(std::string_view version) {
    return std::make_unique<PrometheusMetrics>(version);
}

}  // namespace chathook
