#include "ecma/portable.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ecma/members.hpp"
#include "ecma/number.hpp"
#include "ecma/tape.hpp"

namespace chathook::ecma {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t escape_size = 6;                    // \uXXXX
constexpr std::size_t surrogate_size = 3;                 // in WTF-8, as the tape has decoded texts

bool is_lone_surrogate(std::string_view wtf8) noexcept {
    return wtf8.size() >= surrogate_size && wtf8[0] == '\xED' && static_cast<unsigned char>(wtf8[1]) >= 0xA0;
}

// A decoded text with the replacements that append_portable() makes.
std::string portable_text(std::string_view decoded) {
    std::string out;
    out.reserve(decoded.size() + 2 * surrogate_size);
    for (std::size_t at = 0; at < decoded.size();) {
        const bool lone = is_lone_surrogate(decoded.substr(at));
        if (lone || decoded[at] == '\0') {
            out += replacement;
            at += lone ? surrogate_size : 1;
        } else {
            out += decoded[at++];
        }
    }
    return out;
}

// Finds in each object the keys that an equal key follows, as nodes, in ascending order within an object.
class Overridden {
public:
    explicit Overridden(const JsonDocument& document)
        : tape_(document.tape()),
          text_(document.text()),
          replaced_(tape_.lone_surrogates || tape_.nul_escapes) {}

    std::vector<std::uint32_t> find() {
        const auto size = static_cast<std::uint32_t>(tape_.nodes.size());
        for (std::uint32_t index = 0; index < size; ++index) {
            const Node& node = tape_.nodes[index];
            if (node.kind != Json::Kind::object || node.count < 2) continue;
            const bool many = node.count > compared_pairwise_max;
            if (replaced_ || many || has_equal_keys(index)) sort(index);
        }
        return std::move(found_);
    }

private:
    struct Key {
        std::string_view text;
        std::uint32_t node;
    };

    std::string_view decoded(const Node& node) const noexcept {
        if (node.escaped) return std::string_view(tape_.arena).substr(node.end, node.count);
        return text_.substr(node.at + 1, node.size - 2);
    }

    std::uint32_t after(std::uint32_t value) const noexcept {
        const Node& node = tape_.nodes[value];
        return is_container(node) ? node.end : value + 1;
    }

    // For objects with few keys.
    bool has_equal_keys(std::uint32_t object) const noexcept {
        std::uint64_t seen = 0;  // a bit for each size and last character
        std::uint32_t at = object + 1;
        for (std::uint32_t i = 0; i < tape_.nodes[object].count; ++i, at = after(at + 1)) {
            const std::string_view key = decoded(tape_.nodes[at]);
            const unsigned char last = key.empty() ? 0 : static_cast<unsigned char>(key.back());
            const std::uint64_t bit = std::uint64_t{1} << ((key.size() * 7 + last) % 64);
            if ((seen & bit) != 0 && has_key_before(object, at, key)) return true;
            seen |= bit;
        }
        return false;
    }

    bool has_key_before(std::uint32_t object, std::uint32_t end, std::string_view key) const noexcept {
        for (std::uint32_t at = object + 1; at < end; at = after(at + 1)) {
            if (decoded(tape_.nodes[at]) == key) return true;
        }
        return false;
    }

    void sort(std::uint32_t object) {
        const std::uint32_t count = tape_.nodes[object].count;
        std::vector<Key> keys;
        std::vector<std::string> owned;  // the text of keys in which characters were replaced
        keys.reserve(count);
        owned.reserve(replaced_ ? count : 0);
        std::uint32_t at = object + 1;
        for (std::uint32_t i = 0; i < count; ++i, at = after(at + 1)) {
            const Node& node = tape_.nodes[at];
            std::string_view key = decoded(node);
            if (replaced_ && node.escaped) key = owned.emplace_back(portable_text(key));
            keys.push_back({key, at});
        }
        std::sort(keys.begin(), keys.end(), [](const Key& left, const Key& right) {
            const int order = left.text.compare(right.text);
            return order < 0 || (order == 0 && left.node < right.node);
        });
        for (std::size_t i = 1; i < keys.size(); ++i) {
            if (keys[i - 1].text == keys[i].text) found_.push_back(keys[i - 1].node);
        }
    }

