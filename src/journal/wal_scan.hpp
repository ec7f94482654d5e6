// Reads SQLite's write-ahead log before SQLite does, and tells a log that a crash cut short from one that was
// damaged later. SQLite does not: it stops at the first frame that does not fit and drops the rest without a
// word. Pure: bytes in, a report out; one thread at a time.
//
// Format: sqlite.org/fileformat2.html, section 4. A frame's checksum continues that of the frame before it.
// So a frame that continues a commit, both as they are stored, was written after that commit had been synced:
// whatever stands before it and does not fit was damaged, whichever order a power cut kept writes in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chathook::journal {

struct WalReport {
    enum class Verdict : std::uint8_t {
        clean,      // every frame is good and the last one ends a commit; or there are none
        torn_tail,  // the last transaction is not complete: nobody was answered for it
        damaged,    // commits that were synced cannot be read any more
    };
    Verdict verdict = Verdict::clean;
    std::uint64_t commits = 0;         // that SQLite will read
    std::uint64_t frames = 0;          // up to the last of these
    std::uint64_t commits_lost = 0;    // that are still to be seen behind the damage; damage may hide more
    std::uint64_t frames_dropped = 0;  // of this log, behind the last commit that is read
    bool whole_transaction_dropped = false;  // torn_tail: up to its commit, so it may have been answered
};

class WalScan {
public:
    static constexpr std::size_t header_bytes = 32;

    // `header`: the first 32 bytes. `page_bytes` counts where the header is damaged itself.
    WalScan(std::string_view header, std::size_t page_bytes);

    std::size_t frame_bytes() const noexcept { return frame_header_bytes + page_bytes_; }

    // The next whole frame, in order.
    void add(std::string_view frame);

    // What was found; `rest` bytes at the end are no whole frame.
    WalReport finish(std::size_t rest) const;

private:
    static constexpr std::size_t frame_header_bytes = 24;
    using Sum = std::array<std::uint32_t, 2>;
    using Salts = std::array<std::uint32_t, 2>;

    struct Frame {
        Salts salts{};
        Sum stored{};
        Sum computed{};  // what it should be, going by the one before
        bool commits = false;
    };
    Sum sum_of(const Sum& before, std::string_view frame, bool little_endian) const noexcept;
    bool continues(const Sum& before, std::string_view frame, const Frame& next) const noexcept;
    void look_behind_damage(const Frame& next, bool fits, bool was_reading);

    std::size_t page_bytes_;
    bool header_good_ = false;
    bool little_endian_ = true;  // the words that checksums add up
    Salts salts_{};

    std::uint64_t count_ = 0;
    Frame previous_;                      // at first the header
    bool reading_ = false;                // every frame so far fits
    bool header_damaged_ = false;         // a frame follows a header that does not fit itself
    bool proven_ = false;                 // a commit behind the damage was synced
    bool torn_ = false;                   // a frame of this log does not fit
    std::uint64_t last_of_this_log_ = 0;  // the last frame that belongs here
    WalReport report_;
};

}  // namespace chathook::journal
