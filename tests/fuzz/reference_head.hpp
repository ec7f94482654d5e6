// A second reading of a request's head, for the gate to be held to: RFC 9112's grammar as far as
// docs/http.md says that it is served, read line by line into copies, without haste and without views. It
// shares no line with the gate. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chathook::fuzz {

struct ReferenceHead {
    std::string method;
    std::string scheme;  // of an absolute form, in lower case, and its authority as written; else both empty
    std::string authority;
    std::string path;
    std::string query;
    std::string version;                                      // "HTTP/1.1"
    std::vector<std::pair<std::string, std::string>> fields;  // name as written, value without blanks around
    std::optional<std::uint64_t> length;
    bool chunked = false;
    bool keep_alive = false;
    bool waits_for_continue = false;
};

// `bytes` is a head from its first byte to its empty line. nullopt: it is not to be served.
std::optional<ReferenceHead> read_reference(const std::string& bytes);

}  // namespace chathook::fuzz
