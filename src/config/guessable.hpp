// Values in place of a secret that anybody can guess: a variable or a template that was not filled in, a
// placeholder, the path of the file that contains the secret. Users of compose files or of tools that expand
// variables write exactly these, and a webhook signed with that text would be accepted. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chathook::config {

// What is wrong with `secret` and the fix, as a sentence without its subject ("is a placeholder ...");
// nullopt if it may be a secret. Repeats nothing of it except the name of a variable written as ${NAME} or
// $NAME.
std::optional<std::string> why_guessable(std::string_view secret);

// The same for a header's value, of which each word is judged: "Bearer ${TOKEN}". Ordinary words ("none",
// "default") and paths are allowed there.
std::optional<std::string> why_guessable_header(std::string_view value);

// Whether `text`, found where a name or a path belongs, may be shown in a message. A secret written there by
// mistake must not be: it has more than two digits, other characters, or is long.
bool looks_like_name(std::string_view text);

// Whether `text` contains a reference such as ${NAME}, which a configuration does not expand.
bool names_variable(std::string_view text);

}  // namespace chathook::config
