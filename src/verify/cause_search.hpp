// Which combination of body, signed text and secret makes a MAC that was sent: the plain one, else one or two
// steps away from it. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verify/body_variants.hpp"
#include "verify/hmac.hpp"
#include "verify/secret_variants.hpp"

namespace chathook::verify {

// What stands before the body in the signed text.
struct SignedText {
    bool expected = false;  // as the vendor signs
    std::string name;       // "time-signed"
    std::string what;       // completes "it matches the body, signed .."
    std::string mend;
    std::string before;  // "1492774577."
};

struct SecretCandidate {
    std::size_t index = 0;  // which of the secrets that were given
    SecretVariant variant;
};

struct SearchSpace {
    std::span<const Mac> macs;  // of SHA-1 or SHA-256, told apart by size
    std::span<const SignedText> texts;
    std::span<const BodyVariant> bodies;
    std::span<const SecretCandidate> secrets;
    bool stringified_expected = false;  // whether the vendor may sign the JSON.stringify form
};

// Indices into the space's lists.
struct Match {
    std::size_t text = 0;
    std::size_t body = 0;
    std::size_t secret = 0;
    bool plain = false;  // nothing about it is out of the ordinary
};

// The search ends after this many bytes were hashed: seconds, whatever the body's size.
inline constexpr std::uint64_t hashed_bytes_max = std::uint64_t{4} << 30;

struct SearchResult {
    std::vector<Match> matches;  // all with the fewest steps away from the plain combination
    bool complete = true;        // false: the limit was reached before
};

SearchResult find_matches(const SearchSpace& space, std::uint64_t bytes_max = hashed_bytes_max);

}  // namespace chathook::verify
