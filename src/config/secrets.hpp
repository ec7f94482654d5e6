// Secrets from outside the configuration, and the places in a configuration that contain one. Messages never
// contain a secret, nor text that may be one by mistake. Used at start-up and on reload; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <chathook/secret.hpp>

#include "config/load.hpp"
#include "config/reading.hpp"

namespace chathook::config {

SecretOrProblem secret_from_environment(const std::string& name);

// Reads a regular file that only its owner may access. Relative to the working directory.
SecretOrProblem secret_from_file(const std::filesystem::path& path);

// Reads a file in $CREDENTIALS_DIRECTORY, where systemd stores the files of LoadCredential=.
SecretOrProblem secret_from_credential(const std::string& name);

// Whether systemd passed credentials to this process, that is, whether $CREDENTIALS_DIRECTORY is set.
bool credentials_given();

// The secret at env:NAME, file:PATH or credential:NAME, whatever it is; resolve_secret() (load.hpp) also
// refuses guessable ones.
SecretOrProblem dereference(std::string_view reference);

// Whether `text` begins like a reference: env:, file: or credential:.
bool is_reference(std::string_view text);

inline constexpr std::size_t secret_bytes_min = 16;  // shorter secrets give a warning

// The use of a secret: a key or a token must be hard to guess, a header's value may be any text, and a public
// key is judged by whoever reads it as one.
enum class SecretUse { key, header, public_key };

// Reads the secret at a place: {value: ...}, {env: ...}, {file: ...}, {credential: ...}, the same in one
// text, or a literal. nullopt if it is absent, wrong or guessable (guessable.hpp); the latter two are
// reported. Warns of a value that is probably not the secret (secret_doubts.hpp), and of a short key.
std::optional<SecretBytes> read_secret(const Place& at, SecretUse use = SecretUse::key);

// The name of the credential if the secret's place names one and nothing else; otherwise empty.
std::string credential_named_at(const Place& at);

// Like read_secret(), with an optional not_after.
std::optional<Secret> read_dated_secret(const Place& at, SecretUse use = SecretUse::key);

}  // namespace chathook::config
