#include "admin/person.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "admin/encoded.hpp"
#include "ecma/document.hpp"
#include "support/ascii.hpp"

namespace chathook::admin {

namespace {

constexpr std::string_view blanks = " \t\r\n";
// Characters of a list of addresses, a link or a sentence: an address given with one of them would never be
// found.
constexpr std::string_view around_addresses = "<>()[],;:\"\\";
// Separators that people and telephones write between the digits of a number: a tab, a line break, blanks and
// hyphens of all widths, a middle dot.
constexpr std::array<std::string_view, 25> separators{
    " ",      "(",      ")",      ".",      "-",      "/",      "\t",     "\n",     "\r",  // ASCII
    "\u00a0", "\u00ad", "\u00b7", "\u2007", "\u2009", "\u200a", "\u200b", "\u202f", "\u2010",
    "\u2011", "\u2012", "\u2013", "\u2014", "\u2060", "\u2212", "\ufeff"};
constexpr std::size_t separators_max = 3;       // in a row
constexpr std::size_t phone_digits_max = 15;    // ITU-T E.164, section 6
constexpr std::string_view trunk_zero = "(0)";  // +49 (0) 151 ...: not dialled from abroad

bool is_one_of(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

std::string_view without_leading_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// Whether an address could begin, or end, at this position.
bool address_begins(std::string_view text, std::size_t at) noexcept {
    return at == 0 || !(is_alphanumeric(text[at - 1]) || is_one_of(text[at - 1], "._%+-"));
}
bool address_ends(std::string_view text, std::size_t end) noexcept {
    if (end == text.size()) return true;
    if (text[end] == '.') return end + 1 == text.size() || !is_alphanumeric(text[end + 1]);
    return !(is_alphanumeric(text[end]) || is_one_of(text[end], "-_"));
}

// Whether a number could begin, or end, at this position.
bool number_begins(std::string_view text, std::size_t at) noexcept {
    return at == 0 || !is_alphanumeric(text[at - 1]);
}
bool number_ends(std::string_view text, std::size_t end) noexcept {
    return end == text.size() || !is_alphanumeric(text[end]);
}

// The length in bytes of a separator at the beginning, or at the end, of `text`; 0: there is none.
std::size_t separator_at(std::string_view text) noexcept {
    if (text.empty() || is_alphanumeric(text.front())) return 0;
    for (const std::string_view one : separators) {
        if (text.starts_with(one)) return one.size();
    }
    return 0;
}
std::size_t separator_before(std::string_view text) noexcept {
    if (text.empty() || is_alphanumeric(text.back())) return 0;
    for (const std::string_view one : separators) {
        if (text.ends_with(one)) return one.size();
    }
    return 0;
}

// The end of the separators between two digits.
std::size_t end_of_separators(std::string_view text, std::size_t at) noexcept {
    for (std::size_t i = 0; i < separators_max && at < text.size(); ++i) {
        if (text.substr(at, trunk_zero.size()) == trunk_zero) {
            at += trunk_zero.size();
        } else {
            at += separator_at(text.substr(at));
        }
    }
    return at;
}

// How many digits are joined to this position by separators, behind or before it; more than phone_digits_max
// are not counted.
std::size_t digits_behind(std::string_view text, std::size_t at) noexcept {
    std::size_t digits = 0;
    while (digits <= phone_digits_max) {
        for (std::size_t i = 0; i < separators_max && at < text.size(); ++i)
            at += separator_at(text.substr(at));
        if (at == text.size() || !is_digit(text[at])) break;
        ++digits;
        ++at;
    }
    return digits;
}
std::size_t digits_before(std::string_view text, std::size_t at) noexcept {
    std::size_t digits = 0;
    while (digits <= phone_digits_max) {
        for (std::size_t i = 0; i < separators_max; ++i) at -= separator_before(text.substr(0, at));
        if (at == 0 || !is_digit(text[at - 1])) break;
        ++digits;
        --at;
    }
    return digits;
}

// Whether these digits are a whole number: no digits are joined to them, or more than any number has.
bool is_own_number(std::string_view text, std::size_t begin, std::size_t end, std::size_t digits) noexcept {
    while (begin > 0 && text[begin - 1] == '0') --begin;
    const bool prefixed = begin > 0 && text[begin - 1] == '+';
    if (!prefixed && !number_begins(text, begin)) return false;
    if (!number_ends(text, end)) return false;
    const std::size_t tied = (prefixed ? 0 : digits_before(text, begin)) + digits_behind(text, end);
    return tied == 0 || digits + tied > phone_digits_max;
}

// The end of `digits` that begin at `at`; npos if something else is there.
std::size_t end_of_digits(std::string_view text, std::size_t at, std::string_view digits) noexcept {
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0) at = end_of_separators(text, at);
        if (at == text.size() || text[at] != digits[i]) return std::string_view::npos;
        ++at;
    }
    return at;
}

// Whether the text is worth parsing: it begins like an object, an array or a string.
bool may_be_json(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(blanks);
    return first != std::string_view::npos && is_one_of(text[first], "{[\"");
}

// Whether `matches` accepts a key, a text or a number anywhere in the document; without recursion, because a
// vendor's JSON may be nested as deeply as its body is long.
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
    std::transform(address.begin(), address.end(), address.begin(), to_lower);
    const std::size_t at = address.find('@');
    const bool whole = at != std::string::npos && at > 0 && at + 1 < address.size() &&
                       address.find('@', at + 1) == std::string::npos &&
                       address.find_first_of(blanks) == std::string::npos &&
                       address.find_first_of(around_addresses) == std::string::npos && address.back() != '.';
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
    for (std::size_t at = 0; at < shown.size();) {
        const std::size_t separator = separator_at(std::string_view(shown).substr(at));
        if (separator == 0 && !is_digit(shown[at])) return std::nullopt;
        if (separator == 0) digits += shown[at];
        at += std::max<std::size_t>(separator, 1);
    }
    digits = without_leading_zeros(digits);
    if (digits.size() < phone_digits_min) return std::nullopt;
    return Person("", std::move(digits));
}

