// A random history in virtual time: a journal that grows, forgets, gets redelivery requests and sometimes
// accepts no settlement; a receiver with good days, bad days and events that it refuses; and a daemon that is
// killed now and then. Invariants are checked at every step, against this file's own record. One thread;
// always the same for one seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "dispatch/delivery_plan.hpp"

namespace chathook::test {

// A violated invariant, thrown by a history.
class Broken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Statistics over many histories: a simulation in which nothing happens proves nothing.
struct Happened {
    std::uint64_t delivered = 0;
    std::uint64_t dead = 0;
    std::uint64_t erased = 0;
    std::uint64_t again = 0;
    std::uint64_t doubled = 0;  // delivered twice after a kill, without a request
    std::uint64_t kills = 0;
    std::uint64_t probes = 0;
};

class History {
public:
    History(std::uint64_t seed, std::uint64_t events);

    // Throws Broken.
    Happened run();

private:
    using Action = dispatch::DeliveryPlan::Action;
    using Steady = std::chrono::steady_clock::time_point;

    struct Record {
        std::shared_ptr<const Event> event;
        bool poison = false;
        bool waiting = true;     // due for the first time
        bool again = false;      // due once more
        bool taken = false;      // by the receiver, at any time
        bool taken_now = false;  // since it became due
        unsigned attempts = 0;   // by this plan, since it became due
        unsigned refusals = 0;
    };

    static void must(bool holds, const char* what, std::uint64_t sequence = 0);
    bool one_in(unsigned chances) { return random_() % chances == 0; }
    std::chrono::milliseconds some(std::chrono::milliseconds most);
    bool is_due(const Record& record) const { return record.waiting || record.again; }
    bool anything_due() const { return !waiting_.empty() || !again_.empty(); }

    void make_plan();
    void kill();
    void pass(std::chrono::milliseconds time);
    void meanwhile();
    void append();
    void ask_again();
    void erase_one();
    void step();
    void wait();
    void fetch();
    void settle();
    void judge(const journal::Settlement& one) const;
    void settle_one(const journal::Settlement& one);
    void deliver();
    void check_pace(std::size_t page);
    std::vector<Outcome> answers(std::span<const Delivery> page);
    Outcome answer(const Delivery& delivery, bool down);
    void take(std::uint64_t sequence, Record& record);
    void remember(const std::vector<Outcome>& outcomes);

    std::mt19937_64 random_;
    const std::uint64_t events_;
    dispatch::DeliveryPolicy policy_;
    std::size_t side_by_side_;  // parallel requests
    std::optional<dispatch::DeliveryPlan> plan_;
    dispatch::Moment now_;

    // The journal.
    std::map<std::uint64_t, Record> records_;
    std::set<std::uint64_t> waiting_;
    std::set<std::uint64_t> again_;
    std::set<std::uint64_t> in_hand_;  // held by the plan: too late to erase
    std::uint64_t appended_ = 0;
    std::uint64_t appended_at_fetch_ = 0;

    // The receiver, and what its answers oblige the plan to do.
    Steady down_until_{};
    std::uint64_t newest_taken_ = 0;
    std::optional<Steady> nothing_since_;  // nothing got through since
    unsigned failures_ = 0;                // in a row
    bool alone_ = false;                   // the next attempt must be a single event
    Steady not_before_{};
    std::size_t judged_ = 0;  // number of the plan's settlements checked
    Happened happened_;
};

}  // namespace chathook::test
