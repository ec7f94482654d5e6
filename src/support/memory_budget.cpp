#include "support/memory_budget.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace chathook {

// A place in the queue. A coroutine that is destroyed while it waits, because its io_context ends, leaves the
// queue, or returns its share if it was served meanwhile.
class MemoryBudget::Place {
public:
    Place(MemoryBudget& budget, std::list<Waiting>::iterator at) noexcept : budget_(budget), at_(at) {}
    ~Place() {
        const std::lock_guard lock(budget_.mutex_);
        if (!at_->served) {
            --budget_.unserved_;
        } else if (!taken_) {
            budget_.used_ -= at_->bytes;
        }
        budget_.waiting_.erase(at_);
        budget_.serve();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // A waiter is woken only after it was served.
    void take() noexcept { taken_ = true; }

private:
    MemoryBudget& budget_;
    std::list<Waiting>::iterator at_;
    bool taken_ = false;
};

Awaitable<MemoryBudget::Part> MemoryBudget::take(std::size_t bytes, Turn turn) {
    bytes = std::min(bytes, bytes_);
    if (try_take(bytes)) co_return Part(*this, bytes);
    const auto wakeup = std::make_shared<Wakeup>(co_await boost::asio::this_coro::executor);
    Place place(*this, queue(bytes, turn, wakeup));
    co_await wakeup->sleep();
    place.take();
    co_return Part(*this, bytes);
}

bool MemoryBudget::try_take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (unserved_ > 0 || used_ + bytes > bytes_) return false;
    used_ += bytes;
    return true;
}

std::list<MemoryBudget::Waiting>::iterator MemoryBudget::queue(std::size_t bytes, Turn turn,
                                                               std::shared_ptr<Wakeup> wakeup) {
    const std::lock_guard lock(mutex_);
    const auto behind =
        turn == Turn::last ? waiting_.end() : std::ranges::find_if(waiting_, [](const Waiting& w) {
            return !w.served && w.turn == Turn::last;
        });
    const auto at = waiting_.insert(behind, Waiting{bytes, turn, false, std::move(wakeup)});
    ++unserved_;
    serve();  // memory may have been returned in between
    return at;
}

void MemoryBudget::give_back(std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    used_ -= bytes;
    serve();
}

// Strictly in order: serving smaller requests past a large one would let the large one wait for ever.
void MemoryBudget::serve() {
    for (Waiting& next : waiting_) {
        if (unserved_ == 0) return;
        if (next.served) continue;
        if (used_ + next.bytes > bytes_) return;
        used_ += next.bytes;
        next.served = true;
        --unserved_;
        next.wakeup->wake();
    }
}

std::size_t MemoryBudget::used() const {
    const std::lock_guard lock(mutex_);
    return used_;
}

std::size_t MemoryBudget::waiting() const {
    const std::lock_guard lock(mutex_);
    return unserved_;
}

}  // namespace chathook