bool Person::is_in_text(std::string_view text) const {
    if (stands_in(text)) return true;
    if (is_in_form(text)) return true;
    auto decoded = decoded_once(text);
    for (unsigned layer = 0; decoded && layer < encodings_max; ++layer) {
        if (stands_in(*decoded) || is_in_form(*decoded)) return true;
        decoded = decoded_once(*decoded);
    }
    return false;
}

// In a percent-encoded form a plus is a blank (application/x-www-form-urlencoded): a literal plus would be
// %2B.
bool Person::is_in_form(std::string_view text) const {
    if (email_.empty() || text.find("%40") == std::string_view::npos) return false;
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    const auto decoded = decoded_once(spaced);
    return decoded && stands_in(*decoded);
}

bool Person::stands_in(std::string_view text) const {
    return email_.empty() ? has_phone(text) : has_email(text);
}

bool Person::is_in(const Event& event) const {
    if (is_in_bytes(event.text) || is_in_bytes(event.raw)) return true;
    return is_in_text(event.source) || is_in_text(event.vendor_type);
}

bool Person::is_in_request(std::string_view raw) const {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const std::size_t head = raw.find(end_of_head);
    if (head != std::string_view::npos && is_in_bytes(raw.substr(head + end_of_head.size()))) return true;
    return is_in_bytes(raw);
}

// Searches the bytes as they are, for text that is not JSON and for repeated keys; then the JSON that they
// are, and texts in it that are JSON themselves.
bool Person::is_in_bytes(std::string_view bytes, unsigned texts_in_texts) const {
    if (is_in_text(bytes)) return true;
    const auto document = JsonDocument::parse_bytes(bytes);
    return document && anywhere(*document, [&](std::string_view text) {
               if (texts_in_texts < encodings_max && may_be_json(text))
                   return is_in_bytes(text, texts_in_texts + 1);
               return is_in_text(text);
           });
}

bool Person::has_email(std::string_view text) const {
    const std::size_t local = email_.find('@');
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        if (at < local || text.size() - (at - local) < email_.size()) continue;
        const std::size_t begin = at - local;
        const std::string_view found = text.substr(begin, email_.size());
        const bool same = equals_ignoring_case(found, email_);
        if (same && address_begins(text, begin) && address_ends(text, begin + email_.size())) return true;
    }
    return false;
}

bool Person::has_phone(std::string_view text) const {
    for (std::size_t at = text.find(digits_.front()); at != std::string_view::npos;
         at = text.find(digits_.front(), at + 1)) {
        const std::size_t end = end_of_digits(text, at, digits_);
        if (end != std::string_view::npos && is_own_number(text, at, end, digits_.size())) return true;
    }
    return false;
}

}  // namespace chathook::admin