    const Tape& tape_;
    std::string_view text_;
    bool replaced_;  // keys may change before they are compared
    std::vector<std::uint32_t> found_;
};

class PortablePrinter {
public:
    PortablePrinter(std::string& out, const JsonDocument& document, std::size_t levels)
        : out_(out),
          tape_(document.tape()),
          text_(document.text()),
          levels_(levels),
          overridden_(Overridden(document).find()) {
        std::sort(overridden_.begin(), overridden_.end());
        open_.reserve(levels);
    }

    void print(std::uint32_t index) {
        value(index);
        while (!open_.empty()) step();
    }

private:
    struct Open {
        std::uint32_t container;
        std::uint32_t next;  // the element or key that comes next
        bool begun;          // something was printed in it, so a comma comes next
    };

    std::string_view source(const Node& node) const noexcept { return text_.substr(node.at, node.size); }

    std::uint32_t after(std::uint32_t value) const noexcept {
        const Node& node = tape_.nodes[value];
        return is_container(node) ? node.end : value + 1;
    }

    void value(std::uint32_t index) {
        const Node& node = tape_.nodes[index];
        if (node.kind == Json::Kind::string) return string(node);
        if (node.kind == Json::Kind::number) return append_portable_number(out_, source(node));
        if (!is_container(node)) {
            out_ += source(node);
        } else if (open_.size() == levels_) {
            out_ += "null";
        } else {
            out_ += text_[node.at];
            open_.push_back({index, index + 1, false});
        }
    }

    // The next element or member of the innermost container, or its end.
    void step() {
        Open& top = open_.back();
        const Node& container = tape_.nodes[top.container];
        if (top.next == container.end) {
            out_ += container.kind == Json::Kind::array ? ']' : '}';
            open_.pop_back();
            return;
        }
        const std::uint32_t next = top.next;
        const bool array = container.kind == Json::Kind::array;
        top.next = after(array ? next : next + 1);
        if (!array && std::binary_search(overridden_.begin(), overridden_.end(), next)) return;
        if (top.begun) out_ += ',';
        top.begun = true;
        if (array) return value(next);
        string(tape_.nodes[next]);
        out_ += ':';
        value(next + 1);
    }

    void string(const Node& node) {
        const std::string_view quoted = source(node);
        if (!node.escaped) {
            out_ += quoted;
            return;
        }
        std::size_t copied = 0;  // everything before it has been written
        for (std::size_t at = quoted.find('\\'); at != quoted.npos; at = quoted.find('\\', at)) {
            const std::size_t size = quoted[at + 1] == 'u' ? escape_size : 2;
            const char32_t unit = size == 2 ? U'\\' : code_unit(quoted, at);
            if (is_high(unit) && is_low(code_unit(quoted, at + size))) {
                at += 2 * escape_size;
                continue;
            }
            if (unit == 0 || is_high(unit) || is_low(unit)) {
                out_.append(quoted, copied, at - copied).append(replacement);
                copied = at + size;
            }
            at += size;
        }
        out_ += quoted.substr(copied);
    }

    static bool is_high(char32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
    static bool is_low(char32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

    // The code unit of the escape \uXXXX at `at`; a non-surrogate if there is none. The parser has accepted
    // the text, so whatever begins like an escape is one.
    static char32_t code_unit(std::string_view quoted, std::size_t at) noexcept {
        if (quoted.substr(at, 2) != "\\u") return U'\\';
        char32_t unit = 0;
        for (const char c : quoted.substr(at + 2, 4)) {
            const char32_t digit =
                c <= '9' ? static_cast<char32_t>(c - '0') : static_cast<char32_t>((c | 0x20) - 'a' + 10);
            unit = unit << 4 | digit;
        }
        return unit;
    }

    std::string& out_;
    const Tape& tape_;
    std::string_view text_;
    std::size_t levels_;
    std::vector<std::uint32_t> overridden_;
    std::vector<Open> open_;
};

}  // namespace

Obstacles find_obstacles(const JsonDocument& document, std::size_t levels) {
    const Tape& tape = document.tape();
    return {.surrogate = tape.lone_surrogates,
            .nul = tape.nul_escapes,
            .number = tape.far_numbers,
            .depth = tape.max_depth > levels,
            .duplicate_key = !Overridden(document).find().empty()};
}

void append_portable(std::string& out, const JsonDocument& document, const Json& value, std::size_t levels) {
    PortablePrinter(out, document, levels).print(document.index_of(value));
}

}  // namespace chathook::ecma
