// One parsed JSON text: the owner behind the Json handles. Accepts exactly what V8's JSON.parse accepts, at
// any depth, in time linear in the text. Immutable after parsing; any number of threads may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "chathook/json.hpp"
#include "ecma/tape.hpp"

namespace chathook {

class JsonDocument {
public:
    using Pointer = std::shared_ptr<const JsonDocument>;

    // Parses valid UTF-8 in place: `text` must outlive the document. Null if it is not JSON, or is 512 MiB or
    // larger.
    static Pointer parse(std::string_view text);

    // Like parse(), but the document owns the text.
    static Pointer parse_owned(std::string text);

    // Parses bytes from the wire as a JavaScript receiver decodes them: one byte order mark is dropped, each
    // maximal invalid part becomes U+FFFD (WHATWG Encoding, UTF-8 decoder). Valid UTF-8 is viewed in place
    // and must outlive the document; anything else is decoded into a copy that the document keeps.
    static Pointer parse_bytes(std::string_view raw);

    // Records in `repeated`, if given, each key that is looked up and occurs more than once in its object.
    Json root(RepeatedKeys* repeated = nullptr) const noexcept { return {this, 0, repeated}; }

    // The text that was parsed, after decoding.
    std::string_view text() const noexcept { return text_; }

    // How deeply containers are nested: 0 for a lone scalar, 1 for {} and [].
    std::size_t max_depth() const noexcept { return tape_.max_depth; }

    // For use within ecma/ only: the tape, and conversion between its nodes and handles.
    const ecma::Tape& tape() const noexcept { return tape_; }
    Json handle(std::uint32_t node) const noexcept { return {this, node, nullptr}; }
    std::uint32_t index_of(const Json& json) const noexcept { return json.index_; }

private:
    friend class Json;

    struct Made;  // lets make_shared call the private constructor
    JsonDocument() = default;
    static Pointer finish(std::shared_ptr<JsonDocument> document);

    std::string owned_;
    std::string_view text_;
    ecma::Tape tape_;
};

}  // namespace chathook
