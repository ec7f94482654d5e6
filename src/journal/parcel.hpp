// Events that came in one request: what is stored of the request beside them, and how it is read again. Plain
// values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <chathook/event.hpp>

#include "journal/sink_set.hpp"

namespace chathook::journal {

// Events that came in one request, in the order in which they stand in its body. Immutable once handed over.
struct Parcel {
    std::string id;        // of the request: UUIDv7 as text, 36 characters
    std::string envelope;  // the accepted body without the bytes of its elements
    struct Part {
        std::shared_ptr<const Event> event;  // event->original() is the element, byte for byte
        SinkSet sinks;
        std::uint64_t at =
            0;  // where the element's bytes belong in `envelope`: an offset, rising (equal allowed)
        bool beside = false;  // its bytes are not put into the envelope: the event is the whole body
    };
    std::vector<Part> parts;  // 1 to parcel_parts_max
};
inline constexpr std::size_t parcel_parts_max = 1000;

// Whether it keeps to what is said above.
inline bool is_valid(const Parcel& parcel) noexcept {
    std::uint64_t at = 0;
    for (const Parcel::Part& part : parcel.parts) {
        if (!part.event || part.at < at || part.at > parcel.envelope.size()) return false;
        at = part.at;
    }
    return !parcel.parts.empty() && parcel.parts.size() <= parcel_parts_max;
}

// The request that an event came in, as far as it is still stored.
struct StoredRequest {
    std::string id;
    std::size_t index = 0;  // which of its `count` events the event is, from 0
    std::size_t count = 0;
    std::string body;                  // as it was accepted; empty unless is_whole()
    std::vector<std::size_t> missing;  // events whose bytes are not stored (any more), in rising order
    bool envelope_erased = false;      // with one of its events

    bool is_whole() const noexcept { return missing.empty() && !envelope_erased; }
};
inline constexpr std::size_t request_body_max = 64 << 20;  // bytes of `body`

}  // namespace chathook::journal
