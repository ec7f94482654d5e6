// Secrets from outside the configuration, and the places of a configuration where one stands. Messages never
// hold a secret, nor what may be one by mistake. Start-up and reload; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <chathook/secret.hpp>

#include "config/load.hpp"
#include "config/place.hpp"

namespace chathook::config {

SecretOrProblem secret_from_environment(const std::string& name);

// A regular file that nobody but its owner may touch. Relative to the working directory.
SecretOrProblem secret_from_file(const std::filesystem::path& path);

// A file in $CREDENTIALS_DIRECTORY, where systemd puts what LoadCredential= names.
SecretOrProblem secret_from_credential(const std::string& name);

// Whether `text` begins like a reference: env:, file: or credential:.
bool is_reference(std::string_view text);

inline constexpr std::size_t secret_bytes_min = 16;  // below: a warning

// What a place says: {value: ...}, {env: ...}, {file: ...}, {credential: ...}, the same as one text, or a
// literal. Nothing where it is absent or wrong, which is then reported. Does not judge its strength.
std::optional<SecretBytes> read_secret(const Place& at);

// The same with an optional not_after.
std::optional<Secret> read_dated_secret(const Place& at);

// Warns of a secret that is short or has blanks around it.
void judge_secret(const Place& at, const SecretBytes& secret);

}  // namespace chathook::config
