#include "admin/event_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <stdexcept>
#include <utility>

#include "admin/long_answer.hpp"
#include "support/log.hpp"

namespace chathook::admin {

namespace {

namespace asio = boost::asio;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Proxies and clients drop a silent connection after a minute or so.
constexpr std::chrono::seconds heartbeat{15};

// How long an EventSource waits before it reconnects, in milliseconds.
constexpr std::string_view begin = "retry: 2000\n\n";
constexpr std::string_view still_here = ": still here\n\n";
constexpr std::string_view unreadable_now =
    ": cut: the journal cannot be read now; see the log of chathookd\n\n";

// Wakes a waiting stream from the journal's writer thread; shared, because a wake-up may be in progress when
// the stream ends.
struct Bell {
    explicit Bell(Executor executor) : timer(executor) {}

    void ring(const std::shared_ptr<Bell>& self) {
        if (rung.exchange(true)) return;
        asio::post(timer.get_executor(), [self] { self->timer.cancel(); });
    }

    Timer timer;
    std::atomic<bool> rung{false};
};

Part as_server_sent_event(const journal::Reader::Row& row) {
    return {.before = "id: " + std::to_string(row.sequence) + "\nevent: " + row.event->type + "\ndata: ",
            .text = json_of(row.event),
            .of = LongText::Of::event,
            .number = row.sequence,
            .after = "\n\n"};
}

// The sequence of the newest event kept; 0: there is none.
Result<std::uint64_t> newest_in(journal::Reader& reader) {
    journal::Query query;
    query.newest = true;
    query.limit = 1;
    const auto found = reader.find(query);
    if (!found) return found.error();
    return found->empty() ? 0 : found->front().sequence;
}

ReadParts parts_of(StreamQuery asked) {
    asked.query.newest = false;
    return [query = std::move(asked.query), latest = asked.latest](
               journal::Reader& reader, std::size_t bytes_max) mutable -> Result<Batch> {
        if (std::exchange(latest, false)) {
            const auto newest = newest_in(reader);
            if (!newest) return newest.error();
            query.after_sequence = *newest;
        }
        query.limit = journal::changes_max;
        query.bytes_max = bytes_max;
        const auto found = reader.find(query);
        if (!found) return found.error();
        Batch batch{{}, found->more};
        for (const auto& row : *found) batch.parts.push_back(as_server_sent_event(row));
        query.after_sequence = found->passed;
        return batch;
    };
}

class EventStream final : public http::BodyStream {
public:
    EventStream(const StreamPlace& place, StreamQuery query, std::string client)
        : place_(place), pieces_(place.texts, parts_of(std::move(query))), client_(std::move(client)) {}

    ~EventStream() override {
        if (bell_) place_.journal.unsubscribe(subscription_);
        place_.open.leave();
    }

    Awaitable<std::optional<std::string>> next() override {
        if (!bell_) {
            subscribe(co_await asio::this_coro::executor);
            co_return std::string(begin);
        }
        if (failed_) throw std::runtime_error("the journal cannot be read any more");
        for (;;) {
            bell_->rung = false;
            pieces_.look_again();
            auto piece = co_await place_.desk.run([this] { return pieces_.next(); });
            if (!piece) co_return fail(piece.error());
            if (!piece->empty()) {
                bytes_ += piece->size();
                co_return std::move(*piece);
            }
            if (pieces_.drained() && !co_await wait_for_bell()) co_return std::string(still_here);
        }
    }

    void not_read() noexcept override { cut("the client did not read"); }

private:
    void subscribe(Executor executor) {
        bell_ = std::make_shared<Bell>(executor);
        subscription_ = place_.journal.subscribe([bell = bell_](std::uint64_t) { bell->ring(bell); });
    }

    // Whether something was committed; false when only time passed.
    Awaitable<bool> wait_for_bell() {
        boost::system::error_code error;
        bell_->timer.expires_after(heartbeat);
        if (bell_->rung) co_return true;
        co_await bell_->timer.async_wait(asio::redirect_error(use_awaitable, error));
        co_return bell_->rung.load();
    }

    // Reports the error as a comment if possible, which is not in the middle of an event; otherwise throws.
    std::string fail(Errc error) {
        cut(reason_code(error));
        if (!pieces_.between_parts()) throw std::runtime_error("the journal cannot be read any more");
        failed_ = true;
        return std::string(unreadable_now);
    }

    void cut(std::string_view reason) const noexcept {
        log(LogLevel::warning, "stream_cut",
            {{"client", client_},
             {"reason", reason},
             {"events", std::to_string(pieces_.parts_begun())},
             {"bytes", std::to_string(bytes_)}});
    }

    StreamPlace place_;
    Pieces pieces_;
    std::string client_;
    std::shared_ptr<Bell> bell_;
    std::size_t subscription_ = 0;
    std::uint64_t bytes_ = 0;
    bool failed_ = false;
};

}  // namespace

std::shared_ptr<http::BodyStream> make_event_stream(const StreamPlace& place, StreamQuery query,
                                                    std::string client) {
    if (!place.open.enter()) return nullptr;
    return std::make_shared<EventStream>(place, std::move(query), std::move(client));
}

}  // namespace chathook::admin
