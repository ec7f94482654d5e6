#include "support/wakeup.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace chathook {

Awaitable<bool> Wakeup::sleep(Clock::time_point until) {
    while (!woken_.load() && Clock::now() < until) {
        timer_.expires_at(until);
        boost::system::error_code cancelled;
        co_await timer_.async_wait(boost::asio::redirect_error(use_awaitable, cancelled));
    }
    co_return woken_.load();
}

// The timer belongs to the executor's thread. A posted handler runs there after the sleeper has begun to wait
// or has seen the flag.
void Wakeup::wake() {
    woken_ = true;
    boost::asio::post(executor_, [self = shared_from_this()] { self->timer_.cancel(); });
}

}  // namespace chathook
