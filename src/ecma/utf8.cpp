#include "ecma/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace chathook::ecma {
namespace {

// The first unit of some bytes: a character, or a maximal invalid part.
struct Step {
    std::size_t size;
    bool valid;
};

// How many bytes follow a lead byte, and the bounds of the first of them (Unicode 15, table 3-7). `more` is 0
// for a byte that is not a lead byte.
struct Lead {
    std::size_t more;
    unsigned char low, high;
};

constexpr Lead lead_of(unsigned char byte) noexcept {
    if (byte >= 0xC2 && byte <= 0xDF) return {1, 0x80, 0xBF};
    if (byte == 0xE0) return {2, 0xA0, 0xBF};
    if (byte == 0xED) return {2, 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF) return {2, 0x80, 0xBF};
    if (byte == 0xF0) return {3, 0x90, 0xBF};
    if (byte == 0xF4) return {3, 0x80, 0x8F};
    if (byte >= 0xF1 && byte <= 0xF3) return {3, 0x80, 0xBF};
    return {0, 0, 0};
}

Step first_step(std::string_view bytes) noexcept {
    const Lead lead = lead_of(static_cast<unsigned char>(bytes.front()));
    if (lead.more == 0) return {1, false};
    for (std::size_t i = 1; i <= lead.more; ++i) {
        if (i == bytes.size()) return {i, false};
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const bool fits = i == 1 ? byte >= lead.low && byte <= lead.high : (byte & 0xC0) == 0x80;
        if (!fits) return {i, false};
    }
    return {lead.more + 1, true};
}

std::size_t ascii_prefix(std::string_view bytes) noexcept {
    std::size_t at = 0;
    for (; bytes.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        if ((word & 0x8080808080808080u) != 0) break;
    }
    while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
    return at;
}

std::size_t valid_prefix(std::string_view bytes) noexcept {
    std::size_t at = 0;
    while (true) {
        at += ascii_prefix(bytes.substr(at));
        if (at == bytes.size()) return at;
        const Step step = first_step(bytes.substr(at));
        if (!step.valid) return at;
        at += step.size;
    }
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept { return valid_prefix(bytes) == bytes.size(); }

std::string decode_utf8(std::string_view bytes) {
    constexpr std::size_t grows_by = 2;  // at most, for each byte that is not ASCII: it becomes three
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    const auto others = bytes.size() - static_cast<std::size_t>(std::ranges::count_if(bytes, is_ascii));
    std::string text;
    text.reserve(bytes.size() + grows_by * others);
    while (!bytes.empty()) {
        const std::size_t valid = valid_prefix(bytes);
        text.append(bytes.substr(0, valid));
        bytes.remove_prefix(valid);
        if (bytes.empty()) break;
        text.append("\xEF\xBF\xBD");
        bytes.remove_prefix(first_step(bytes).size);
    }
    return text;
}

void append_utf8(std::string& out, char32_t value) {
    const auto trail = [&](unsigned shift) { return static_cast<char>(0x80 | ((value >> shift) & 0x3F)); };
    if (value < 0x80) {
        out += static_cast<char>(value);
    } else if (value < 0x800) {
        out += static_cast<char>(0xC0 | (value >> 6));
        out += trail(0);
    } else if (value < 0x10000) {
        out += static_cast<char>(0xE0 | (value >> 12));
        out += trail(6);
        out += trail(0);
    } else {
        out += static_cast<char>(0xF0 | (value >> 18));
        out += trail(12);
        out += trail(6);
        out += trail(0);
    }
}

}  // namespace chathook::ecma
