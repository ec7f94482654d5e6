#include "support/ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <system_error>

namespace chathook {
namespace {

using Uuid = std::array<std::uint8_t, 16>;
constexpr std::size_t random_bytes = 10;  // the UUIDv7 without its 48 bits of time

// Fetched 4 KiB at a time, so that an id costs no system call. One for each thread.
class Randomness {
public:
    std::span<const std::uint8_t, random_bytes> take() {
        if (used_ + random_bytes > block_.size()) fill();
        const std::size_t at = used_;
        used_ += random_bytes;
        return std::span<const std::uint8_t, random_bytes>(block_.data() + at, random_bytes);
    }

private:
    void fill() {
        for (std::size_t have = 0; have < block_.size();) {
            const ssize_t got = getrandom(block_.data() + have, block_.size() - have, 0);
            if (got < 0) {
                if (errno == EINTR) continue;
                throw std::system_error(errno, std::generic_category(), "getrandom");
            }
            have += static_cast<std::size_t>(got);
        }
        used_ = 0;
    }

    std::array<std::uint8_t, 4096> block_;
    std::size_t used_ = 4096;
};

std::string to_text(const Uuid& uuid) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text(36, '-');
    char* out = text.data();
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) ++out;
        *out++ = digits[uuid[i] >> 4];
        *out++ = digits[uuid[i] & 15];
    }
    return text;
}

}  // namespace

std::string make_event_id(Instant received) {
    thread_local Randomness randomness;

    const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(received.time_since_epoch());
    const auto stamp = static_cast<std::uint64_t>(std::max<std::int64_t>(since_epoch.count(), 0));

    Uuid uuid;
    for (std::size_t i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(stamp >> (8 * (5 - i)));
    const auto random = randomness.take();
    std::memcpy(uuid.data() + 6, random.data(), random.size());
    uuid[6] = static_cast<std::uint8_t>(0x70 | (uuid[6] & 0x0F));  // version 7
    uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3F));  // variant 10
    return to_text(uuid);
}

}  // namespace chathook
