// One vendor-neutral event, ready to be made durable. Written by normalize/, kept by journal/, read by sinks.
// Owns everything; immutable once journaled; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathook/time.hpp"

namespace chathook {

struct Event {
    std::string id;           // UUIDv7 as text, 36 characters, fixed at receipt
    std::string source;       // the configured source's name
    std::string vendor;       // "lynn"
    std::string type;         // "handover.requested"
    std::string vendor_type;  // the vendor's own word for it; may be empty
    Instant received{};

    // Equal for two deliveries of the same signed event: the first 16 bytes of SHA-256 over source and
    // identity.
    std::array<std::uint8_t, 16> dedupe_key{};

    // The CloudEvent: one line of UTF-8 JSON without its line feed.
    std::string json;

    // Where the vendor's own bytes stand inside `json`, when they stand there unchanged (size 0: they do not,
    // see raw).
    std::size_t original_at = 0;
    std::size_t original_size = 0;

    // The accepted bytes where `json` cannot hold them verbatim (line breaks, invalid UTF-8, not JSON). Else
    // empty.
    std::string raw;

    // The accepted bytes, exactly.
    std::string_view original() const noexcept {
        return original_size > 0 ? std::string_view(json).substr(original_at, original_size)
                                 : std::string_view(raw);
    }
};

}  // namespace chathook
