// The certificates that an http sink trusts in place of the system's, read once from a PEM file (RFC 7468),
// so that a missing or broken file is found at start-up and not with the first event. Start-up only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace chathook::sinks {

inline constexpr std::size_t authorities_bytes_max = 4u << 20;  // the whole of Mozilla's has 220 KiB

struct Authorities {
    std::string pem;
    std::size_t certificates = 0;
};

// Or what is wrong with the text. Looks at the frame of each certificate; what is inside, the TLS library
// judges with the first connection.
std::variant<Authorities, std::string> check_authorities(std::string pem);

// Or what is wrong with the file, and the mend.
std::variant<Authorities, std::string> read_authorities(const std::string& path);

}  // namespace chathook::sinks
