#include "http/body_room.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace chathook::http {
namespace {

// The rest, beyond the part of unverified bodies, is enough for one body that is helped to its end, and at
// least a quarter, for those that wait for the disk.
std::uint64_t unproved_part(std::uint64_t inflight, std::uint64_t body) noexcept {
    const std::uint64_t rest = std::max(inflight / 4, body);
    return std::max(inflight > rest ? inflight - rest : 0, body);
}

}  // namespace

BodyRoom::BodyRoom(std::uint64_t inflight_bytes, std::uint64_t body_bytes) noexcept
    : inflight_max_(std::max(inflight_bytes, unproved_part(inflight_bytes, body_bytes) + body_bytes)),
      unproved_max_(unproved_part(inflight_bytes, body_bytes)),
      reserved_(unproved_max_ >= 2 * body_bytes ? unproved_max_ / 8 : 0) {}

void BodyRoom::Body::begin(std::uint64_t client, std::function<void()> end) {
    const std::lock_guard lock(room_.mutex_);
    begun_ = true;
    client_ = client;
    number_ = ++room_.begun_;
    end_ = std::move(end);
    ended_ = proved_ = false;
    paced_bytes_ = 0;
    paced_at_ = Clock::now().time_since_epoch().count();
    room_.bodies_.push_back(this);
}

bool BodyRoom::Body::try_take(std::uint64_t bytes) {
    if (bytes == 0) return true;
    const std::lock_guard lock(room_.mutex_);
    const bool turn = room_.waiting_.empty() || room_.finishing_ == this;
    if (!turn || !room_.fits(*this, bytes)) return false;
    room_.hold(*this, bytes);
    return true;
}

Awaitable<bool> BodyRoom::Body::take(std::uint64_t bytes, Clock::time_point until) {
    const auto wakeup = std::make_shared<Wakeup>(co_await boost::asio::this_coro::executor);
    {
        const std::lock_guard lock(room_.mutex_);
        wanted_ = bytes;
        wakeup_ = wakeup;
        waiting_since_ = Clock::now();
        room_.waiting_.push_back(this);
        room_.serve();
    }
    while (true) {
        const Clock::time_point look = std::min(until, Clock::now() + look_interval);
        const bool woken = co_await wakeup->sleep(look);
        const auto now = Clock::now();
        const std::lock_guard lock(room_.mutex_);
        if (wanted_ == 0) {
            paced_at_ = now.time_since_epoch().count();  // the pause in reading was ours
            co_return true;
        }
        if (woken || now >= until) {
            std::erase(room_.waiting_, this);
            wanted_ = 0;
            co_return false;
        }
        room_.make_room(now);
    }
}

