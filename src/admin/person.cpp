#include "admin/person.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "ecma/document.hpp"

namespace chathook::admin {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view separators = " ().-/";  // what people write between the digits of a number
constexpr std::size_t separators_max = 3;          // in a row
constexpr std::string_view trunk_zero = "(0)";     // +49 (0) 151 ...: not dialled from abroad

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) noexcept { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }
bool is_one_of(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

std::string_view without_leading_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// Whether an address could begin, or end, between these two.
bool address_begins(std::string_view text, std::size_t at) noexcept {
    return at == 0 || !(is_alphanumeric(text[at - 1]) || is_one_of(text[at - 1], "._%+-"));
}
bool address_ends(std::string_view text, std::size_t end) noexcept {
    if (end == text.size()) return true;
    if (text[end] == '.') return end + 1 == text.size() || !is_alphanumeric(text[end + 1]);
    return !(is_alphanumeric(text[end]) || is_one_of(text[end], "-_"));
}

// Whether a number could begin, or end, between these two: no digit is tied to it by what people write
// between digits. Zeros and a plus before it are no digits of it.
bool number_begins(std::string_view text, std::size_t at) noexcept {
    while (at > 0 && text[at - 1] == '0') --at;
    if (at == 0 || text[at - 1] == '+') return true;
    if (is_alphanumeric(text[at - 1])) return false;
    for (std::size_t i = 0; i < separators_max && at > 0 && is_one_of(text[at - 1], separators); ++i) --at;
    return at == 0 || !is_digit(text[at - 1]);
}
bool number_ends(std::string_view text, std::size_t end) noexcept {
    if (end == text.size()) return true;
    if (is_alphanumeric(text[end])) return false;
    for (std::size_t i = 0; i < separators_max && end < text.size() && is_one_of(text[end], separators); ++i)
        ++end;
    return end == text.size() || !is_digit(text[end]);
}

// Where what people write between two digits ends.
std::size_t end_of_separators(std::string_view text, std::size_t at) noexcept {
    for (std::size_t i = 0; i < separators_max && at < text.size(); ++i) {
        if (text.substr(at, trunk_zero.size()) == trunk_zero) {
            at += trunk_zero.size();
        } else if (is_one_of(text[at], separators)) {
            ++at;
        }
    }
    return at;
}

// Where `digits` end that begin at `at`; npos when something else stands there.
std::size_t end_of_digits(std::string_view text, std::size_t at, std::string_view digits) noexcept {
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0) at = end_of_separators(text, at);
        if (at == text.size() || text[at] != digits[i]) return std::string_view::npos;
        ++at;
    }
    return at;
}

// Whether `matches` says yes to a key, a text or a number anywhere in the document; without recursion,
// because a vendor's JSON may be nested as deeply as its body is long.
template <class Matches>
bool anywhere(const JsonDocument& document, const Matches& matches) {
    std::vector<Json> open{document.root()};
    while (!open.empty()) {
        const Json value = open.back();
        open.pop_back();
        if (matches(value.key()) || matches(value.id())) return true;
        for (Json inner = value.first(); inner; inner = inner.next()) open.push_back(inner);
    }
    return false;
}

}  // namespace

std::optional<Person> Person::with_email(std::string_view email) {
    std::string address(trimmed(email));
    std::transform(address.begin(), address.end(), address.begin(), lower);
    const std::size_t at = address.find('@');
    const bool whole = at != std::string::npos && at > 0 && at + 1 < address.size() &&
                       address.find('@', at + 1) == std::string::npos &&
                       address.find_first_of(blanks) == std::string::npos;
    if (!whole) return std::nullopt;
    return Person(std::move(address), "");
}

std::optional<Person> Person::with_phone(std::string_view phone) {
    std::string_view text = trimmed(phone);
    const bool international = text.starts_with('+');
    if (international) text.remove_prefix(1);
    std::string shown(text);
    if (const std::size_t zero = shown.find(trunk_zero); international && zero != std::string::npos)
        shown.erase(zero, trunk_zero.size());
    std::string digits;
    for (const char c : shown) {
        if (is_digit(c)) {
            digits += c;
        } else if (!is_one_of(c, separators)) {
            return std::nullopt;
        }
    }
    digits = without_leading_zeros(digits);
    if (digits.size() < phone_digits_min) return std::nullopt;
    return Person("", std::move(digits));
}

bool Person::is_in_text(std::string_view text) const {
    return email_.empty() ? has_phone(text) : has_email(text);
}

bool Person::is_in(const Event& event) const {
    if (is_in_bytes(event.json) || is_in_bytes(event.raw)) return true;
    return is_in_text(event.source) || is_in_text(event.vendor_type);
}

bool Person::is_in_request(std::string_view raw) const {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const std::size_t head = raw.find(end_of_head);
    if (head != std::string_view::npos && is_in_bytes(raw.substr(head + end_of_head.size()))) return true;
    return is_in_bytes(raw);
}

// The bytes as they are, for what is no JSON and for the values of repeated keys; then what they mean as
// JSON.
bool Person::is_in_bytes(std::string_view bytes) const {
    if (is_in_text(bytes)) return true;
    const auto document = JsonDocument::parse_bytes(bytes);
    return document && anywhere(*document, [this](std::string_view text) { return is_in_text(text); });
}

bool Person::has_email(std::string_view text) const {
    const std::size_t local = email_.find('@');
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        if (at < local || text.size() - (at - local) < email_.size()) continue;
        const std::size_t begin = at - local;
        const std::string_view found = text.substr(begin, email_.size());
        const bool same = std::equal(found.begin(), found.end(), email_.begin(),
                                     [](char given, char wanted) { return lower(given) == wanted; });
        if (same && address_begins(text, begin) && address_ends(text, begin + email_.size())) return true;
    }
    return false;
}

bool Person::has_phone(std::string_view text) const {
    for (std::size_t at = text.find(digits_.front()); at != std::string_view::npos;
         at = text.find(digits_.front(), at + 1)) {
        const std::size_t end = end_of_digits(text, at, digits_);
        if (end != std::string_view::npos && number_begins(text, at) && number_ends(text, end)) return true;
    }
    return false;
}

}  // namespace chathook::admin
