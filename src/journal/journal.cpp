#include "journal/journal.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include "journal/engine.hpp"
#include "journal/queue.hpp"
#include "journal/writer.hpp"
#include "support/threads.hpp"

namespace chathook::journal {
namespace {

// How long seal_erasure() waits for readers, which may be those of other programs.
constexpr std::chrono::seconds seal_timeout{10};

// Events or refused requests that one transaction erases.
constexpr std::size_t erased_max = 32;

void add(Erased& all, const Erased& some) {
    all.events += some.events;
    all.dead_letters += some.dead_letters;
    for (const Erased::AtSink& at : some.sinks) {
        auto known = std::find_if(all.sinks.begin(), all.sinks.end(),
                                  [&](const Erased::AtSink& other) { return other.sink == at.sink; });
        if (known == all.sinks.end()) {
            all.sinks.push_back(at);
            continue;
        }
        known->delivered += at.delivered;
        known->skipped += at.skipped;
        known->under_way += at.under_way;
        known->tried += at.tried;
        known->given_up += at.given_up;
    }
}

// A suspended append(), its coroutine's type hidden from the queue.
template <class Handler>
class HandlerWaiter final : public Waiter {
public:
    explicit HandlerWaiter(Handler handler)
        : Waiter(boost::asio::get_associated_executor(handler)), handler_(std::move(handler)) {}
    void resume(Result<Appended> result) override { std::move(handler_)(std::move(result)); }

private:
    Handler handler_;
};

// The same for a parcel, whose answers are in `pending`.
template <class Handler>
class ParcelWaiter final : public Waiter {
public:
    ParcelWaiter(Handler handler, std::shared_ptr<PendingParcel> pending)
        : Waiter(boost::asio::get_associated_executor(handler)),
          handler_(std::move(handler)),
          pending_(std::move(pending)) {}
    void resume(Result<Appended> result) override {
        if (!result) return std::move(handler_)(Result<std::vector<Appended>>(result.error()));
        std::move(handler_)(Result<std::vector<Appended>>(std::move(pending_->appended)));
    }

private:
    Handler handler_;
    std::shared_ptr<PendingParcel> pending_;
};

class CommittingJournal final : public Journal {
public:
    CommittingJournal(const OpenEngine& open_engine, const JournalSettings& settings, JournalMetrics& metrics,
                      Writer::Fatal on_fatal)
        : keeps_rejections_(settings.rejections_keep > 0),
          recall_patience_(settings.recall_patience),
          queue_(settings),
          writer_(open_engine(settings, metrics, shared_), settings, queue_, shared_, metrics,
                  std::move(on_fatal)) {
        writer_thread_ = start_thread("journal", [this] { writer_.run(); });
        watchdog_thread_ = start_thread("journal-watch", [this] { queue_.watch(); });
    }

    ~CommittingJournal() override { stop(); }

    Awaitable<Result<Appended>> append(std::shared_ptr<const Event> event, SinkSet sinks) override {
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&,
                                           void(Result<Appended>)>(
            [this](auto handler, std::shared_ptr<const Event> queued, SinkSet routed) {
                using Handler = decltype(handler);
                queue_.push(std::move(queued), std::move(routed),
                            std::make_unique<HandlerWaiter<Handler>>(std::move(handler)));
            },
            use_awaitable, std::move(event), std::move(sinks));
    }

    Awaitable<Result<std::vector<Appended>>> append(std::shared_ptr<const Parcel> parcel) override {
        assert(is_valid(*parcel));
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&,
                                           void(Result<std::vector<Appended>>)>(
            [this](auto handler, std::shared_ptr<const Parcel> queued) {
                auto pending = std::make_shared<PendingParcel>(PendingParcel{std::move(queued), {}});
                auto waiter = std::make_unique<ParcelWaiter<decltype(handler)>>(std::move(handler), pending);
                queue_.push(std::move(pending), std::move(waiter));
            },
            use_awaitable, std::move(parcel));
    }

    Result<void> settle(SinkNumber sink, std::vector<Settlement> settlements) override {
        return queue_.settle(sink, std::move(settlements));
    }

    Result<SinkNumber> sink_number(std::string_view name) override {
        return queue_.sink_number(std::string(name));
    }

    Result<std::size_t> redeliver(SinkNumber sink, std::vector<std::uint64_t> sequences) override {
        const auto due = change<std::size_t>(sequences, [&](Ledgers& ledgers) {
            return ledgers.engine.redeliver(sink, sequences, ledgers.now);
        });
        if (due && *due > 0) writer_.listeners().redelivered(sink);
        return due;
    }

    Result<std::size_t> discard(SinkNumber sink, std::vector<std::uint64_t> sequences) override {
        return change<std::size_t>(sequences,
                                   [&](Ledgers& ledgers) { return ledgers.engine.discard(sink, sequences); });
    }

