// One HTTP request that passed the gate, as the handler sees it: untrusted bytes, nothing interpreted.
// All views point into the connection's buffers and live until the handler's answer; read on that
// connection's thread only.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "chathook/time.hpp"

namespace chathook {

struct Field {
    std::string_view name;   // as received; compare without regard to case
    std::string_view value;  // without surrounding blanks
};

// The memory of a request's body. Used on the request's thread only.
class BodyHold {
public:
    // The request is verified and its body will not be read again: the memory may be freed, and the body no
    // longer counts against the room for unverified bodies.
    virtual void proved() noexcept = 0;

    // Moves the memory of a verified body to the caller; the request's `body` then points into it. Empty if
    // the body shares its memory with others.
    virtual std::string hand_over() noexcept = 0;

protected:
    ~BodyHold() = default;
};

struct Request {
    std::string_view method;        // as received: "POST"
    std::string_view path;          // the target up to '?', as received; routes match it exactly
    std::string_view query;         // after '?', without it; empty if none
    std::span<const Field> fields;  // in order of arrival, repeated names included
    std::string_view body;          // the raw bytes that were sent, chunking removed, nothing else changed
    std::string_view client;        // the client's address as text, resolved through trusted proxies
    Instant received{};             // when the head was complete
    BodyHold* hold = nullptr;       // of `body`; null if nobody accounts for its memory
};

// The fields of one name. A field that must be single-valued but is repeated makes the request refused; no
// value is picked.
struct HeaderValue {
    std::size_t count = 0;   // how many fields have the name
    std::string_view value;  // the first of them
};

HeaderValue header(std::span<const Field> fields, std::string_view name) noexcept;

}  // namespace chathook
