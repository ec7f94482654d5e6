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
        throw Mistake(ExitCode::bad_input, "line " + std::to_string(number) + " of the request's head" +
                                               " is not a header field; write `Name: value`");
    }
    return {name, trimmed(line.substr(colon + 1))};
}

}  // namespace

namespace {

// Passes the lines of the head to `take`, with their numbers from 1, up to the empty line that ends it;
// returns what is behind that.
template <class Take>
std::string_view walk_head(std::string_view text, const Take& take) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    bool begun = false;  // an empty line ends the headers, but not before they begin
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = take_line(text);
        if (is_passed_over(line)) continue;
        if (line.starts_with('>')) line.remove_prefix(1);
        line = trimmed(line);
        if (line.empty() && begun) break;
        if (line.empty()) continue;
        take(line, number, !begun);
        begun = true;
    }
    return text;
}

}  // namespace

std::vector<Field> parse_header_lines(std::string_view text) {
    std::vector<Field> fields;
    walk_head(text, [&](std::string_view line, std::size_t number, bool first) {
        if (line.starts_with(':') || (first && is_request_line(line))) return;
        fields.push_back(parse_field(line, number));
    });
    return fields;
}

std::size_t head_size(std::string_view text) {
    return text.size() - walk_head(text, [](std::string_view, std::size_t, bool) {}).size();
}

RequestLine parse_request_line(std::string_view text) {
    RequestLine read;
    walk_head(text, [&](std::string_view line, std::size_t, bool first) {
        if (!first || !is_request_line(line)) return;
        read.method = line.substr(0, line.find(' '));
        const std::string_view target =
            trimmed(line.substr(read.method.size(), line.rfind(' ') - read.method.size()));
        const std::size_t mark = std::min(target.find('?'), target.size());
        read.path = target.substr(0, mark);
        read.query = target.substr(std::min(mark + 1, target.size()));
    });
    return read;
}

}  // namespace chathook::cli
