#include "ecma/parser.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "ecma/document_size.hpp"
#include "ecma/number.hpp"
#include "ecma/utf8.hpp"

namespace chathook::ecma {
namespace {

// Vendors' bodies contain at most about one value or name per twelve bytes. For a text long enough to be
// counted first, exactly the memory that it can need is reserved: growing would hold up to three times as
// much.
constexpr std::size_t bytes_per_node = 12;

// Bytes that end a run of ordinary characters in a string.
constexpr auto ends_run = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table[static_cast<unsigned char>('"')] = true;
    table[static_cast<unsigned char>('\\')] = true;
    return table;
}();

// Sets the high bit of each of the eight bytes that ends a run. Exact up to the lowest such byte; bits above
// it may be set wrongly.
constexpr std::uint64_t run_ends(std::uint64_t word) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = 0x8080808080808080u;
    const std::uint64_t quote = word ^ (ones * '"');
    const std::uint64_t backslash = word ^ (ones * '\\');
    const std::uint64_t hits =
        ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    return hits & highs;
}

}  // namespace

Parser::Parser(std::string_view text, Tape& tape) : text_(text), tape_(tape) {
    const bool looked_at = text.size() > small_text_bytes;
    tape_.nodes.reserve(looked_at ? count_characters(text).nodes() : text.size() / bytes_per_node + 4);
}

[[gnu::flatten]] bool Parser::run() {
    skip_blanks();
    if (!value()) return false;
    while (open_ != no_node) {
        skip_blanks();
        if (!child()) return false;
    }
    skip_blanks();
    return at_end();
}

void Parser::skip_blanks() noexcept {
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
        ++at_;
    }
}

// Reads, in the open container and after white space, its end or its next element or member.
bool Parser::child() {
    const bool array = tape_.nodes[open_].kind == Json::Kind::array;
    if (take(array ? ']' : '}')) {
        close();
        return true;
    }
    if (tape_.nodes[open_].count > 0) {
        if (!take(',')) return false;
        skip_blanks();
    }
    if (!array && !name()) return false;
    return value();
}

bool Parser::name() {
    if (!string()) return false;
    skip_blanks();
    if (!take(':')) return false;
    skip_blanks();
    return true;
}

bool Parser::value() {
    const auto next = static_cast<std::uint32_t>(tape_.nodes.size());
    if (open_ != no_node) {
        Node& parent = tape_.nodes[open_];
        parent.size = next & text_bytes_max;
        ++parent.count;
    }
    const bool member = open_ != no_node && tape_.nodes[open_].kind == Json::Kind::object;
    const auto parsed = [&] {
        switch (here()) {
            case '{': open(Json::Kind::object); return true;
            case '[': open(Json::Kind::array); return true;
            case '"': return string();
            case 't': return word("true", Json::Kind::boolean);
            case 'f': return word("false", Json::Kind::boolean);
            case 'n': return word("null", Json::Kind::null);
            default: return number();
        }
    }();
    if (parsed) tape_.nodes[next].member = member;
    return parsed;
}

bool Parser::word(std::string_view wanted, Json::Kind kind) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    const std::size_t start = at_;
    at_ += wanted.size();
    add(kind, start);
    return true;
}

bool Parser::number() {
    const std::size_t start = at_;
    const auto digits = [this] {
        const std::size_t first = at_;
        while (is_digit(here())) ++at_;
        return at_ > first;
    };
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    std::size_t exponent = at_;
    if (take('e') || take('E')) {
        if (!take('+')) take('-');
        exponent = at_;
        if (!digits()) return false;
    }
    if (at_ - exponent > 2 || at_ - start > surely_portable_size) {
        tape_.far_numbers = tape_.far_numbers || !is_portable_number(text_.substr(start, at_ - start));
    }
    add(Json::Kind::number, start);
    return true;
}

bool Parser::string() {
    if (!take('"')) return false;
    const std::size_t start = at_ - 1;
    at_ = plain_end(at_);
    if (here() == '\\') return escaped_rest(start);
    if (!take('"')) return false;
    add(Json::Kind::string, start);
    return true;
}

