// The memory that bodies take from their arrival until they are answered: one for each server, shared by its
// threads. It hands out server.limits.inflight_bytes so that no client can shut out the others:
//
// - Unverified bodies may hold a part of it only; the rest is for those that wait for the disk.
// - A body that finds no room waits and is not read, so that TCP throttles its sender. The next to be served
//   is the one whose client holds least, then the one that wants least, then the oldest: a client's share is
//   a limit only while others wait.
// - If no waiting body was served for `stall_time`, all bodies that arrive more slowly than `pace_bytes` in
//   `pace_time` are ended, and of those that hold room and wait for more, the oldest of the client that holds
//   most, until half of the room is free. If a waiting body's client does not hold most, as many slow bodies
//   as necessary are ended after `pace_time` already, and then, if another client holds more than its share,
//   the oldest unfinished ones of that client, too. A body ended in this way is answered 503: its sender may
//   try again.
//
// Any thread. Bodies that fit into a connection's own buffer never come here.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "support/wakeup.hpp"

namespace chathook::http {

class BodyRoom {
public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::chrono::seconds pace_time{1};
    static constexpr std::chrono::seconds stall_time{2};
    static constexpr std::uint64_t pace_bytes = 16 * 1024;
    static constexpr std::uint64_t medium_bytes =
        64 * 1024;  // an eighth of the room is reserved for bodies up to this size
    static constexpr std::chrono::milliseconds look_interval{
        100};  // between two checks whether a body must be ended

    BodyRoom(std::uint64_t inflight_bytes, std::uint64_t body_bytes) noexcept;
    BodyRoom(const BodyRoom&) = delete;
    BodyRoom& operator=(const BodyRoom&) = delete;

    // One body, from its first byte to its answer. Used by its connection's thread.
    class Body {
    public:
        explicit Body(BodyRoom& room) noexcept : room_(room) {}
        ~Body() { give_back(); }
        Body(const Body&) = delete;
        Body& operator=(const Body&) = delete;

        // `client`: equal for bodies of one client. `end`: called on any thread, at most once, when this body
        // must make room for others; never after finished() or give_back() has returned.
        void begin(std::uint64_t client, std::function<void()> end);
        bool begun() const noexcept { return begun_; }

        // Takes room for `bytes` more, if there is enough and no other body waits for it.
        bool try_take(std::uint64_t bytes);

        // Like try_take(), but waits its turn. False: `until` came first, or the body was ended meanwhile.
        // Bodies that wait for each other do not deadlock: one of them gets what it needs to finish.
        Awaitable<bool> take(std::uint64_t bytes, Clock::time_point until);

        // `bytes` of it have arrived in total.
        void has_come(std::uint64_t bytes, Clock::time_point now) noexcept;

        // finished(): all of it has arrived, so it is not ended any more. proved(): it no longer counts among
        // the unverified bodies.
        void finished();
        void proved();
        void give_back() noexcept;

        std::uint64_t held() const noexcept { return held_; }

    private:
        friend class BodyRoom;
        BodyRoom& room_;
        bool begun_ = false;
        std::atomic<std::uint64_t> held_{0};

        // Under the room's mutex.
        std::uint64_t client_ = 0;
        std::uint64_t number_ = 0;  // in order of begin()
        std::uint64_t wanted_ = 0;  // bytes it waits for; 0: does not wait
        Clock::time_point waiting_since_;
        std::shared_ptr<Wakeup> wakeup_;
        std::function<void()> end_;  // empty: complete, or ended already
        bool ended_ = false;
        bool proved_ = false;

        std::atomic<Clock::rep> paced_at_{0};  // when it had last grown by pace_bytes
        std::uint64_t paced_bytes_ = 0;
    };

    // Bytes held by all bodies now.
    std::uint64_t held() const noexcept { return held_.load(std::memory_order_relaxed); }

private:
    bool fits(const Body& body, std::uint64_t bytes) const noexcept;
    bool before(const Body& left, const Body& right) const;
    Body* next_to_serve() const;
    void hold(Body& body, std::uint64_t bytes);
    void release(Body& body) noexcept;
    void serve();
    void make_room(Clock::time_point now);
    const Body* first_impatient(Clock::time_point now) const;
    template <class Fit>
    std::vector<Body*> endable(Fit fit) const;
    std::vector<Body*> behind_pace(Clock::time_point now) const;
    std::vector<Body*> holding_and_waiting() const;
    bool holds_most(std::uint64_t client) const;
    Body* largest_share(const Body& waiting, std::uint64_t ending) const;

    const std::uint64_t inflight_max_;
    const std::uint64_t unproved_max_;
    const std::uint64_t reserved_;  // of that, for bodies up to medium_bytes

    mutable std::mutex mutex_;
    std::atomic<std::uint64_t> held_{0};
    std::uint64_t unproved_ = 0;
    std::uint64_t begun_ = 0;
    Clock::time_point served_;  // when a waiting body was last served
    Clock::time_point looked_;  // when make_room() last checked
    std::vector<Body*> bodies_;
    std::vector<Body*> waiting_;
    // Bytes that a client's unverified bodies hold.
    std::unordered_map<std::uint64_t, std::uint64_t> clients_;
    // If unfinished bodies hold all the room and wait for each other, this one may use room reserved from
    // them. It needs at most a body's size, which is never more than inflight_max_ less unproved_max_.
    Body* finishing_ = nullptr;
};

}  // namespace chathook::http
