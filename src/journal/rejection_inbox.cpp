#include "journal/rejection_inbox.hpp"

#include <utility>

namespace chathook::journal {

void RejectionInbox::put(Rejection rejection) noexcept {
    try {
        if (rejection.header_names.size() > Rejection::header_names_max) {
            rejection.header_names.resize(Rejection::header_names_max);
        }
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= entries_max) {
            count_unrecorded(1);
            return;
        }
        if (raw_bytes_ + rejection.raw.size() > raw_bytes_max) rejection.raw = {};
        const std::size_t raw_bytes = rejection.raw.size();
        waiting_.push_back(std::move(rejection));
        raw_bytes_ += raw_bytes;
        entries_ = waiting_.size();
    } catch (...) {  // out of memory
        count_unrecorded(1);
    }
}

void RejectionInbox::count_unrecorded(std::size_t entries) noexcept {
    if (entries == 0) return;
    unrecorded_ += entries;
    metrics_.rejections_unrecorded(entries);
}

std::vector<Rejection> RejectionInbox::take() {
    std::vector<Rejection> taken;
    const std::lock_guard lock(mutex_);
    std::size_t bytes = 0;
    while (!waiting_.empty()) {
        bytes += waiting_.front().raw.size();
        if (bytes > taken_bytes_max && !taken.empty()) break;
        raw_bytes_ -= waiting_.front().raw.size();
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    entries_ = waiting_.size();
    return taken;
}

}  // namespace chathook::journal
