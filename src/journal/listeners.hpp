// The subscribers to commits and to redeliveries. Any thread; a listener is called with the lock held, so
// that remove() waits for a running call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "journal/ledgers.hpp"

namespace chathook::journal {

class Listeners {
public:
    using OfCommits = std::function<void(std::uint64_t newest)>;
    using OfRedeliveries = std::function<void(SinkNumber sink)>;

    std::size_t add(OfCommits listener) {
        const std::lock_guard lock(mutex_);
        of_commits_.emplace(++subscriptions_, std::move(listener));
        return subscriptions_;
    }
    std::size_t add(OfRedeliveries listener) {
        const std::lock_guard lock(mutex_);
        of_redeliveries_.emplace(++subscriptions_, std::move(listener));
        return subscriptions_;
    }
    void remove(std::size_t subscription) {
        const std::lock_guard lock(mutex_);
        of_commits_.erase(subscription);
        of_redeliveries_.erase(subscription);
    }

    void committed(std::uint64_t newest) const {
        const std::lock_guard lock(mutex_);
        for (const auto& [subscription, listener] : of_commits_) listener(newest);
    }
    void redelivered(SinkNumber sink) const {
        const std::lock_guard lock(mutex_);
        for (const auto& [subscription, listener] : of_redeliveries_) listener(sink);
    }

private:
    mutable std::mutex mutex_;
    std::map<std::size_t, OfCommits> of_commits_;
    std::map<std::size_t, OfRedeliveries> of_redeliveries_;
    std::size_t subscriptions_ = 0;
};

}  // namespace chathook::journal
