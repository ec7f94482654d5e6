#include "cli/header_lines.hpp"

#include <algorithm>
#include <string>

#include "cli/mistake.hpp"
#include "support/ascii.hpp"

namespace chathook::cli {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// "POST /webhooks/lynn HTTP/1.1"
bool is_request_line(std::string_view line) noexcept {
    const std::size_t last = line.rfind(' ');
    return last != line.npos && line.substr(last + 1).starts_with("HTTP/") &&
           is_token(line.substr(0, line.find(' ')));
}

bool is_passed_over(std::string_view line) noexcept {
    return line.starts_with("* ") || line.starts_with("< ") || line.starts_with("{ ") ||
           line.starts_with("} ") || line.starts_with(':');
}

std::string_view take_line(std::string_view& text) noexcept {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    return line;
}

Field parse_field(std::string_view line, std::size_t number) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == line.npos || !is_token(name)) {
        throw Mistake(ExitCode::bad_input, "--headers: line " + std::to_string(number) +
                                               " is not a header field; write `Name: value`");
    }
    return {name, trimmed(line.substr(colon + 1))};
}

}  // namespace

std::vector<Field> parse_header_lines(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::vector<Field> fields;
    bool begun = false;  // an empty line ends the headers, but not before they begin
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = take_line(text);
        if (is_passed_over(line)) continue;
        if (line.starts_with('>')) line.remove_prefix(1);
        line = trimmed(line);
        if (line.empty()) {
            if (begun) break;
            continue;
        }
        begun = true;
        if (line.starts_with(':') || (fields.empty() && is_request_line(line))) continue;
        fields.push_back(parse_field(line, number));
    }
    return fields;
}

std::size_t head_size(std::string_view text) {
    const std::size_t whole = text.size();
    for (bool begun = false; !text.empty();) {
        const bool empty = trimmed(take_line(text)).empty();
        if (empty && begun) break;
        begun = begun || !empty;
    }
    return whole - text.size();
}

}  // namespace chathook::cli
