// One HTTP request that passed the gate, as the handler sees it: untrusted bytes, nothing interpreted.
// All views point into the connection's buffers and live until the handler's answer; read on that
// connection's thread only.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "chathook/time.hpp"

namespace chathook {

struct Field {
    std::string_view name;   // as received; compare without regard to case
    std::string_view value;  // without surrounding blanks
};

struct Request {
    std::string_view method;        // as received: "POST"
    std::string_view path;          // the target up to '?', as received; routes match it exactly
    std::string_view query;         // after '?', without it; empty if none
    std::span<const Field> fields;  // in order of arrival, repeated names included
    std::string_view body;          // the raw bytes that were sent, chunking removed, nothing else changed
    std::string_view client;        // the client's address as text, resolved through trusted proxies
    Instant received{};             // when the head was complete
};

// What stands under one field name. A field that must be single-valued and is repeated is refused, not picked
// from.
struct HeaderValue {
    std::size_t count = 0;   // how many fields bear the name
    std::string_view value;  // the first of them
};

HeaderValue header(std::span<const Field> fields, std::string_view name) noexcept;

}  // namespace chathook
