// A small real Handler: echoes the request, waits when told to, streams when asked. Shared by the server's
// threads like any handler.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <vector>

#include "http/handler.hpp"

namespace chathook::http::test {

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Sends its pieces, then ends or waits for ever.
class Pieces final : public BodyStream {
public:
    Pieces(int count, bool endless, std::counting_semaphore<>& gone)
        : count_(count), endless_(endless), gone_(gone) {}
    ~Pieces() override { gone_.release(); }

    Awaitable<std::optional<std::string>> next() override {
        if (sent_ < count_) co_return "piece " + std::to_string(sent_++) + "\n";
        if (endless_) {
            Timer never(co_await boost::asio::this_coro::executor,
                        std::chrono::steady_clock::time_point::max());
            co_await never.async_wait(use_awaitable);
        }
        co_return std::nullopt;
    }

private:
    int count_;
    bool endless_;
    int sent_ = 0;
    std::counting_semaphore<>& gone_;
};

class EchoHandler final : public Handler {
public:
    std::optional<Reply> admit(const Request& request, const Incoming& incoming, Found&) noexcept override {
        Reply reply;
        if (request.path == "/missing") reply.status = 404;
        if (request.path == "/small" && incoming.content_length.value_or(0) > 10) reply.status = 413;
        if (reply.status == 200) return std::nullopt;
        reply.body = "admit";
        return reply;
    }

    Awaitable<Reply> handle(const Request& request, const Found&) override {
        ++handled;
        Reply reply;
        reply.content_type = "text/plain";
        reply.body = request.body;
        if (request.path == "/client") reply.body = request.client;
        if (request.path == "/big") reply.body.assign(32u << 20, 'x');
        if (request.path == "/nothing") reply.status = 204;
        if (request.path == "/close") reply.close = true;
        if (request.path == "/throw") throw std::runtime_error("as asked");
        if (request.path == "/wait") co_await wait();
        if (request.path == "/stream") reply.stream = std::make_shared<Pieces>(3, false, stream_gone);
        if (request.path == "/endless") reply.stream = std::make_shared<Pieces>(1, true, stream_gone);
        co_return reply;
    }

    void refused(std::string_view reason, unsigned status, std::string_view client) noexcept override {
        const std::lock_guard lock(mutex_);
        refusals_.push_back(std::to_string(status) + " " + std::string(reason) + " " + std::string(client));
    }

    // With the path, which only an admitted request has, and the body's size.
    void refused_body(const Request& request, const Found&, std::string_view reason, unsigned status,
                      std::uint64_t body_size) noexcept override {
        const std::lock_guard lock(mutex_);
        refusals_.push_back(std::to_string(status) + " " + std::string(reason) + " of " +
                            std::string(request.path) + ", " + std::to_string(body_size) + " bytes");
    }

    // Returns what refused() and refused_body() were told, in order, and forgets it.
    std::vector<std::string> take_refusals() {
        const std::lock_guard lock(mutex_);
        return std::exchange(refusals_, {});
    }

    // Lets one waiting request continue.
    void release() {
        const std::lock_guard lock(mutex_);
        const auto timer = waiting_.back();
        waiting_.pop_back();
        boost::asio::post(timer->get_executor(), [timer] { timer->cancel(); });
    }

    // Drops requests that still wait; call it before the server is destroyed.
    void forget() {
        const std::lock_guard lock(mutex_);
        waiting_.clear();
    }

    std::atomic<int> handled{0};
    std::counting_semaphore<> entered{0};  // released by each request that begins to wait
    std::counting_semaphore<> stream_gone{0};

private:
    Awaitable<> wait() {
        const auto timer = std::make_shared<Timer>(co_await boost::asio::this_coro::executor,
                                                   std::chrono::steady_clock::time_point::max());
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(timer);
        }
        entered.release();
        boost::system::error_code cancelled;
        co_await timer->async_wait(boost::asio::redirect_error(use_awaitable, cancelled));
    }

    std::mutex mutex_;
    std::vector<std::string> refusals_;
    std::vector<std::shared_ptr<Timer>> waiting_;
};

}  // namespace chathook::http::test
