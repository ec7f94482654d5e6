// Which combination of body, signed text and secret produces a MAC that was sent: the plain combination, or
// one that differs from it in one or two parts. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/body_variants.hpp"
#include "doctor/secret_variants.hpp"
#include "verify/hmac.hpp"

namespace chathook::doctor {

// What stands around the body in the signed text.
struct TextVariant {
    bool expected = false;  // the vendor signs this way
    std::string name;       // "time-signed"
    std::string what;       // completes "it matches the body, signed .."
    std::string hint;
    std::string before;  // "1492774577."
    std::string after = {};
};

struct SecretCandidate {
    std::size_t index = 0;  // of the given secret
    SecretVariant variant;
};

struct SearchSpace {
    std::span<const verify::Mac> macs;  // SHA-1, SHA-256 or SHA-512, distinguished by size
    std::span<const TextVariant> texts;
    std::span<const BodyVariant> bodies;
    std::span<const SecretCandidate> secrets;
    bool stringified_expected = false;  // whether the vendor may sign the JSON.stringify form
};

// Indices into the space's lists.
struct Match {
    std::size_t text = 0;
    std::size_t body = 0;
    std::size_t secret = 0;
    bool plain = false;  // it is the plain combination
};

// The search ends after hashing this many bytes: some seconds for any size of body.
inline constexpr std::uint64_t hashed_bytes_max = std::uint64_t{4} << 30;

struct SearchResult {
    std::vector<Match> matches;  // all with the smallest difference from the plain combination
    bool complete = true;        // false: the limit was reached
};

SearchResult find_matches(const SearchSpace& space, std::uint64_t bytes_max = hashed_bytes_max);

}  // namespace chathook::doctor
