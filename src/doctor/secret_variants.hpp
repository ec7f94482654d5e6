// The secrets that may have been meant by the given one: for finding out which of them a sender signed with.
// Pure; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <chathook/secret.hpp>

namespace chathook::doctor {

struct SecretVariant {
    std::string_view name;  // "trimmed"; empty: the secret as given
    std::string_view what;  // completes "signed with the secret .."
    std::string_view hint;
    SecretBytes bytes;  // never empty
};

// The secret as given first, then the variants, without duplicates. All intermediate copies are wiped.
std::vector<SecretVariant> secret_variants(std::string_view secret);

}  // namespace chathook::doctor