    Result<Erased> erase(std::vector<std::uint64_t> sequences,
                         std::vector<std::uint64_t> rejections) override {
        const std::lock_guard one_at_a_time(erasing_);
        std::sort(sequences.begin(), sequences.end());
        const Holdings::Recall recall(holdings_, std::make_shared<const Sequences>(sequences),
                                      sequences.empty() ? std::chrono::milliseconds(0) : recall_patience_);
        // What is erased is overwritten, so a transaction writes as much as it frees. Each erases a few
        // records.
        Erased all;
        for (std::span rest(sequences); !rest.empty();) {
            const auto some = rest.first(std::min(rest.size(), erased_max));
            rest = rest.subspan(some.size());
            const auto erased = change<Erased>(some, [&](Ledgers& ledgers) {
                return ledgers.engine.erase(some, recall.remainders(), ledgers.now);
            });
            if (!erased) return erased.error();
            add(all, *erased);
        }
        for (std::span rest(rejections); !rest.empty();) {
            const auto some = rest.first(std::min(rest.size(), erased_max));
            rest = rest.subspan(some.size());
            const auto forgotten = change<std::size_t>(
                some, [&](Ledgers& ledgers) { return ledgers.engine.forget_rejections(some); });
            if (!forgotten) return forgotten.error();
            all.rejections += *forgotten;
        }
        return all;
    }

    Result<Sealed> seal_erasure() override {
        if (const auto sealed = queue_.seal(std::chrono::steady_clock::now() + seal_timeout); !sealed) {
            return sealed.error();
        }
        return Sealed{writer_.copies()};
    }

    void reject(Rejection rejection) noexcept override {
        if (keeps_rejections_) writer_.rejections().put(std::move(rejection));
    }
    bool keeps_rejections() const noexcept override { return keeps_rejections_; }
    std::uint64_t unrecorded_rejections() const noexcept override {
        return writer_.rejections().unrecorded();
    }
    Result<void> record_rejections() override {
        // At least one round, because the writer may be recording what it took from the inbox before. After
        // the maximum number of rounds everything is recorded that was in the inbox at the beginning.
        constexpr std::size_t rounds_max =
            2 * RejectionInbox::raw_bytes_max / RejectionInbox::taken_bytes_max;
        RejectionInbox& inbox = writer_.rejections();
        for (std::size_t round = 0; round == 0 || (round < rounds_max && !inbox.empty()); ++round) {
            std::size_t taken = 0;
            const auto done = queue_.change([&](Ledgers& ledgers) {
                const auto rejections = inbox.take();
                taken = rejections.size();
                ledgers.rejections.record(rejections, ledgers.now);
            });
            if (done) continue;
            inbox.count_unrecorded(taken);
            return done.error();
        }
        return {};
    }
    Result<void> record_rejections_within(std::chrono::milliseconds patience) override {
        if (!keeps_rejections_) return {};
        return queue_.record(std::chrono::steady_clock::now() + patience);
    }
    Result<std::size_t> forget_rejections(std::vector<std::uint64_t> numbers) override {
        return change<std::size_t>(
            numbers, [&](Ledgers& ledgers) { return ledgers.engine.forget_rejections(numbers); });
    }

    void add_holding(SinkNumber sink, const std::shared_ptr<Holding>& holding) override {
        holdings_.add(sink, holding);
    }

    std::unique_ptr<Reader> open_reader() override { return writer_.open_reader(); }

    Instant clock() const noexcept override { return shared_.ages->now(); }
    Instant date() const noexcept override { return shared_.ages->date(); }

    std::size_t subscribe(std::function<void(std::uint64_t)> listener) override {
        return writer_.listeners().add(Listeners::OfCommits(std::move(listener)));
    }
    std::size_t subscribe_redelivered(std::function<void(SinkNumber)> listener) override {
        return writer_.listeners().add(Listeners::OfRedeliveries(std::move(listener)));
    }
    void unsubscribe(std::size_t subscription) override { writer_.listeners().remove(subscription); }

    bool alive() const override { return stopped_ || writer_.alive(); }

    Health health() const override {
        if (stopped_) return {false, "the journal is closed: the daemon is stopping"};
        return writer_.health();
    }

    void stop() override {
        const std::lock_guard lock(stop_mutex_);
        if (!writer_thread_.joinable()) return;
        stopped_ = true;
        shared_.progress->end_reading();
        queue_.close();
        writer_thread_.join();
        // The watchdog ends last, so that a commit that hangs during the stop is still answered in time.
        queue_.end_watch();
        watchdog_thread_.join();
    }

private:
    // Has the writer call `make` in one transaction, and returns its result. The caller waits meanwhile, so
    // references stay valid.
    template <class Answer, class Change>
    Result<Answer> change([[maybe_unused]] std::span<const std::uint64_t> what, const Change& make) {
        assert(what.size() <= changes_max);
        Answer answer{};
        const auto done = queue_.change([&](Ledgers& ledgers) { answer = make(ledgers); });
        if (!done) return done.error();
        return answer;
    }

    const bool keeps_rejections_;
    const std::chrono::milliseconds recall_patience_;
    Holdings holdings_;
    std::mutex erasing_;
    Queue queue_;
    const Shared shared_{std::make_shared<Progress>(), std::make_shared<Recent>(), std::make_shared<Ages>()};
    Writer writer_;
    std::mutex stop_mutex_;
    std::atomic<bool> stopped_{false};
    std::jthread writer_thread_;
    std::jthread watchdog_thread_;
};

}  // namespace

std::unique_ptr<Journal> open_journal(const OpenEngine& open_engine, const JournalSettings& settings,
                                      JournalMetrics& metrics,
                                      std::function<void(const std::string& reason)> on_fatal) {
    try {
        return std::make_unique<CommittingJournal>(open_engine, settings, metrics, std::move(on_fatal));
    } catch (const EngineError& error) {
        throw OpenError(ExitCode::io_error, "cannot read the journal in " + settings.directory.string() +
                                                ": " + error.what() +
                                                "; check its disk and restore a backup");
    }
}

}  // namespace chathook::journal
