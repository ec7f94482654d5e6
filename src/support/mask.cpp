#include "support/mask.hpp"

#include <algorithm>

#include "support/ascii.hpp"
#include "support/utf8.hpp"

namespace chathook {
namespace {

constexpr std::string_view hidden = "***";
constexpr std::size_t phone_digits_min = 6;
constexpr std::size_t phone_digits_shown = 2;

}  // namespace

std::string mask_email(std::string_view email) {
    if (email.empty()) return {};
    const std::size_t at = email.find('@');
    const CodePoint first = first_code_point(email);
    const bool one_at = at != std::string_view::npos && email.find('@', at + 1) == std::string_view::npos;
    if (!one_at || at == 0 || at + 1 == email.size() || !first.valid) return std::string(hidden);

    std::string masked(email.substr(0, first.size));
    masked += hidden;
    masked += email.substr(at);
    return masked;
}

std::string mask_phone(std::string_view phone) {
    if (phone.empty()) return {};
    std::string digits;
    std::ranges::copy_if(phone, std::back_inserter(digits), is_digit);
    std::string masked(hidden);
    if (digits.size() >= phone_digits_min) masked += digits.substr(digits.size() - phone_digits_shown);
    return masked;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max && plain_ascii(text) == text.size()) return std::string(text);
    std::string safe;
    safe.reserve(std::min(text.size(), bytes_max));
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        const bool keep = point.valid && !unsafe_to_print(point.value);
        const std::string_view piece = keep ? text.substr(0, point.size) : std::string_view("?");
        if (safe.size() + piece.size() > bytes_max) break;
        safe += piece;
        text.remove_prefix(point.size);
    }
    return safe;
}

}  // namespace chathook
