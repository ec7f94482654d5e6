// What proves a sender without a signature, and what cannot be verified at all. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "learn/search.hpp"

namespace chathook::learn {

// Whether the secret with this index is a public key.
bool is_public_at(const Evidence& evidence, std::size_t secret);

// A secret that stands in a header, behind a prefix or in base64, or in the body as a text: `kind: token`.
std::vector<Lesson> token_lessons(const Evidence& evidence);

// What is seen in a request that no signature and no token explains: sentences.
std::vector<std::string> remarks_on(const Evidence& evidence, bool has_signature);

// Short texts and numbers in a body, with their JSON pointers; at most values_of_body_max.
inline constexpr std::size_t values_of_body_max = 64;
std::vector<std::pair<std::string, std::string>> body_values(std::string_view body);

}  // namespace chathook::learn
