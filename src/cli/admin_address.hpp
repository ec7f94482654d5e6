// Checks the form of an admin address from the command line before any connection is made. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::cli {

inline constexpr std::string_view admin_address_forms = "127.0.0.1:9464, \"[::1]:9464\" or unix:/PATH";

// What is wrong with the address, and the fix; empty if its form is valid. Host names are not resolved.
std::string objection_to_address(const std::string& address);

}  // namespace chathook::cli