void BodyRoom::Body::has_come(std::uint64_t bytes, Clock::time_point now) noexcept {
    if (bytes < paced_bytes_ + pace_bytes) return;
    paced_bytes_ = bytes;
    paced_at_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

void BodyRoom::Body::finished() {
    if (!begun_) return;
    const std::lock_guard lock(room_.mutex_);
    ended_ = false;
    end_ = nullptr;
}

void BodyRoom::Body::proved() {
    if (!begun_) return;
    const std::lock_guard lock(room_.mutex_);
    if (std::exchange(proved_, true)) return;
    room_.unproved_ -= held_;
    const auto share = room_.clients_.find(client_);
    if (share != room_.clients_.end() && (share->second -= held_) == 0) room_.clients_.erase(share);
    if (room_.finishing_ == this) room_.finishing_ = nullptr;
    room_.serve();
}

void BodyRoom::Body::give_back() noexcept {
    if (!begun_) return;
    const std::lock_guard lock(room_.mutex_);
    begun_ = false;
    room_.release(*this);
    room_.serve();
}

// Whether there is room now. What the finishing body holds does not count against the others.
bool BodyRoom::fits(const Body& body, std::uint64_t bytes) const noexcept {
    if (held_ + bytes > inflight_max_) return false;
    if (finishing_ == &body) return true;
    const std::uint64_t others = unproved_ - (finishing_ == nullptr ? 0 : finishing_->held_.load());
    const bool medium = body.held_ + bytes <= medium_bytes;
    return others + bytes <= unproved_max_ - (medium ? 0 : reserved_);
}

// The order of serving: the finishing body, then the one whose client holds least, then the one that wants
// least, then the oldest.
bool BodyRoom::before(const Body& left, const Body& right) const {
    if (&left == finishing_ || &right == finishing_) return &left == finishing_;
    const auto share = [&](const Body& body) {
        const auto found = clients_.find(body.client_);
        return found == clients_.end() ? 0 : found->second;
    };
    const std::uint64_t left_share = share(left);
    const std::uint64_t right_share = share(right);
    return std::tie(left_share, left.wanted_, left.number_) <
           std::tie(right_share, right.wanted_, right.number_);
}

void BodyRoom::hold(Body& body, std::uint64_t bytes) {
    body.held_ += bytes;
    held_ += bytes;
    if (body.proved_) return;
    unproved_ += bytes;
    clients_[body.client_] += bytes;
}

void BodyRoom::release(Body& body) noexcept {
    std::erase(bodies_, &body);
    if (std::exchange(body.wanted_, 0) != 0) std::erase(waiting_, &body);
    if (finishing_ == &body) finishing_ = nullptr;
    body.ended_ = false;
    const std::uint64_t held = body.held_.exchange(0);
    held_ -= held;
    body.end_ = nullptr;
    body.wakeup_ = nullptr;
    if (body.proved_) return;
    unproved_ -= held;
    const auto share = clients_.find(body.client_);
    if (share != clients_.end() && (share->second -= held) == 0) clients_.erase(share);
}

// The next to be served among the waiting bodies that fit: the first of all, else the first medium one.
BodyRoom::Body* BodyRoom::next_to_serve() const {
    Body* first = nullptr;
    Body* first_medium = nullptr;
    for (Body* body : waiting_) {
        if (first == nullptr || before(*body, *first)) first = body;
        const bool medium = body->held_ + body->wanted_ <= medium_bytes;
        if (medium && (first_medium == nullptr || before(*body, *first_medium))) first_medium = body;
    }
    if (first == nullptr || fits(*first, first->wanted_)) return first;
    return first_medium != nullptr && fits(*first_medium, first_medium->wanted_) ? first_medium : nullptr;
}

void BodyRoom::serve() {
    while (!waiting_.empty()) {
        Body* next = next_to_serve();
        if (next == nullptr) {
            if (finishing_ != nullptr) return;
            finishing_ = *std::min_element(waiting_.begin(), waiting_.end(),
                                           [&](Body* left, Body* right) { return before(*left, *right); });
            continue;
        }
        hold(*next, std::exchange(next->wanted_, 0));
        std::erase(waiting_, next);
        next->wakeup_->wake();
        served_ = Clock::now();
    }
}

// Ends other bodies until what they give back is enough for all that wait. In a stall, ends all slow bodies,
// and of those that hold room and wait for more, as many as leave half of it free: a waiting body has only
// asked for its next step, so freeing just that would make it wait as long again and again.
void BodyRoom::make_room(Clock::time_point now) {
    // Every waiting body calls this; one check serves them all.
    if (now - looked_ < look_interval) return;
    looked_ = now;
    if (waiting_.empty()) return;
    // A sender whose burst keeps being served, however slowly, is left alone.
    const auto longest = std::ranges::min(waiting_, {}, &Body::waiting_since_)->waiting_since_;
    const bool stalled = now - std::max(served_, longest) >= stall_time;
    const Body* impatient = first_impatient(now);
    if (!stalled && impatient == nullptr) return;

    std::uint64_t wanted = 0;
    for (const Body* body : waiting_) wanted += body->wanted_;
    std::uint64_t ending = 0;  // bytes that ended bodies will give back
    for (const Body* body : bodies_) ending += body->ended_ ? body->held_.load() : 0;
    const auto end = [&](Body& victim) {
        victim.ended_ = true;
        ending += victim.held_;
        std::exchange(victim.end_, nullptr)();
        if (victim.wanted_ != 0) victim.wakeup_->wake();
    };
    for (Body* victim : behind_pace(now)) {
        if (!stalled && ending >= wanted) return;
        end(*victim);
    }
    if (stalled) {
        for (Body* victim : holding_and_waiting()) {
            if (unproved_ <= unproved_max_ / 2 + ending) break;
            end(*victim);
        }
    }
    while (impatient != nullptr && ending < wanted) {
        Body* victim = largest_share(*impatient, ending);
        if (victim == nullptr) return;
        end(*victim);
    }
}

// The next to be served of those that have waited for pace_time; null if its client holds most.
const BodyRoom::Body* BodyRoom::first_impatient(Clock::time_point now) const {
    const Body* first = nullptr;
    for (const Body* body : waiting_) {
        if (body == finishing_ || now - body->waiting_since_ < pace_time) continue;
        if (first == nullptr || before(*body, *first)) first = body;
    }
    return first == nullptr || holds_most(first->client_) ? nullptr : first;
}

// The bodies that may be ended and that `fit` accepts, those of the client that holds most first, and of one
// client the oldest first.
template <class Fit>
std::vector<BodyRoom::Body*> BodyRoom::endable(Fit fit) const {
    std::vector<std::pair<std::uint64_t, Body*>> found;  // with what its client holds
    for (Body* body : bodies_) {
        if (!body->end_ || body->held_ == 0 || !fit(*body)) continue;
        const auto share = clients_.find(body->client_);
        if (share != clients_.end()) found.emplace_back(share->second, body);
    }
    std::ranges::sort(found, [](const auto& left, const auto& right) {
        return std::tie(right.first, left.second->number_) < std::tie(left.first, right.second->number_);
    });
    std::vector<Body*> bodies;
    for (const auto& [share, body] : found) bodies.push_back(body);
    return bodies;
}

std::vector<BodyRoom::Body*> BodyRoom::behind_pace(Clock::time_point now) const {
    const Clock::rep since = (now - pace_time).time_since_epoch().count();
    return endable([&](const Body& body) { return body.wanted_ == 0 && body.paced_at_ <= since; });
}

std::vector<BodyRoom::Body*> BodyRoom::holding_and_waiting() const {
    return endable([&](const Body& body) { return body.wanted_ != 0 && &body != finishing_; });
}

bool BodyRoom::holds_most(std::uint64_t client) const {
    const auto own = clients_.find(client);
    const auto more = [&](const auto& other) { return other.second > own->second; };
    return own != clients_.end() && std::ranges::none_of(clients_, more);
}

// The oldest unfinished body of the client that holds most, if that is more than its share and the waiting
// body's client would stay within its own.
BodyRoom::Body* BodyRoom::largest_share(const Body& waiting, std::uint64_t ending) const {
    const auto largest =
        std::ranges::max_element(clients_, {}, [](const auto& client) { return client.second; });
    if (largest == clients_.end() || largest->first == waiting.client_) return nullptr;
    const auto own = clients_.find(waiting.client_);
    const std::uint64_t has = own == clients_.end() ? 0 : own->second;
    const std::uint64_t share = unproved_max_ / (clients_.size() + (own == clients_.end() ? 1 : 0));
    if (largest->second <= share + ending || has + waiting.wanted_ > share) return nullptr;
    Body* found = nullptr;
    for (Body* body : bodies_) {
        if (body->client_ != largest->first || !body->end_ || body->held_ == 0) continue;
        if (found == nullptr || body->number_ < found->number_) found = body;
    }
    return found;
}

}  // namespace chathook::http
