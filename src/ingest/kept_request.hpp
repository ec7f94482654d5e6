// A refused request as recorded for a source with keep_rejected: an HTTP/1.1 message as text, chunking
// removed. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>

namespace chathook::ingest {

// A longer request is recorded without its text: a mere refusal must not fill the journal.
inline constexpr std::size_t kept_bytes_max = 64 * 1024;

// Returns nothing if the text would be longer than kept_bytes_max.
std::optional<std::string> keep_request(const Request& request);

// A kept request, parsed for another verification. Views into the text it was read from.
struct KeptRequest {
    std::vector<Field> fields;
    std::string_view method, path, query, body;

    // A request that points to `fields`; client and time of receipt must be set by the caller.
    Request request() const;
};

// Returns nothing if `text` is not what keep_request() makes.
std::optional<KeptRequest> read_kept_request(std::string_view text);

}  // namespace chathook::ingest
