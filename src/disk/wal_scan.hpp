// Reads SQLite's write-ahead log before SQLite does, and distinguishes a log that a crash cut short from one
// that was damaged later. SQLite does not: it stops at the first invalid frame and silently drops the rest.
// Pure: bytes in, a report out; one thread at a time.
//
// Format: sqlite.org/fileformat2.html, section 4. A frame's checksum continues that of the frame before it.
// So a frame that continues a commit, both as stored, was written after that commit had been synced: any
// invalid frame before it was damaged later, whatever order a power cut kept writes in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chathook::disk {

inline constexpr int page_bytes = 4096;  // of the journal's database: one log frame and one memory page

struct WalReport {
    enum class Verdict : std::uint8_t {
        clean,      // every frame is valid and the last one ends a commit; or there are none
        torn_tail,  // the last transaction cannot be read; see whole_transaction_dropped
        damaged,    // commits that were synced can no longer be read
    };
    Verdict verdict = Verdict::clean;
    std::uint64_t commits = 0;               // commits that SQLite will read
    std::uint64_t frames = 0;                // frames up to the last of these commits
    std::uint64_t commits_lost = 0;          // still visible behind the damage; damage may hide more
    std::uint64_t frames_dropped = 0;        // of this log, behind the last commit that is read
    bool whole_transaction_dropped = false;  // torn_tail: with its commit frame, so it may have been answered
};

class WalScan {
public:
    static constexpr std::size_t header_bytes = 32;
    static constexpr std::size_t frame_header_bytes = 24;

    // `header`: the first 32 bytes. `bytes_of_page` applies if the header itself is damaged.
    WalScan(std::string_view header, std::size_t bytes_of_page);

    std::size_t frame_bytes() const noexcept { return frame_header_bytes + page_bytes_; }

    // The next whole frame, in order.
    void add(std::string_view frame);

    // The report; the last `rest` bytes are not a complete frame.
    WalReport finish(std::size_t rest) const;

private:
    using Sum = std::array<std::uint32_t, 2>;
    using Salts = std::array<std::uint32_t, 2>;

    struct Frame {
        Salts salts{};
        Sum stored{};
        Sum computed{};  // the expected sum, computed from the frame before
        bool commits = false;
    };
    Sum sum_of(const Sum& before, std::string_view frame, bool little_endian) const noexcept;
    bool continues(const Sum& before, std::string_view frame, const Frame& next) const noexcept;
    void look_behind_damage(const Frame& next, bool fits, bool was_reading);

    std::size_t page_bytes_;
    bool header_good_ = false;
    bool little_endian_ = true;  // byte order of the checksums
    Salts salts_{};

    std::uint64_t count_ = 0;
    Frame previous_;                      // initially the header
    bool reading_ = false;                // every frame so far fits
    bool header_damaged_ = false;         // a frame continues a header whose own checksum is wrong
    bool proven_ = false;                 // a commit in the damaged part had been synced
    bool torn_ = false;                   // a frame of this log is invalid
    std::uint64_t last_of_this_log_ = 0;  // the last frame that belongs to this log
    WalReport report_;
};

}  // namespace chathook::disk
