#include "admin/event_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>

namespace chathook::admin {

namespace {

namespace asio = boost::asio;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Proxies and clients give a silent connection up after a minute or so.
constexpr std::chrono::seconds heartbeat{15};
constexpr std::size_t page_events_max = 100;

// Wakes a waiting stream from the journal's writer thread; shared, because a wake may be under way when the
// stream ends.
struct Bell {
    explicit Bell(Executor executor) : timer(executor) {}

    void ring(const std::shared_ptr<Bell>& self) {
        if (rung.exchange(true)) return;
        asio::post(timer.get_executor(), [self] { self->timer.cancel(); });
    }

    Timer timer;
    std::atomic<bool> rung{false};
};

std::string as_server_sent_event(const journal::Reader::Row& row) {
    return "id: " + std::to_string(row.sequence) + "\nevent: " + row.event->type +
           "\ndata: " + row.event->json + "\n\n";
}

class EventStream final : public http::BodyStream {
public:
    EventStream(journal::Journal& journal, Desk& desk, journal::Query query)
        : journal_(journal), desk_(desk), reader_(journal.open_reader()), query_(std::move(query)) {
        query_.limit = page_events_max;
        query_.newest = false;
    }

    ~EventStream() override {
        if (bell_) journal_.unsubscribe(subscription_);
    }

    Awaitable<std::optional<std::string>> next() override {
        if (!bell_) subscribe(co_await asio::this_coro::executor);
        for (;;) {
            bell_->rung = false;
            const auto rows = co_await desk_.run([this] { return reader_->find(query_); });
            if (!rows) co_return std::nullopt;
            if (!rows->empty()) co_return take(*rows);
            if (!co_await wait_for_bell()) co_return std::string(": still here\n\n");
        }
    }

private:
    void subscribe(Executor executor) {
        bell_ = std::make_shared<Bell>(executor);
        subscription_ = journal_.subscribe([bell = bell_](std::uint64_t) { bell->ring(bell); });
    }

    std::string take(const std::vector<journal::Reader::Row>& rows) {
        std::string text;
        for (const auto& row : rows) text += as_server_sent_event(row);
        query_.after_sequence = rows.back().sequence;
        return text;
    }

    // Whether something was committed; false when only time passed.
    Awaitable<bool> wait_for_bell() {
        boost::system::error_code error;
        bell_->timer.expires_after(heartbeat);
        if (bell_->rung) co_return true;
        co_await bell_->timer.async_wait(asio::redirect_error(use_awaitable, error));
        co_return bell_->rung.load();
    }

    journal::Journal& journal_;
    Desk& desk_;
    std::unique_ptr<journal::Reader> reader_;
    journal::Query query_;
    std::shared_ptr<Bell> bell_;
    std::size_t subscription_ = 0;
};

}  // namespace

std::shared_ptr<http::BodyStream> make_event_stream(journal::Journal& journal, Desk& desk,
                                                    journal::Query query) {
    return std::make_shared<EventStream>(journal, desk, std::move(query));
}

}  // namespace chathook::admin
