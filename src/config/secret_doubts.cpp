#include "config/secret_doubts.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace chathook::config {

namespace {

using Doubts = std::vector<std::string_view>;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Characters that look like a space or are invisible: the last three are the no-break space, the zero-width
// space and a byte order mark.
constexpr std::array<std::string_view, 9> blanks{" ",  "\t",       "\r",           "\n",           "\v",
                                                 "\f", "\xC2\xA0", "\xE2\x80\x8B", byte_order_mark};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> quotation_marks{{
    {"\"", "\""},
    {"'", "'"},
    {"`", "`"},
    {"\xE2\x80\x9C", "\xE2\x80\x9D"},  // the quotes of word processors
    {"\xE2\x80\x9E", "\xE2\x80\x9C"},
    {"\xE2\x80\x98", "\xE2\x80\x99"},
}};

constexpr std::string_view doubt_about_mark =
    "begins with a byte order mark, which counts as part of it; most likely an editor wrote it: save as "
    "UTF-8 "
    "without one";
constexpr std::string_view doubt_about_quotes =
    "is enclosed in quotation marks, which count as part of it; they were most likely copied with it: remove "
    "them";

std::string_view without_blanks(std::string_view text) {
    for (bool found = true; found;) {
        found = false;
        for (const std::string_view blank : blanks) {
            if (text.starts_with(blank)) {
                text.remove_prefix(blank.size());
                found = true;
            }
            if (text.ends_with(blank)) {
                text.remove_suffix(blank.size());
                found = true;
            }
        }
    }
    return text;
}

bool is_quoted(std::string_view text) {
    return std::ranges::any_of(quotation_marks, [&](const auto& marks) {
        return text.size() > marks.first.size() + marks.second.size() && text.starts_with(marks.first) &&
               text.ends_with(marks.second);
    });
}

// In UTF-16 each ASCII character has a NUL byte.
bool looks_like_utf16(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
    const auto zeros = static_cast<std::size_t>(std::ranges::count(text, '\0'));
    return text.size() > 2 && zeros * 5 >= text.size() * 2;
}

bool is_capital_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// Whether `name` is that of a variable: in capitals, or one that mentions a secret. Any other text may be the
// beginning of a secret that contains an equals sign.
bool is_name_of_secret(std::string_view name) {
    constexpr std::size_t name_bytes_max = 64;
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool is_name =
        !name.empty() && name.size() <= name_bytes_max && (name[0] < '0' || name[0] > '9') &&
        std::ranges::all_of(name, [&](char c) { return small(c) || is_capital_or_digit(c); });
    if (!is_name) return false;
    if (std::ranges::none_of(name, small)) return true;
    constexpr std::array<std::string_view, 8> words{"secret", "SECRET", "Secret", "token",
                                                    "Token",  "key",    "Key",    "passw"};
    return std::ranges::any_of(words, [&](std::string_view word) { return name.ends_with(word); }) ||
           name.find("secret") != std::string_view::npos;
}

// Whether the text is a line of an environment file, or of YAML. A text with '=' only as padding is base64.
bool is_assignment(std::string_view text) {
    constexpr std::string_view shell = "export ";
    if (text.starts_with(shell)) text.remove_prefix(shell.size());
    for (const std::string_view sign : {std::string_view("="), std::string_view(": ")}) {
        const std::size_t at = text.find(sign);
        if (at == std::string_view::npos || !is_name_of_secret(text.substr(0, at))) continue;
        if (text.find_first_not_of('=', at + sign.size()) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

std::vector<std::string_view> doubts_about_secret(std::string_view secret) {
    if (looks_like_utf16(secret)) {
        return {
            "is most likely saved as UTF-16, whose zero bytes count as part of it: save as UTF-8 without a "
            "byte order mark"};
    }
    Doubts doubts;
    if (secret.find('\0') != std::string_view::npos) {
        doubts.emplace_back(
            "contains a NUL byte, which counts as part of it; most likely it is not the text that the vendor "
            "has: "
            "write it anew");
    }
    if (secret.starts_with(byte_order_mark)) {
        doubts.push_back(doubt_about_mark);
        secret.remove_prefix(byte_order_mark.size());
    }
    const std::string_view inside = without_blanks(secret);
    if (inside.size() != secret.size()) {
        doubts.emplace_back(
            "begins or ends with a blank or a line break, which counts as part of it; most likely it was "
            "pasted along: remove it");
    }
    if (inside.find_first_of("\r\n") != std::string_view::npos) {
        doubts.emplace_back(
            "has more than one line, and all of them with their line breaks are the key; most likely only "
            "one of them is the secret: leave that one alone there");
    }
    if (is_quoted(inside)) doubts.push_back(doubt_about_quotes);
    if (is_assignment(inside)) {
        doubts.emplace_back(
            "has the form NAME=value or NAME: value, all of which is the key; most likely only the value is "
            "the "
            "secret: leave it alone there, without name and quotation marks");
    }
    return doubts;
}

std::vector<std::string_view> doubts_about_header(std::string_view value) {
    Doubts doubts;
    if (value.starts_with(byte_order_mark)) doubts.push_back(doubt_about_mark);
    if (is_quoted(without_blanks(value))) doubts.push_back(doubt_about_quotes);
    return doubts;
}

}  // namespace chathook::config
