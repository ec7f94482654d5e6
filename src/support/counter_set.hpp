// Counters of one family that differ in one label whose values are known only at run time: event types,
// reasons, secret indexes. Header only. Any thread; no lock once a value has been seen.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chathook {

class CounterSet {
public:
    // Further values are counted together as "other", so that no sender can fill memory with labels.
    static constexpr std::size_t values_max = 32;

    // `fixed` are the labels that all counters share; `family` outlives this.
    CounterSet(prometheus::Family<prometheus::Counter>& family, prometheus::Labels fixed, std::string label)
        : family_(family), fixed_(std::move(fixed)), label_(std::move(label)) {}

    prometheus::Counter& operator[](std::string_view value) {
        const std::size_t known = size_.load(std::memory_order_acquire);
        if (auto* counter = find(value, 0, known)) return *counter;
        return add(value, known);
    }

    // The values and their counts, without "other".
    std::vector<std::pair<std::string, std::uint64_t>> counts() const {
        std::vector<std::pair<std::string, std::uint64_t>> counts;
        const std::size_t known = size_.load(std::memory_order_acquire);
        for (std::size_t i = 0; i < known; ++i)
            counts.emplace_back(slots_[i].value, static_cast<std::uint64_t>(slots_[i].counter->Value()));
        return counts;
    }

private:
    struct Slot {
        std::string value;
        prometheus::Counter* counter = nullptr;
    };

    prometheus::Counter* find(std::string_view value, std::size_t from, std::size_t to) const noexcept {
        for (std::size_t i = from; i < to; ++i) {
            if (slots_[i].value == value) return slots_[i].counter;
        }
        return nullptr;
    }

    prometheus::Counter& add(std::string_view value, std::size_t searched) {
        const std::lock_guard lock(adding_);
        const std::size_t size = size_.load(std::memory_order_relaxed);
        if (auto* counter = find(value, searched, size)) return *counter;
        if (size == values_max) return counter_of("other");
        slots_[size] = {std::string(value), &counter_of(std::string(value))};
        size_.store(size + 1, std::memory_order_release);
        return *slots_[size].counter;
    }

    prometheus::Counter& counter_of(const std::string& value) {
        prometheus::Labels labels = fixed_;
        labels.emplace(label_, value);
        return family_.Add(labels);
    }

    prometheus::Family<prometheus::Counter>& family_;
    const prometheus::Labels fixed_;
    const std::string label_;
    std::array<Slot, values_max> slots_;  // elements [0, size_) never change again
    std::atomic<std::size_t> size_{0};
    std::mutex adding_;
};

}  // namespace chathook