bool Parser::escaped_rest(std::size_t start) {
    const std::size_t decoded = tape_.arena.size();
    if (decoded == 0 && text_.size() > small_text_bytes) tape_.arena.reserve(text_.size() - start);
    tape_.arena.append(text_.substr(start + 1, at_ - start - 1));
    while (take('\\')) {
        if (!escape()) return false;
        const std::size_t run = at_;
        at_ = plain_end(at_);
        tape_.arena.append(text_.substr(run, at_ - run));
    }
    if (!take('"')) return false;
    Node& node = tape_.nodes[add(Json::Kind::string, start)];
    node.escaped = true;
    node.end = static_cast<std::uint32_t>(decoded);
    node.count = static_cast<std::uint32_t>(tape_.arena.size() - decoded);
    return true;
}

// Reads an escape after its backslash. Two escapes that make a surrogate pair are one character; a surrogate
// without its partner right after it is kept alone (ECMA-262, JSON.parse reads code units).
bool Parser::escape() {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = here();
    const std::size_t found = letters.find(letter);
    if (found != std::string_view::npos) {
        ++at_;
        tape_.arena += meanings[found];
        return true;
    }
    char32_t unit = 0;
    if (!take('u') || !hex_unit(unit)) return false;
    if (unit >= 0xD800 && unit <= 0xDBFF && text_.substr(at_, 2) == "\\u") {
        const std::size_t before = at_;
        at_ += 2;
        char32_t low = 0;
        if (!hex_unit(low)) return false;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        } else {
            at_ = before;
        }
    }
    tape_.lone_surrogates |= unit >= 0xD800 && unit <= 0xDFFF;
    tape_.nul_escapes |= unit == 0;
    append_utf8(tape_.arena, unit);
    return true;
}

bool Parser::hex_unit(char32_t& unit) noexcept {
    unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        const char c = here();
        char32_t digit = 0;
        if (is_digit(c)) {
            digit = static_cast<char32_t>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = static_cast<char32_t>(c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            digit = static_cast<char32_t>(c - 'A' + 10);
        } else {
            return false;
        }
        unit = unit << 4 | digit;
    }
    return true;
}

// The position of the first quote, backslash or control character; reads eight bytes at a time.
std::size_t Parser::plain_end(std::size_t from) const noexcept {
    for (; text_.size() - from >= sizeof(std::uint64_t); from += sizeof(std::uint64_t)) {
        std::uint64_t word;
        std::memcpy(&word, text_.data() + from, sizeof(word));
        const std::uint64_t ends = run_ends(word);
        if (ends == 0) continue;
        if constexpr (std::endian::native != std::endian::little) break;
        return from + static_cast<std::size_t>(std::countr_zero(ends)) / 8;
    }
    while (from < text_.size() && !ends_run[static_cast<unsigned char>(text_[from])]) ++from;
    return from;
}

// Adds a value that starts at `start` and ends here.
std::uint32_t Parser::add(Json::Kind kind, std::size_t start) {
    Node& node = tape_.nodes.emplace_back();
    node.at = static_cast<std::uint32_t>(start) & text_bytes_max;
    node.kind = kind;
    node.size = static_cast<std::uint32_t>(at_ - start) & text_bytes_max;
    return static_cast<std::uint32_t>(tape_.nodes.size() - 1);
}

// An open container's node stores the index of its parent, so no stack is needed.
void Parser::open(Json::Kind kind) {
    const std::uint32_t index = add(kind, at_);
    tape_.nodes[index].end = open_;
    open_ = index;
    tape_.max_depth = std::max(tape_.max_depth, ++depth_);
    ++at_;
}

void Parser::close() {
    Node& node = tape_.nodes[open_];
    if (node.count > 0) tape_.nodes[node.size].last = true;
    const std::uint32_t parent = node.end;
    node.size = static_cast<std::uint32_t>(at_ - node.at) & text_bytes_max;
    node.end = static_cast<std::uint32_t>(tape_.nodes.size());
    open_ = parent;
    --depth_;
}

}  // namespace chathook::ecma
