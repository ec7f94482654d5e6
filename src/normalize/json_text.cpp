#include "normalize/json_text.hpp"

#include <cstddef>

#include "support/utf8.hpp"

namespace chathook::normalize {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t surrogate_size = 3;

// Whether `text` begins with a lone surrogate in WTF-8: ED A0..BF 80..BF.
bool begins_with_surrogate(std::string_view text) noexcept {
    if (text.size() < surrogate_size || text[0] != '\xED') return false;
    const auto second = static_cast<unsigned char>(text[1]);
    const auto third = static_cast<unsigned char>(text[2]);
    return (second & 0xE0u) == 0xA0u && (third & 0xC0u) == 0x80u;
}

void append_unicode_escape(std::string& out, unsigned char control) {
    out += "\\u00";
    out += hex_digits[control >> 4];
    out += hex_digits[control & 0xFu];
}

void append_escaped(std::string& out, char ascii) {
    switch (ascii) {
        case '\0': out += replacement; return;
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: append_unicode_escape(out, static_cast<unsigned char>(ascii));
    }
}

bool ascii(char byte) noexcept { return static_cast<unsigned char>(byte) < 0x80; }

bool stands_for_itself(char byte) noexcept {
    return static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\';
}

bool allowed_in_attribute(const CodePoint& point) noexcept {
    const char32_t value = point.value;
    const bool control = value < 0x20 || (value >= 0x7F && value <= 0x9F);
    const bool noncharacter = (value >= 0xFDD0 && value <= 0xFDEF) || (value & 0xFFFEu) == 0xFFFEu;
    return point.valid && !control && !noncharacter;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    const std::size_t plain = plain_ascii(text);
    if (plain == text.size()) {
        out.append("\"").append(text).append("\"");
        return;
    }
    out += '"';
    std::size_t copied = 0;  // everything before it has been written
    const auto flush = [&](std::size_t until, std::size_t skipped) {
        out.append(text, copied, until - copied);
        copied = until + skipped;
    };
    for (std::size_t at = plain; at < text.size(); at += plain_ascii(text.substr(at))) {
        if (ascii(text[at])) {
            if (!stands_for_itself(text[at])) {
                flush(at, 1);
                append_escaped(out, text[at]);
            }
            ++at;
            continue;
        }
        const std::string_view rest = text.substr(at);
        const CodePoint point = first_code_point(rest);
        if (point.valid) {
            at += point.size;
        } else {
            const std::size_t size = begins_with_surrogate(rest) ? surrogate_size : 1;
            flush(at, size);
            out += replacement;
            at += size;
        }
    }
    flush(text.size(), 0);
    out += '"';
}

std::string attribute_text(std::string_view text) {
    if (plain_ascii(text) == text.size()) return std::string(text);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        CodePoint point = first_code_point(text);
        if (allowed_in_attribute(point)) {
            out.append(text, 0, point.size);
        } else {
            if (begins_with_surrogate(text)) point.size = surrogate_size;
            out += replacement;
        }
        text.remove_prefix(point.size);
    }
    return out;
}

}  // namespace chathook::normalize
