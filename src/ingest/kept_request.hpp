// A refused request as a source with keep_rejected writes it down: an HTTP/1.1 message as text, chunking
// removed. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>

namespace chathook::ingest {

// A longer request is written down without itself: what refuses nobody must not fill the journal.
inline constexpr std::size_t kept_bytes_max = 64 * 1024;

// Nothing if that would be longer than kept_bytes_max.
std::optional<std::string> keep_request(const Request& request);

// What was kept, for one more look. Views into the text it was read from.
struct KeptRequest {
    std::vector<Field> fields;
    std::string_view method, path, query, body;

    // With `fields` in it; client and time of receipt stand elsewhere.
    Request request() const;
};

// Nothing if `text` is not what keep_request() makes.
std::optional<KeptRequest> read_kept_request(std::string_view text);

}  // namespace chathook::ingest
