#include "journal/holding.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chathook::journal {
namespace {

void unite(Sequences& all, const Sequences& some) {
    Sequences both;
    std::set_union(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(both));
    all = std::move(both);
}

}  // namespace

Holding::Notice Holding::take_notice() {
    const std::lock_guard lock(mutex_);
    news_ = false;
    seen_ = true;
    return {withheld_, std::exchange(missed_, {}), std::exchange(stale_, false)};
}

bool Holding::take(std::span<const Delivery> batch) {
    const std::lock_guard lock(mutex_);
    if (news_) return false;
    in_hand_.clear();
    for (const Delivery& delivery : batch) in_hand_.push_back(delivery.sequence);
    at_rest_ = false;
    return true;
}

// The holder continues with other events while the erasure waits for other holders, and no longer knows then
// which of the withheld ones it had tried: so everything that it once reported is kept.
void Holding::put_back(const Sequences& tried) {
    const std::lock_guard lock(mutex_);
    in_hand_.clear();
    if (news_ || !withheld_) return;
    unite(tried_, tried);
    at_rest_ = true;
    changed_.notify_all();
}

Sequences Holding::settling() {
    const std::lock_guard lock(mutex_);
    settling_ = true;
    return under_way_;
}

void Holding::settled() {
    const std::lock_guard lock(mutex_);
    settling_ = false;
    changed_.notify_all();
}

void Holding::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

void Holding::leave() {
    const std::lock_guard lock(mutex_);
    holder_ = nullptr;
    in_hand_.clear();
    ended_ = true;
    settling_ = false;
    changed_.notify_all();
}

void Holding::withhold(std::shared_ptr<const Sequences> sequences) {
    const std::lock_guard lock(mutex_);
    withheld_ = std::move(sequences);
    tried_.clear();
    news_ = true;
    seen_ = false;
    at_rest_ = false;
    if (holder_ != nullptr) holder_->recall();
}

bool Holding::has_withheld_in_hand() const {
    return std::any_of(in_hand_.begin(), in_hand_.end(),
                       [this](std::uint64_t sequence) { return contains(*withheld_, sequence); });
}

Holding::Remainder Holding::wait(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    // A holder that delivers other events may need long for these, so it is not waited for.
    changed_.wait_until(lock, deadline, [this] {
        return ended_ || at_rest_ || (!in_hand_.empty() && !has_withheld_in_hand());
    });
    // A settlement that has begun is waited for: the journal answers it in bounded time, and then it is known
    // what was delivered.
    changed_.wait(lock, [this] { return !settling_ || holder_ == nullptr; });
    Remainder remainder;
    remainder.tried = tried_;
    if (holder_ == nullptr) return remainder;
    const std::size_t begun = std::min(holder_->begun(), in_hand_.size());
    for (std::size_t place = 0; place < begun; ++place) {
        if (contains(*withheld_, in_hand_[place])) remainder.under_way.push_back(in_hand_[place]);
    }
    std::sort(remainder.under_way.begin(), remainder.under_way.end());
    under_way_ = remainder.under_way;
    return remainder;
}

void Holding::release() {
    const std::lock_guard lock(mutex_);
    if (withheld_ && !seen_ && holder_ != nullptr) {
        missed_.insert(missed_.end(), withheld_->begin(), withheld_->end());
        std::sort(missed_.begin(), missed_.end());
    }
    withheld_.reset();
    under_way_.clear();
    news_ = true;
    stale_ = true;
    if (holder_ != nullptr) holder_->recall();
}

void Holdings::add(SinkNumber sink, const std::shared_ptr<Holding>& holding) {
    const std::lock_guard lock(mutex_);
    if (withheld_) holding->withhold(withheld_);
    std::erase_if(holdings_, [](const auto& known) { return known.second.expired(); });
    holdings_.emplace_back(sink, holding);
}

std::vector<std::pair<SinkNumber, std::shared_ptr<Holding>>> Holdings::present() {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<SinkNumber, std::shared_ptr<Holding>>> present;
    for (const auto& [sink, weak] : holdings_) {
        if (auto holding = weak.lock()) present.emplace_back(sink, std::move(holding));
    }
    return present;
}

Holdings::Recall::Recall(Holdings& holdings, std::shared_ptr<const Sequences> sequences,
                         std::chrono::milliseconds patience)
    : holdings_(holdings) {
    {
        const std::lock_guard lock(holdings_.mutex_);
        holdings_.withheld_ = sequences;
    }
    const auto present = holdings_.present();
    for (const auto& [sink, holding] : present) holding->withhold(sequences);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (const auto& [sink, holding] : present) {
        const Holding::Remainder remainder = holding->wait(deadline);
        unite(remainders_[sink].under_way, remainder.under_way);
        unite(remainders_[sink].tried, remainder.tried);
    }
}

Holdings::Recall::~Recall() {
    {
        const std::lock_guard lock(holdings_.mutex_);
        holdings_.withheld_.reset();
    }
    for (const auto& [sink, holding] : holdings_.present()) holding->release();
}

}  // namespace chathook::journal
