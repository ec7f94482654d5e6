// Reads pointers and values of a vendor file. Everything wrong is an error in the findings of the place. One
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "yaml/place.hpp"

namespace chathook::mapping_file {

// What the vendor's signature covers besides the body.
struct SignedParts {
    bool id = false;
    bool time = false;
    std::vector<std::string> headers = {};  // as `verify` writes them
};

// What is read into and counted while one mapping is read.
struct Scope {
    mapping::Mapping& mapping;
    const SignedParts& parts;
    std::size_t pointers = 0;
    std::map<std::string, std::size_t, std::less<>> parents = {};  // all steps but the last: its number
    std::size_t levels_up = 0;                                     // from an element of `each` to the body
};

// What stands where a value is expected.
struct Expected {
    mapping::Kind kind = mapping::Kind::text;
    std::span<const mapping::Word> words = {};  // not empty: only these
    std::size_t levels_up = 0;                  // how many levels are around
    bool header = false;                        // {header: NAME} may stand here
};

// Counts it among the pointers of the mapping; nullopt after an error.
std::optional<mapping::Pointer> read_pointer(const yaml::Place& at, Scope& scope, std::size_t levels_up);

// The same for a pointer that is a key: {/type: text}.
std::optional<mapping::Pointer> read_pointer(const yaml::Place& at, const std::string& text, Scope& scope,
                                             std::size_t levels_up);

// The index of the header in the mapping; nullopt and an error if it is no name.
std::optional<std::size_t> read_header(const yaml::Place& at, Scope& scope);
bool is_signed(const std::string& header, const SignedParts& parts);

mapping::Value read_value(const yaml::Place& at, Scope& scope, const Expected& expected);

}  // namespace chathook::mapping_file
