#include "journal/rejection_keeper.hpp"

namespace chathook::journal {
namespace {

// Of one transaction. An engine may overwrite what it deletes, so it writes as many bytes as it frees.
constexpr std::size_t forgotten_max = 256;
constexpr std::uint64_t forgotten_bytes_max = 1 << 20;

}  // namespace

RejectionKeeper::RejectionKeeper(Engine& engine, const JournalSettings& settings)
    : engine_(engine), keep_(settings.rejections_keep), age_(settings.rejections_age) {}

void RejectionKeeper::record(std::span<const Rejection> rejections, Instant now) {
    engine_.record(rejections, now);
    may_be_too_many_ = true;
    forget_surplus(now);
}

// From the oldest on, up to the first that may stay.
std::vector<std::uint64_t> RejectionKeeper::surplus(Instant now) {
    const std::uint64_t last_too_many = may_be_too_many_ ? engine_.last_rejection_before_newest(keep_) : 0;
    may_be_too_many_ = last_too_many > 0;
    std::vector<std::uint64_t> numbers;
    std::uint64_t bytes = 0;
    engine_.visit_rejections(forgotten_max, [&](const RetainedRejection& rejection) {
        if (rejection.number > last_too_many && now - rejection.counted_from <= age_) return false;
        numbers.push_back(rejection.number);
        bytes += rejection.bytes;
        return bytes < forgotten_bytes_max;
    });
    return numbers;
}

bool RejectionKeeper::has_surplus(Instant now) { return !surplus(now).empty(); }

void RejectionKeeper::forget_surplus(Instant now) { engine_.forget_rejections(surplus(now)); }

}  // namespace chathook::journal
