// The secrets that somebody may have meant who gave this one: for finding out which of them a sender signed
// with. Pure; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <chathook/secret.hpp>

namespace chathook::verify {

struct SecretVariant {
    std::string_view name;  // "trimmed"; empty: the secret as it was given
    std::string_view what;  // completes "signed with the secret .."
    std::string_view mend;
    SecretBytes bytes;  // never empty
};

// The secret as given first, then what it may have been meant to be; none stands there twice. All that is
// made on the way is wiped.
std::vector<SecretVariant> secret_variants(std::string_view secret);

}  // namespace chathook::verify
