#include "config/guessable.hpp"
#include "support/ascii.hpp"

#include <algorithm>
#include <array>

namespace chathook::config {

namespace {

using WordList = std::initializer_list<std::string_view>;

constexpr std::string_view name_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

bool is_variable_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && (text[0] < '0' || text[0] > '9') &&
           text.find_first_not_of(name_characters) == std::string_view::npos;
}

// The name in a text that is, as a whole, $NAME, ${NAME}, %NAME% or $(NAME); otherwise empty. For $NAME only
// capitals count, because a random secret may begin with a dollar sign.
std::string_view variable_of(std::string_view text) {
    const auto between = [&](std::string_view open, std::string_view close) -> std::string_view {
        if (text.size() <= open.size() + close.size() || !text.starts_with(open) || !text.ends_with(close))
            return {};
        const auto name = text.substr(open.size(), text.size() - open.size() - close.size());
        return is_variable_name(name) ? name : std::string_view();
    };
    for (const auto& [open, close] : {std::pair("${", "}"), std::pair("$(", ")"), std::pair("%", "%")}) {
        if (const auto name = between(open, close); !name.empty()) return name;
    }
    const auto bare = between("$", "");
    const bool capitals = std::ranges::none_of(bare, [](char c) { return c >= 'a' && c <= 'z'; });
    return capitals ? bare : std::string_view();
}

bool holds(std::string_view text, std::string_view open, std::string_view close) {
    const std::size_t at = text.find(open);
    return at != std::string_view::npos && text.find(close, at + open.size()) != std::string_view::npos;
}

bool is_template(std::string_view text) {
    return holds(text, "{{", "}}") || holds(text, "<%", "%>") || holds(text, "$(", ")") ||
           (text.size() > 2 && text.starts_with('<') && text.ends_with('>'));
}

std::string letters_and_digits(std::string_view text) {
    std::string kept;
    for (const char c : text) {
        if (is_alphanumeric(c)) kept += to_lower(c);
    }
    return kept;
}

bool begins_like_placeholder(std::string_view text) {
    constexpr std::array<std::string_view, 16> beginnings{
        "changeme",   "changethis",  "changeit",  "replaceme",   "replacethis", "replacewith",
        "yoursecret", "yourwebhook", "yourapi",   "yoursigning", "yourshared",  "yourtoken",
        "insertyour", "putyour",     "enteryour", "placeholder"};
    const std::string plain = letters_and_digits(text);
    return std::ranges::any_of(beginnings, [&](std::string_view word) { return plain.starts_with(word); });
}

// Text from forms and examples: a word such as "password", or one repeated character.
bool is_example_word(std::string_view text) {
    constexpr std::array<std::string_view, 21> examples{
        "secret",   "mysecret",      "thesecret",     "supersecret", "topsecret", "secretkey", "sharedsecret",
        "password", "webhooksecret", "signingsecret", "token",       "mytoken",   "apikey",    "key",
        "todo",     "tbd",           "none",          "null",        "undefined", "example",   "test"};
    if (std::ranges::find(examples, letters_and_digits(text)) != examples.end()) return true;
    return text.size() > 1 && text.find_first_not_of(text.front()) == std::string_view::npos;
}

// A random secret in base64 may begin with a slash, so an absolute path counts only if its first segment is a
// usual directory.
bool is_path(std::string_view text) {
    if (text.starts_with("file:/") || text.starts_with("~/") || text.starts_with("./") ||
        text.starts_with("../"))
        return true;
    const bool drive = text.size() > 3 && text[1] == ':' && text[2] == '\\';
    if (drive) return true;
    constexpr std::array<std::string_view, 22> roots{
        "etc", "run", "var", "home", "usr",  "opt",     "srv",  "root", "tmp",   "mnt",   "data",
        "dev", "lib", "app", "sys",  "proc", "secrets", "keys", "conf", "media", "Users", "config"};
    if (!text.starts_with('/')) return false;
    const std::size_t end = text.find('/', 1);
    return end != std::string_view::npos && std::ranges::find(roots, text.substr(1, end - 1)) != roots.end();
}

std::optional<std::string> why_not_filled_in(std::string_view text) {
    if (const auto name = variable_of(text); !name.empty()) {
        return "is the name of a variable, which is not expanded here; write {env: " +
               (looks_like_name(name) ? std::string(name) : "NAME") + "}";
    }
    if (names_variable(text)) {
        return "contains a reference such as ${NAME}, which is not expanded here; write {env: NAME} for a "
               "variable "
               "that holds the whole value";
    }
    if (is_template(text)) {
        return "is a template that nothing filled in; write {env: NAME}, {file: PATH} or {credential: NAME}";
    }
    return std::nullopt;
}

const std::string placeholder =
    "is a placeholder, which everybody can guess; write {env: NAME}, {file: PATH} or {credential: NAME} for "
    "the real one";

}  // namespace

bool looks_like_name(std::string_view text) {
    constexpr std::size_t bytes_max = 64;
    constexpr std::ptrdiff_t digits_max = 2;
    const auto is_plain = [](char c) {
        return name_characters.find(c) != std::string_view::npos ||
               std::string_view("-./").find(c) != std::string_view::npos;
    };
    return text.size() <= bytes_max && std::ranges::all_of(text, is_plain) &&
           std::ranges::count_if(text, is_digit) <= digits_max;
}

bool names_variable(std::string_view text) {
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const std::size_t end = text.find_first_not_of(name_characters, at + 2);
        if (end != at + 2 && end != std::string_view::npos && (text[end] == '}' || text[end] == ':'))
            return true;
    }
    return false;
}

std::optional<std::string> why_guessable(std::string_view secret) {
    if (auto why = why_not_filled_in(secret)) return why;
    if (begins_like_placeholder(secret) || is_example_word(secret)) return placeholder;
    if (is_path(secret)) return "is the path of a file and not what the file holds; write {file: PATH}";
    return std::nullopt;
}

std::optional<std::string> why_guessable_header(std::string_view value) {
    if (auto why = why_not_filled_in(value)) return why;
    while (!value.empty()) {
        const std::size_t blank = value.find(' ');
        const std::string_view word = value.substr(0, blank);
        if (auto why = why_not_filled_in(word)) return why;
        if (begins_like_placeholder(word)) return placeholder;
        value.remove_prefix(blank == std::string_view::npos ? value.size() : blank + 1);
    }
    return std::nullopt;
}

}  // namespace chathook::config
