#include "disk/wal_scan.hpp"

#include <cassert>

namespace chathook::disk {
namespace {

constexpr std::uint32_t magic = 0x377f0682;  // its lowest bit: checksums add up big-endian words
constexpr std::size_t checked_header_bytes = 24;
constexpr std::size_t checked_frame_bytes = 8;  // page number and size of the database after a commit

std::uint32_t word(std::string_view bytes, std::size_t at, bool little_endian = false) noexcept {
    std::uint32_t value = 0;
    for (std::size_t index = 0; index < 4; ++index) {
        const std::size_t from = at + (little_endian ? 3 - index : index);
        value = value << 8 | static_cast<unsigned char>(bytes[from]);
    }
    return value;
}

// Fibonacci-weighted sums over pairs of words.
std::array<std::uint32_t, 2> add_up(std::array<std::uint32_t, 2> sum, std::string_view bytes,
                                    bool little_endian) noexcept {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        sum[0] += word(bytes, at, little_endian) + sum[1];
        sum[1] += word(bytes, at + 4, little_endian) + sum[0];
    }
    return sum;
}

}  // namespace

WalScan::WalScan(std::string_view header, std::size_t bytes_of_page) : page_bytes_(bytes_of_page) {
    assert(header.size() == header_bytes);
    little_endian_ = (word(header, 0) & 1) == 0;
    salts_ = {word(header, 16), word(header, 20)};
    previous_.stored = {word(header, 24), word(header, 28)};
    previous_.computed = add_up({}, header.substr(0, checked_header_bytes), little_endian_);
    const std::size_t said = word(header, 8);
    header_good_ = (word(header, 0) & ~1u) == magic && previous_.stored == previous_.computed &&
                   said >= 512 && said <= 65536 && (said & (said - 1)) == 0;
    if (header_good_) page_bytes_ = said;
    reading_ = header_good_;
}

WalScan::Sum WalScan::sum_of(const Sum& before, std::string_view frame, bool little_endian) const noexcept {
    const Sum head = add_up(before, frame.substr(0, checked_frame_bytes), little_endian);
    return add_up(head, frame.substr(frame_header_bytes), little_endian);
}

// A damaged header does not reveal the byte order either.
bool WalScan::continues(const Sum& before, std::string_view frame, const Frame& next) const noexcept {
    return sum_of(before, frame, little_endian_) == next.stored ||
           (!header_good_ && sum_of(before, frame, !little_endian_) == next.stored);
}

void WalScan::add(std::string_view frame) {
    assert(frame.size() == frame_bytes());
    Frame next;
    next.commits = word(frame, 4) != 0;
    next.salts = {word(frame, 8), word(frame, 12)};
    next.stored = {word(frame, 16), word(frame, 20)};
    next.computed = sum_of(previous_.stored, frame, little_endian_);
    bool fits = continues(previous_.stored, frame, next);
    if (count_ == 0 && !header_good_) {
        fits = fits || continues(previous_.computed, frame, next);
        header_damaged_ = fits;
        salts_ = next.salts;  // the header's salts may be damaged
    }
    ++count_;
    const bool was_reading = reading_;
    reading_ = reading_ && fits && next.salts == salts_ && word(frame, 0) != 0;
    if (!reading_) {
        // The damage may be in the checksum stored in the frame before.
        fits = fits || sum_of(previous_.computed, frame, little_endian_) == next.stored;
        look_behind_damage(next, fits, was_reading);
    } else {
        last_of_this_log_ = count_;
        if (next.commits) {
            report_.frames = count_;
            ++report_.commits;
        }
    }
    previous_ = next;
}

void WalScan::look_behind_damage(const Frame& next, bool fits, bool was_reading) {
    // Frames of an earlier round of the log have other salts and are no loss.
    const bool of_this_log = next.salts == salts_ || (fits && was_reading);
    if (!of_this_log) return;
    torn_ = true;
    last_of_this_log_ = count_;
    report_.commits_lost += next.commits ? 1 : 0;
    const bool previous_is_lost = count_ > 1 && count_ - 1 > report_.frames;
    proven_ = proven_ || (fits && previous_is_lost && previous_.commits);
}

WalReport WalScan::finish(std::size_t rest) const {
    WalReport report = report_;
    report.frames_dropped = last_of_this_log_ > report.frames ? last_of_this_log_ - report.frames : 0;
    if (proven_ || (header_damaged_ && report.commits_lost > 0)) {
        report.verdict = WalReport::Verdict::damaged;
        return report;
    }
    report.whole_transaction_dropped = report.commits_lost > 0;
    report.commits_lost = 0;
    const bool cut_short = reading_ && rest > 0;
    if (torn_ || cut_short || report.frames_dropped > 0) report.verdict = WalReport::Verdict::torn_tail;
    return report;
}

}  // namespace chathook::disk
