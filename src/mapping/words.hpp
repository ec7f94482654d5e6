// Things by word, found by halving a sorted list: a vendor's events, tables of words. Immutable once made;
// any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/ascii.hpp"

namespace chathook::mapping {

enum class Case : unsigned char { counts, ignored };

template <class T>
class Words {
public:
    using Entry = std::pair<std::string, T>;

    Words() = default;

    // No two of the words are equal. Case is that of ASCII letters.
    explicit Words(std::vector<Entry> entries, Case letters = Case::counts)
        : entries_(std::move(entries)), case_(letters) {
        if (case_ == Case::ignored) {
            for (Entry& entry : entries_) std::ranges::transform(entry.first, entry.first.begin(), to_lower);
        }
        std::ranges::sort(entries_, {}, [](const Entry& entry) {
            return std::pair(entry.first.size(), std::string_view(entry.first));
        });
    }

    // Null if the word is not there.
    const T* find(std::string_view word) const noexcept {
        const auto at = std::lower_bound(
            entries_.begin(), entries_.end(), word,
            [this](const Entry& entry, std::string_view wanted) { return order(entry.first, wanted) < 0; });
        return at != entries_.end() && order(at->first, word) == 0 ? &at->second : nullptr;
    }

    const std::vector<Entry>& entries() const noexcept { return entries_; }

private:
    // By length first, because most words differ in it. `wanted` is of the outside, in any case.
    int order(std::string_view ours, std::string_view wanted) const noexcept {
        if (ours.size() != wanted.size()) return ours.size() < wanted.size() ? -1 : 1;
        if (case_ == Case::counts) return ours.compare(wanted);
        for (std::size_t i = 0; i < ours.size(); ++i) {
            const auto left = static_cast<unsigned char>(ours[i]);
            const auto right = static_cast<unsigned char>(to_lower(wanted[i]));
            if (left != right) return left < right ? -1 : 1;
        }
        return 0;
    }

    std::vector<Entry> entries_;
    Case case_ = Case::counts;
};

}  // namespace chathook::mapping
