#include "support/log_line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "support/clock.hpp"
#include "support/utf8.hpp"

namespace chathook {
namespace {

std::string_view name_of(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    return "unknown";
}

std::string_view paint_of(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::debug: return "\x1b[2m";     // dim
        case LogLevel::info: return "\x1b[32m";     // green
        case LogLevel::warning: return "\x1b[33m";  // yellow
        case LogLevel::error: return "\x1b[31m";    // red
    }
    return "";
}

// \u and four digits suffice: all characters that unsafe_to_print() names lie in the first plane.
void append_unicode_escape(std::string& out, char32_t value) {
    constexpr char digits[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[(value >> shift) & 15];
}

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        if (!point.valid) {
            out += "\\ufffd";
        } else if (point.value == '"' || point.value == '\\') {
            out += '\\';
            out += static_cast<char>(point.value);
        } else if (point.value == '\n') {
            out += "\\n";
        } else if (point.value == '\r') {
            out += "\\r";
        } else if (point.value == '\t') {
            out += "\\t";
        } else if (unsafe_to_print(point.value)) {
            append_unicode_escape(out, point.value);
        } else {
            out += text.substr(0, point.size);
        }
        text.remove_prefix(point.size);
    }
}

// Cuts between two characters, so that the cut itself makes no invalid UTF-8.
void append_quoted(std::string& out, std::string_view text) {
    bool cut = false;
    if (text.size() > log_value_bytes_max) {
        std::size_t end = log_value_bytes_max;
        while (end > log_value_bytes_max - 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        text = text.substr(0, end);
        cut = true;
    }
    out += '"';
    append_escaped(out, text);
    if (cut) out += "...";
    out += '"';
}

// Printable ASCII that needs no quotes: it neither ends nor begins a value.
constexpr auto stands_bare = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = '!'; c <= '~'; ++c) table[c] = c != '"' && c != '\\' && c != '=';
    return table;
}();

bool needs_no_quotes(std::string_view text) noexcept {
    return !text.empty() && text.size() <= log_value_bytes_max &&
           std::ranges::all_of(text, [](char c) { return stands_bare[static_cast<unsigned char>(c)]; });
}

}  // namespace

std::string text_line(Instant time, LogLevel level, std::string_view event, std::span<const LogField> fields,
                      bool colour) {
    std::string line;
    line.reserve(256);
    append_rfc3339(line, time);
    line += ' ';
    if (colour) line += paint_of(level);
    line += name_of(level);
    if (colour) line += "\x1b[0m";
    line += ' ';
    line += event;
    for (const LogField& field : fields) {
        if (field.value.empty()) continue;
        line += ' ';
        line += field.name.text();
        line += '=';
        if (needs_no_quotes(field.value)) {
            line += field.value;
        } else {
            append_quoted(line, field.value);
        }
    }
    return line;
}

std::string json_line(Instant time, LogLevel level, std::string_view event,
                      std::span<const LogField> fields) {
    std::string line;
    line.reserve(200);
    line += R"({"time":")";
    append_rfc3339(line, time);
    line += R"(","level":")";
    line += name_of(level);
    line += R"(","event":)";
    append_quoted(line, event);
    for (const LogField& field : fields) {
        if (field.value.empty()) continue;
        line += ',';
        append_quoted(line, field.name.text());
        line += ':';
        append_quoted(line, field.value);
    }
    line += '}';
    return line;
}

}  // namespace chathook
