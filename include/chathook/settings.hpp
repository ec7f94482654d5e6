// A sink's options: declared by the sink as data, checked by config/ (unknown keys, types, secrets, each with
// its line), handed to the sink's factory complete. So a new sink never touches config/. Plain values; used
// at start-up.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
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
    tree,      // any value: text, a number, a list or a mapping, freely nested
};

struct OptionSpec {
    std::string_view key;  // dotted where nested: "rotate.size"
    OptionKind kind = OptionKind::text;
    std::string_view fallback;  // the default as written in the file; empty with required=false: unset
    bool required = false;
    std::string_view choices = {};  // for OptionKind::choice
    std::uint64_t least = 0;        // of a count, of a size in bytes, of a duration in milliseconds
    std::uint64_t most = 0;         // likewise; 0: as much as the kind has
    bool judged_by_sink = false;    // config/ accepts what is outside of these bounds, and make() does not
                                    // where it matters
    std::string_view help = {};     // one sentence with unit and reason, for the schema and the reference
    std::string_view more = {};     // Markdown, for the reference
};

// A header to send: its value may be a secret and is treated as one.
struct SecretHeader {
    std::string name;
    std::shared_ptr<const SecretBytes> value;

    friend bool operator==(const SecretHeader& a, const SecretHeader& b) {
        return a.name == b.name && *a.value == *b.value;
    }
};

// The value of an OptionKind::tree as the file has it, with its lines. A quoted value is text; any other is
// null, true, false or a number if JSON reads it so, else text. Nested no deeper than a configuration may be.
struct SettingsTree {
    enum class Kind { null, boolean, number, text, list, mapping };
    Kind kind = Kind::null;
    int line = 0;                      // 1-based; of a mapping's member: of its key
    std::string text;                  // of a text; of a boolean or a number as JSON writes it
    std::vector<std::string> keys;     // of a mapping, in file order
    std::vector<SettingsTree> values;  // of a list; of a mapping, one for each of `keys`

    // Whether both mean the same; the line is left out, because moving a value does not change it.
    friend bool operator==(const SettingsTree& a, const SettingsTree& b) {
        return a.kind == b.kind && a.text == b.text && a.keys == b.keys && a.values == b.values;
    }
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

    // Compares what shared pointers point to, not the pointers.
    friend bool operator==(const SinkSettings& a, const SinkSettings& b) {
        return a.name_ == b.name_ &&
               std::ranges::equal(a.values_, b.values_, [](const auto& x, const auto& y) {
                   return x.first == y.first && same(x.second, y.second);
               });
    }

private:
    static bool same(const Value& a, const Value& b) {
        if (a.index() != b.index()) return false;
        const auto equals_other = [&b](const auto& value) {
            const auto& other = std::get<std::decay_t<decltype(value)>>(b);
            if constexpr (requires { *value; }) {
                return *value == *other;
            } else {
                return value == other;
            }
        };
        return std::visit(equals_other, a);
    }

    template <class T>
    const T& get(std::string_view key) const {
        const auto found = values_.find(key);
        if (found == values_.end()) throw std::out_of_range("sink option not set: " + std::string(key));
        return std::get<T>(found->second);
    }

    std::string name_;
    std::map<std::string, Value, std::less<>> values_;
};

// What a factory finds wrong with options that have the right types: which key, what, and the fix, in one
// sentence.
struct SettingsError {
    std::string key;
    std::string message;
    int line = 0;  // within a tree: the line of the wrong value; 0: that of the key
};

}  // namespace chathook
