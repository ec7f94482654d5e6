#include "admin/guard.hpp"
#include "support/ascii.hpp"

#include <algorithm>

namespace chathook::admin {

namespace {

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
    return type.count == 1 && same_ignoring_case(essence, "application/json");
}

bool is_from_elsewhere(const Request& request) noexcept {
    const HeaderValue site = header(request.fields, "sec-fetch-site");
    const bool from_here = site.count == 1 && (site.value == "same-origin" || site.value == "none");
    if (site.count > 0 && !from_here) return true;
    const HeaderValue origin = header(request.fields, "origin");
    if (origin.count == 0) return false;
    const HeaderValue host = header(request.fields, "host");
    const std::size_t scheme = origin.value.find("://");
    if (origin.count != 1 || host.count != 1 || scheme == std::string_view::npos) return true;
    return !same_ignoring_case(origin.value.substr(scheme + 3), host.value);
}

bool names_this_machine(const Request& request) noexcept {
    const HeaderValue host = header(request.fields, "host");
    if (host.count == 0 || host.value.empty()) return true;
    const std::string_view name = without_port(host.value);
    return host.count == 1 && (is_address(name) || same_ignoring_case(name, "localhost"));
}

}  // namespace chathook::admin
