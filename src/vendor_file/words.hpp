// Small things that the readers of vendor files share. Pure; any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace chathook::vendor_file {

inline constexpr std::size_t header_name_bytes_max = 128;

// A header's name: letters, digits, '-' and '_' (RFC 9110, section 5.1, allows more that no sender uses).
inline bool is_header_name(std::string_view name) noexcept {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    return !name.empty() && name.size() <= header_name_bytes_max && std::ranges::all_of(name, allowed);
}

}  // namespace chathook::vendor_file
