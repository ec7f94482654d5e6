#include "admin/guard.hpp"

#include <algorithm>

namespace chathook::admin {

namespace {

bool same_word(std::string_view left, std::string_view right) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [lower](char a, char b) { return lower(a) == lower(b); });
}

// "[::1]:9464" -> "[::1]", "127.0.0.1:9464" -> "127.0.0.1".
std::string_view without_port(std::string_view host) noexcept {
    const std::size_t colon = host.rfind(':');
    const bool in_brackets = host.ends_with(']');
    return colon == std::string_view::npos || in_brackets ? host : host.substr(0, colon);
}

// Digits and dots alone are never looked up as a name (WHATWG URL, "ends in a number"); brackets hold IPv6.
bool is_address(std::string_view host) noexcept {
    if (host.starts_with('[')) return host.ends_with(']');
    return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

bool says_json(const Request& request) noexcept {
    const HeaderValue type = header(request.fields, "content-type");
    std::string_view essence = type.value.substr(0, type.value.find(';'));
    while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
    return type.count == 1 && same_word(essence, "application/json");
}

bool is_from_elsewhere(const Request& request) noexcept {
    const HeaderValue origin = header(request.fields, "origin");
    if (origin.count == 0) return false;
    const HeaderValue host = header(request.fields, "host");
    const std::size_t scheme = origin.value.find("://");
    if (origin.count != 1 || host.count != 1 || scheme == std::string_view::npos) return true;
    return !same_word(origin.value.substr(scheme + 3), host.value);
}

bool names_this_machine(const Request& request) noexcept {
    const HeaderValue host = header(request.fields, "host");
    if (host.count == 0 || host.value.empty()) return true;
    const std::string_view name = without_port(host.value);
    return host.count == 1 && (is_address(name) || same_word(name, "localhost"));
}

}  // namespace chathook::admin
