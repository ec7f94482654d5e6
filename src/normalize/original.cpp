#include "normalize/original.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "ecma/document.hpp"
#include "verify/encoding.hpp"

namespace chathook::normalize {
namespace {

constexpr std::string_view mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t";

bool has_line_breaks(std::string_view text) noexcept {
    return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

// Valid JSON has line breaks between tokens only.
void append_on_one_line(std::string& out, std::string_view json) {
    const auto start = static_cast<std::ptrdiff_t>(out.size());
    out += json;
    if (!has_line_breaks(json)) return;
    std::replace(out.begin() + start, out.end(), '\n', ' ');
    std::replace(out.begin() + start, out.end(), '\r', ' ');
}

std::optional<std::string> from_base64(std::string_view text) {
    const std::size_t digits = text.find_last_not_of('=') + 1;
    std::vector<std::uint8_t> bytes(digits * 3 / 4);
    if (!verify::decode_base64(text, bytes)) return std::nullopt;
    return std::string(bytes.begin(), bytes.end());
}

}  // namespace

Original plan_original(const Verified& verified) {
    const JsonDocument* document = verified.document();
    if (document == nullptr) return {};

    // The parser views valid UTF-8 in place. It drops a byte order mark and replaces invalid bytes; in that
    // case only the decoded text can be embedded.
    const std::string_view text = document->text();
    std::string_view body = verified.body();
    Original original{.json = true, .text = text};
    if (text.data() != body.data() || text.size() != body.size()) {
        original.byte_order_mark = body.starts_with(mark);
        if (original.byte_order_mark) body.remove_prefix(mark.size());
        original.invalid_utf8 = text != body;
    }
    original.line_breaks = has_line_breaks(text);
    original.obstacles = ecma::find_obstacles(*document, nesting_max);
    return original;
}

void append_planned(std::string& out, const Original& original, const JsonDocument& document,
                    const Json& value) {
    if (original.obstacles.any()) {
        ecma::append_portable(out, document, value, nesting_max);
    } else {
        append_on_one_line(out, value.source());
    }
}

void append_changes(std::string& out, const Original& original) {
    const std::pair<bool, std::string_view> words[] = {
        {original.line_breaks, "line_break"}, {original.byte_order_mark, "byte_order_mark"},
        {original.invalid_utf8, "utf8"},      {original.obstacles.surrogate, "surrogate"},
        {original.obstacles.nul, "nul"},      {original.obstacles.number, "number"},
        {original.obstacles.depth, "depth"},  {original.obstacles.duplicate_key, "duplicate_key"},
    };
    char before = '[';
    for (const auto& [changed, word] : words) {
        if (!changed) continue;
        out += before;
        out.append("\"").append(word).append("\"");
        before = ',';
    }
    out += ']';
}

std::optional<std::string> accepted_bytes(std::string_view line) {
    const auto document = JsonDocument::parse_bytes(line);
    if (document == nullptr) return std::nullopt;
    const Json data = document->root()["data"];
    if (const Json exact = data["original_base64"]) return from_base64(exact.text());
    const Json original = data["original"];
    if (!original) return std::nullopt;
    // The only white space in an event is the vendor's own, so what surrounds the value belongs to the text.
    const std::string_view source = original.source();
    const auto first = static_cast<std::size_t>(source.data() - document->text().data());
    const std::size_t colon = document->text().find_last_not_of(blanks, first - 1);
    const std::size_t end = document->text().find_first_not_of(blanks, first + source.size());
    return std::string(document->text().substr(colon + 1, end - colon - 1));
}

}  // namespace chathook::normalize
