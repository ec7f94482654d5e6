// A JSON text, parsed once, exactly as V8's JSON.parse reads it, and read through light handles. This is the
// only reader of vendors' bodies: what is verified, mapped and printed is one interpretation of the same
// bytes. Immutable after parse(); any number of threads may read.
#pragma once

#include <boost/system/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/error.hpp"

namespace chathook {

class JsonDocument;
class RepeatedKeys;

// One value of a document, or the absence of one. Three words; copy freely; valid while its document lives.
// Every accessor is total: asked for the wrong kind it answers empty, so that a vendor module reads what may
// be missing, null or of another type without a branch.
class Json {
public:
    enum class Kind : std::uint8_t { absent, null, boolean, number, string, array, object };

    Json() = default;

    Kind kind() const noexcept;
    bool is_object() const noexcept { return kind() == Kind::object; }
    bool is_array() const noexcept { return kind() == Kind::array; }

    // The member of that name, absent if there is none or this is not an object. Of duplicate keys the last
    // value counts, keys being compared after unescaping (ECMA-262, JSON.parse). Linear in the number of
    // members.
    Json operator[](std::string_view key) const noexcept;

    // A string's decoded text; empty for every other kind. Lone surrogates appear in it as WTF-8 (three
    // bytes, ED A0..BF).
    std::string_view text() const noexcept;

    // An identifier: a string's decoded text or a number's source text, so that 31305 reads "31305" and no
    // digit of a long number is lost. Empty for every other kind.
    std::string_view id() const noexcept;

    // This value as it stands in the document, byte for byte, from its first to its last character. Empty if
    // absent.
    std::string_view source() const noexcept;

    // Elements of an array or members of an object; 0 for every other kind.
    std::size_t size() const noexcept;

    // Walks an array's elements in order: for (Json e = a.first(); e; e = e.next()). Absent at the end, and
    // for non-arrays. For an object it walks the members' values; key() is then the member's decoded name.
    Json first() const noexcept;
    Json next() const noexcept;
    std::string_view key() const noexcept;

    explicit operator bool() const noexcept { return kind() != Kind::absent; }

private:
    friend class JsonDocument;
    friend class RepeatedKeys;
    Json(const JsonDocument* document, std::uint32_t index, RepeatedKeys* repeated) noexcept
        : document_(document), repeated_(repeated), index_(index) {}

    const JsonDocument* document_ = nullptr;
    RepeatedKeys* repeated_ = nullptr;  // passed on to every handle reached from this one
    std::uint32_t index_ = 0;
};

// Keys that were looked up and occur more than once in their object, so that another reader of the same bytes
// may see another value. Filled by the handles reached from JsonDocument::root(&repeated), and must outlive
// their use; one thread at a time.
class RepeatedKeys {
public:
    // Only the first are kept; a mapping that loops over a list finds many
    static constexpr std::size_t most = 16;

    bool empty() const noexcept { return count_ == 0; }

    // As JSON pointers (RFC 6901) into the document, in the order in which they were found.
    std::vector<std::string> pointers() const;

private:
    friend class Json;
    void note(const Json& object, std::string_view key) noexcept;

    struct Found {
        Json object;
        std::string_view key;  // points into the document
    };
    std::array<Found, most> found_;
    std::size_t count_ = 0;
};

}  // namespace chathook
