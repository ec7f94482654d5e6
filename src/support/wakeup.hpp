// Lets one coroutine sleep until another thread wakes it, or until a deadline.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>

#include "support/async.hpp"

namespace chathook {

// Shared, because wake() may be called after the sleeper was destroyed.
class Wakeup : public std::enable_shared_from_this<Wakeup> {
public:
    using Clock = std::chrono::steady_clock;

    // `executor`: that of the coroutine that will sleep.
    explicit Wakeup(const Executor& executor) : executor_(executor), timer_(executor) {}

    // On the executor's thread. True: woken, immediately if wake() was called before; false: `until` was
    // reached.
    Awaitable<bool> sleep(Clock::time_point until = Clock::time_point::max());

    // Any thread, while the executor's io_context lives. Permanent: all later calls of sleep() return
    // immediately.
    void wake();

private:
    using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

    Executor executor_;
    Timer timer_;
    std::atomic<bool> woken_{false};
};

}  // namespace chathook
