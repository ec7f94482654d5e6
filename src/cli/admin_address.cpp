#include "cli/admin_address.hpp"

#include <algorithm>

#include "cli/listing.hpp"
#include "config/addresses.hpp"
#include "support/ascii.hpp"

namespace chathook::cli {

namespace {

std::string in_forms(const std::string& what) { return what + "; write " + std::string(admin_address_forms); }

bool is_name_of_machine(std::string_view host) {
    const auto allowed = [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; };
    const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return !is_number && host.size() <= 253 && std::ranges::all_of(host, allowed);
}

std::string objection_to_port(std::string_view port) {
    // A text longer than any port could overflow the number.
    const bool digits =
        !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos;
    const int number = digits ? std::stoi(std::string(port)) : 0;
    return number > 0 && number <= 65535 ? "" : in_forms("does not end with a port from 1 to 65535");
}

std::string objection_to_host(const std::string& host) {
    if (host.empty() || host == "*") return in_forms("does not name a machine");
    const bool in_brackets = host.front() == '[' && host.back() == ']';
    if (!in_brackets && host.find(':') != std::string::npos)
        return "has several colons; write an IPv6 address in brackets, and quote it for the shell: \"[" +
               host + "]:PORT\"";
    if (config::parse_address(host + ":1").address || is_name_of_machine(host)) return "";
    return in_forms("names neither an IP address nor a machine");
}

std::string objection_to(const std::string& address) {
    if (address == "systemd" || address.starts_with("systemd:"))
        return "says only that systemd holds the socket; write HOST:PORT or unix:/PATH, as ListenStream= of "
               "its .socket unit does";
    if (address.starts_with("unix:")) return config::parse_address(address).problem;
    if (address.find("://") != std::string::npos)
        return "begins with a scheme; write HOST:PORT or unix:/PATH, without one such as http://";
    if (address.starts_with('/')) return "is a path; write unix:" + address;
    const std::size_t colon = address.rfind(':');
    const bool bare = address.ends_with(']') || colon == std::string::npos;
    if (bare) return "has no port; write " + address + ":PORT, with that of admin.listen (9464 is usual)";
    const std::string host = address.substr(0, colon);
    const std::string objection = objection_to_host(host);
    return objection.empty() ? objection_to_port(std::string_view(address).substr(colon + 1)) : objection;
}

}  // namespace

std::string objection_to_address(const std::string& address) {
    const std::string objection = objection_to(address);
    if (objection.empty() || objection.starts_with("'")) return objection;
    return "'" + shown(address, 300) + "' " + objection;
}

}  // namespace chathook::cli
