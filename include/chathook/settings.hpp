// A sink's options: declared by the sink as data, checked by config/ (unknown keys, types, secrets, each with
// its line), handed to the sink's factory complete. So a new sink never touches config/. Plain values; used
// at start-up.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chathook/secret.hpp"

namespace chathook {

enum class OptionKind {
    text,
    path,      // absolute, or relative to the working directory
    choice,    // one of OptionSpec::choices, separated by '|'
    boolean,   // true, false
    count,     // a whole number >= 0
    size,      // 100MiB: bytes
    duration,  // 15s: milliseconds
    secret,    // {env: N}, {file: P}, {credential: N} or {value: S}
    headers,   // a mapping from header name to text or to a secret
    tree,      // any value: a text, a number, a list, a mapping, nested as one likes
};

struct OptionSpec {
    std::string_view key;  // dotted where nested: "rotate.size"
    OptionKind kind = OptionKind::text;
    std::string_view fallback;  // the default as one would write it; empty with required=false: simply unset
    bool required = false;
    std::string_view choices = {};  // for OptionKind::choice
    std::string_view help =
        {};  // one sentence with unit and reason; printed into the schema and the reference
};

// A header to send: its value may be a secret and is treated as one.
struct SecretHeader {
    std::string name;
    std::shared_ptr<const SecretBytes> value;
};

// The value of an OptionKind::tree as the file has it, with its lines. What stands in quotes is text; the
// rest is null, true, false or a number where JSON reads it so, and text where it does not. Nested as deeply
// as a configuration may be, no deeper.
struct SettingsTree {
    enum class Kind { null, boolean, number, text, list, mapping };
    Kind kind = Kind::null;
    int line = 0;                      // 1-based; of a mapping's member: of its key
    std::string text;                  // of a text; of a boolean or a number as JSON writes it
    std::vector<std::string> keys;     // of a mapping, in file order
    std::vector<SettingsTree> values;  // of a list; of a mapping, one for each of `keys`
};

class SinkSettings {
public:
    using Value = std::variant<std::string, bool, std::uint64_t, std::chrono::milliseconds,
                               std::shared_ptr<const SecretBytes>, std::vector<SecretHeader>,
                               std::shared_ptr<const SettingsTree>>;

    explicit SinkSettings(std::string name) : name_(std::move(name)) {}

    const std::string& name() const noexcept { return name_; }  // the sink's name in the configuration
    bool has(std::string_view key) const { return values_.find(key) != values_.end(); }
    void set(std::string key, Value value) { values_.insert_or_assign(std::move(key), std::move(value)); }

    const std::map<std::string, Value, std::less<>>& values() const noexcept { return values_; }

    // The value under `key`, its default already filled in. Asking for a key that is unset or of another kind
    // than declared is the sink's own mistake and throws std::bad_variant_access or std::out_of_range.
    const std::string& text(std::string_view key) const { return get<std::string>(key); }
    bool boolean(std::string_view key) const { return get<bool>(key); }
    std::uint64_t number(std::string_view key) const { return get<std::uint64_t>(key); }  // count or size
    std::chrono::milliseconds duration(std::string_view key) const {
        return get<std::chrono::milliseconds>(key);
    }
    const SecretBytes& secret(std::string_view key) const {
        return *get<std::shared_ptr<const SecretBytes>>(key);
    }
    const std::vector<SecretHeader>& headers(std::string_view key) const {
        return get<std::vector<SecretHeader>>(key);
    }
    const SettingsTree& tree(std::string_view key) const {
        return *get<std::shared_ptr<const SettingsTree>>(key);
    }

private:
    template <class T>
    const T& get(std::string_view key) const {
        const auto found = values_.find(key);
        if (found == values_.end()) throw std::out_of_range("sink option not set: " + std::string(key));
        return std::get<T>(found->second);
    }

    std::string name_;
    std::map<std::string, Value, std::less<>> values_;
};

// What a factory finds wrong with options that have the right types: which key, what, and the mend, in one
// sentence.
struct SettingsError {
    std::string key;
    std::string message;
    int line = 0;  // inside of a tree: of the value that is wrong; 0: the key's
};

}  // namespace chathook
