// The CA certificates that an http sink trusts instead of the system's, read once from a PEM file (RFC 7468),
// so that a missing or broken file is found at start-up and not with the first event. Start-up only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace chathook::sinks {

inline constexpr std::size_t authorities_bytes_max = 4u << 20;  // all of Mozilla's take 220 KiB

struct Authorities {
    std::string pem;
    std::size_t certificates = 0;
};

// Returns the certificates, or what is wrong with the text. Checks only the outer frame of each certificate;
// the TLS library checks the rest on the first connection.
std::variant<Authorities, std::string> check_authorities(std::string pem);

// Returns the certificates, or what is wrong with the file, and the fix.
std::variant<Authorities, std::string> read_authorities(const std::string& path);

}  // namespace chathook::sinks
