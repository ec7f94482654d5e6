// A token that stands in the body: reading it, and taking it out of what is kept. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chathook::verify {

// The decoded text at the path; nothing if there is none, or the body is not JSON in UTF-8.
std::optional<std::string> token_in_body(std::string_view body, std::span<const std::string_view> path);

// The body with an asterisk for each byte of the token, wherever the token occurs in it, so that neither the
// journal nor a sink learns a secret of the vendor's. Everything else stays at its place. Nothing where
// token_in_body() has nothing.
std::optional<std::string> body_without_token(std::string_view body, std::span<const std::string_view> path);

}  // namespace chathook::verify
