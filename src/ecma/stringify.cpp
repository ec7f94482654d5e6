#include "ecma/stringify.hpp"

#include <array>
#include <cstddef>

#include "ecma/printer.hpp"

namespace chathook::ecma {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// Bytes that JSON.stringify may not print unchanged. ED leads U+D000 to U+DFFF; any surrogate among them is a
// lone one.
constexpr auto needs_care = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table[static_cast<unsigned char>('"')] = true;
    table[static_cast<unsigned char>('\\')] = true;
    table[0xED] = true;
    return table;
}();

void append_unit(std::string& out, unsigned unit) {
    out += "\\u";
    for (const unsigned shift : {12u, 8u, 4u, 0u}) out += hex_digits[(unit >> shift) & 0xF];
}

void append_escape(std::string& out, unsigned char c) {
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\t': out += "\\t"; break;
        case '\n': out += "\\n"; break;
        case '\f': out += "\\f"; break;
        case '\r': out += "\\r"; break;
        default: append_unit(out, c);
    }
}

}  // namespace

// `text` is WTF-8. Its surrogates are all lone, so each is escaped (ECMA-262, QuoteJSONString).
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t run = 0;
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    while (at < text.size()) {
        const unsigned char c = byte(at);
        if (!needs_care[c] || (c == 0xED && byte(at + 1) < 0xA0)) {
            ++at;
            continue;
        }
        out += text.substr(run, at - run);
        if (c == 0xED) {
            append_unit(out, 0xD000u | (byte(at + 1) & 0x3Fu) << 6 | (byte(at + 2) & 0x3Fu));
            at += 3;
        } else {
            append_escape(out, c);
            ++at;
        }
        run = at;
    }
    out += text.substr(run);
    out += '"';
}

std::string stringify(const JsonDocument& document) { return Printer(document).print(); }

std::optional<std::string> stringify_body(std::string_view raw) {
    // body-parser checks the decoded text, so a lone byte order mark is an empty body too.
    if (raw.empty() || raw == "\xEF\xBB\xBF") return "{}";
    const JsonDocument::Pointer document = JsonDocument::parse_bytes(raw);
    if (document == nullptr) return std::nullopt;
    const Json root = document->root();
    if (!root.is_object() && !root.is_array()) return std::nullopt;
    return stringify(*document);
}

}  // namespace chathook::ecma
