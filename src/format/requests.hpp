// The format of the table `requests`: what is stored of a request in which several events came, beside their
// records. docs/journal-format.md describes every byte. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/parcel.hpp"

namespace chathook::format {

struct RequestPart {
    // Flags. A program of this format refuses a row with others.
    static constexpr std::uint32_t repeated =
        1;  // it was stored before: `sequence` is that of the first event
    static constexpr std::uint32_t same_bytes = 2;  // with repeated: the first event has the same bytes
    static constexpr std::uint32_t erased = 4;
    static constexpr std::uint32_t beside = 8;  // its bytes are no part of the body that is put together

    std::uint64_t sequence = 0;  // of the event that has its bytes
    std::uint32_t at = 0;        // where they belong in the envelope
    std::uint32_t flags = 0;

    bool is(std::uint32_t flag) const noexcept { return (flags & flag) != 0; }
    // Whether the bytes of the event are those that came in this request.
    bool has_bytes() const noexcept { return !is(erased) && (!is(repeated) || is(same_bytes)); }
};

// A row without its envelope. The sequences of the parts that are not repeated are those from `first` to
// `last`, in this order.
struct RequestHead {
    std::uint64_t first = 0, last = 0;
    std::string id;
    std::vector<RequestPart> parts;
    std::uint32_t envelope_bytes = 0;
    bool envelope_erased = false;  // all its bytes are zeros
};

// The bytes of a row before and behind its envelope.
struct AroundEnvelope {
    std::string before, behind;
};
// `envelope` is not read if it is erased.
AroundEnvelope around_envelope(const RequestHead& head, std::string_view envelope);

// A row as it is stored; the envelope views its bytes.
struct RequestRow {
    RequestHead head;
    std::string_view envelope;
};
// Nothing if it is not as it was written.
std::optional<RequestRow> read_request(std::uint64_t first, std::uint64_t last, std::string_view bytes);

}  // namespace chathook::format
