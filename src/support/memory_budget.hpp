// A fixed number of bytes of memory shared by all coroutines that need some. Requests are granted in order,
// so that a large one does not starve. Any thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "support/async.hpp"
#include "support/wakeup.hpp"

namespace chathook {

class MemoryBudget {
public:
    // A granted share; the destructor returns it.
    class Part {
    public:
        Part() = default;
        Part(Part&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
        Part& operator=(Part&& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        ~Part() {
            if (budget_ != nullptr) budget_->give_back(bytes_);
        }

    private:
        friend class MemoryBudget;
        Part(MemoryBudget& budget, std::size_t bytes) noexcept : budget_(&budget), bytes_(bytes) {}
        MemoryBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

    // The order in the queue: every `first` before every `last`, otherwise in the order of the calls.
    enum class Turn : unsigned char { first, last };

    explicit MemoryBudget(std::size_t bytes) : bytes_(bytes) {}
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    // Waits for its turn. A request for more than size() gets size(), that is, the whole budget.
    Awaitable<Part> take(std::size_t bytes, Turn turn);

    std::size_t size() const noexcept { return bytes_; }
    std::size_t used() const;
    std::size_t waiting() const;

private:
    struct Waiting {
        std::size_t bytes;
        Turn turn;
        bool served;
        std::shared_ptr<Wakeup> wakeup;
    };
    class Place;

    std::list<Waiting>::iterator queue(std::size_t bytes, Turn turn, std::shared_ptr<Wakeup> wakeup);
    bool try_take(std::size_t bytes);
    void give_back(std::size_t bytes) noexcept;
    void serve();

    const std::size_t bytes_;
    mutable std::mutex mutex_;
    std::size_t used_ = 0;
    std::list<Waiting> waiting_;  // includes served ones until they have woken up
    std::size_t unserved_ = 0;
};

}  // namespace chathook
