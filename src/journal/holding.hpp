// Which events a reader of the journal holds in memory, so that an erasure reaches these copies. A sink's
// thread reports which batch it delivers and when it no longer holds it; an erasure withholds sequences,
// waits a bounded time until nobody delivers them, changes the journal and releases them. Shared by the two
// sides: all member functions may be called from any thread, those of one side by one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <chathook/sink.hpp>

#include "journal/ledgers.hpp"

namespace chathook::journal {

using Sequences = std::vector<std::uint64_t>;  // in rising order

inline bool contains(const Sequences& sequences, std::uint64_t sequence) noexcept {
    return std::binary_search(sequences.begin(), sequences.end(), sequence);
}

// The owner of a holding. Both functions are called with the holding's mutex held: they must be brief, and
// must not call the holding.
class Holder {
public:
    virtual ~Holder() = default;

    // Something is withheld or released: call Holding::take_notice() soon, and begin no delivery before.
    virtual void recall() noexcept = 0;

    // How many deliveries of the current batch were begun.
    virtual std::size_t begun() const noexcept = 0;
};

class Holding {
public:
    explicit Holding(Holder& holder) : holder_(&holder) {}

    // --- The holder's side.

    struct Notice {
        std::shared_ptr<const Sequences>
            withheld;        // not to be delivered, wherever they were read; null: none
        Sequences missed;    // withheld and released since the last call, so erased by now
        bool stale = false;  // what was read before this call may be erased by now: read it again
    };
    Notice take_notice();

    // The holder is about to deliver this batch. False: it must call take_notice() first.
    bool take(std::span<const Delivery> batch);

    // The holder holds no batch any more, has settled the last one and has followed the last notice. `tried`:
    // the withheld events of which an earlier attempt failed.
    void put_back(const Sequences& tried);

    // Returns the events that must not be settled now, because a receipt says that they are under way. An
    // erasure waits from here until settled() is called.
    Sequences settling();
    void settled();

    // The holder is stopping: erasures no longer wait for it. It may still hold a batch.
    void end();

    // The holder is being destroyed.
    void leave();

    // --- The side of the erasure: withhold(), wait(), the change of the journal, release().

    void withhold(std::shared_ptr<const Sequences> sequences);

    // The part of the withheld events that the holder could not release.
    struct Remainder {
        Sequences under_way;  // their delivery was begun, and how it ended is unknown
        Sequences tried;      // as passed to put_back(); none if it was not called in time
    };
    Remainder wait(std::chrono::steady_clock::time_point deadline);
    void release();

private:
    bool has_withheld_in_hand() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    Holder* holder_;
    std::shared_ptr<const Sequences> withheld_;
    std::vector<std::uint64_t> in_hand_;  // the current batch, in its order
    Sequences under_way_;                 // as the receipt says; until release()
    Sequences missed_;                    // for the next take_notice()
    Sequences tried_;                     // all that put_back() was given since withhold()
    bool news_ = false;                   // since the last take_notice()
    bool seen_ = false;                   // withheld_ was returned by take_notice()
    bool stale_ = false;                  // released since the last take_notice()
    bool at_rest_ = false;                // put_back() was called since withhold()
    bool settling_ = false;
    bool ended_ = false;
};

using SinkRemainders = std::map<SinkNumber, Holding::Remainder>;

// All holdings of a journal. Any thread.
class Holdings {
public:
    // Call this before the holder reads anything.
    void add(SinkNumber sink, const std::shared_ptr<Holding>& holding);

    // Withholds `sequences` from every holder, waits for at most `patience`, and releases them when it is
    // destroyed. There is at most one at a time.
    class Recall {
    public:
        Recall(Holdings& holdings, std::shared_ptr<const Sequences> sequences,
               std::chrono::milliseconds patience);
        ~Recall();
        Recall(const Recall&) = delete;
        Recall& operator=(const Recall&) = delete;

        // What the holders could not release, by sink.
        const SinkRemainders& remainders() const noexcept { return remainders_; }

    private:
        Holdings& holdings_;
        SinkRemainders remainders_;
    };

private:
    std::vector<std::pair<SinkNumber, std::shared_ptr<Holding>>> present();

    std::mutex mutex_;
    std::vector<std::pair<SinkNumber, std::weak_ptr<Holding>>> holdings_;
    std::shared_ptr<const Sequences> withheld_;  // also from holders that are added now
};

}  // namespace chathook::journal
