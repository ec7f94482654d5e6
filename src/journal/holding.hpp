// What one reader of the journal holds of its events in memory, and the way on which an erasure reaches it.
// A sink's thread says what it takes into its hand and when it has let go of it; whoever
// erases withholds sequences, waits a bounded time for all hands to be empty of them, changes the journal and
// releases. Shared by the two; all members may be called from any thread, those of one side by one at a time.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <chathook/sink.hpp>

#include "journal/ledgers.hpp"

namespace chathook::journal {

using Sequences = std::vector<std::uint64_t>;  // rising

inline bool stands_in(const Sequences& sequences, std::uint64_t sequence) noexcept {
    return std::binary_search(sequences.begin(), sequences.end(), sequence);
}

// Who holds. Both calls come with the holding's mutex held: be brief, and do not call it back.
class Holder {
public:
    virtual ~Holder() = default;

    // Something is withheld or released: come round to Holding::look() soon, begin nothing more before.
    virtual void recall() noexcept = 0;

    // How many of what is in the hand were begun.
    virtual std::size_t begun() const noexcept = 0;
};

class Holding {
public:
    explicit Holding(Holder& holder) : holder_(&holder) {}

    // --- The holder's side.

    struct Notice {
        std::shared_ptr<const Sequences>
            withheld;        // not to be delivered, wherever they come from; null: none
        Sequences missed;    // were withheld and released since the last call: erased by now
        bool stale = false;  // what was read before this call may be erased by now: read it anew
    };
    Notice look();

    // Takes the batch into the hand. False: look() first, there is news.
    bool take(std::span<const Delivery> batch);

    // The hand is empty, what came of its last content is settled, and what look() told is obeyed. `tried`:
    // what of that which is withheld was tried before without success.
    void put_back(const Sequences& tried);

    // What must not be settled now, because a receipt says that it is under way. The eraser waits from here
    // to settled().
    Sequences settling();
    void settled();

    // Nobody waits for this holder any more: it is stopping. Its hand may be full still.
    void end();

    // The holder is no more.
    void leave();

    // --- The eraser's side: withhold(), wait(), the change of the journal, release().

    void withhold(std::shared_ptr<const Sequences> sequences);

    // Of what is withheld.
    struct Rest {
        Sequences under_way;  // begun, and not known how it ended
        Sequences tried;      // as put_back() said; none when it was not reached in time
    };
    Rest wait(std::chrono::steady_clock::time_point deadline);
    void release();

private:
    bool has_withheld_in_hand() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    Holder* holder_;
    std::shared_ptr<const Sequences> withheld_;
    std::vector<std::uint64_t> in_hand_;  // in the order of the batch
    Sequences under_way_;                 // as a receipt says; until release()
    Sequences missed_;                    // for the next look()
    Sequences tried_;                     // all that put_back() said since withhold()
    bool news_ = false;                   // since the last look()
    bool seen_ = false;                   // withheld_, by look()
    bool stale_ = false;                  // released since the last look()
    bool at_rest_ = false;                // put_back() since withhold()
    bool settling_ = false;
    bool ended_ = false;
};

using SinkRests = std::array<Holding::Rest, sinks_max>;  // by sink number

// All holdings of a journal. Any thread.
class Holdings {
public:
    // To be called before the holder reads anything.
    void add(SinkNumber sink, const std::shared_ptr<Holding>& holding);

    // Withholds `sequences` from every holder, waits for `patience` at most, and releases them with its end.
    // One at a time.
    class Recall {
    public:
        Recall(Holdings& holdings, std::shared_ptr<const Sequences> sequences,
               std::chrono::milliseconds patience);
        ~Recall();
        Recall(const Recall&) = delete;
        Recall& operator=(const Recall&) = delete;

        // What could not be withheld.
        const SinkRests& rests() const noexcept { return rests_; }

    private:
        Holdings& holdings_;
        SinkRests rests_;
    };

private:
    std::vector<std::pair<SinkNumber, std::shared_ptr<Holding>>> present();

    std::mutex mutex_;
    std::vector<std::pair<SinkNumber, std::weak_ptr<Holding>>> holdings_;
    std::shared_ptr<const Sequences> withheld_;  // from who is added now, too
};

}  // namespace chathook::journal
