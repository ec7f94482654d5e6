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
    std::string vendor_type;  // the vendor's own name for it; may be empty
    Instant received{};

    // Equal for two deliveries of the same signed event: the first 16 bytes of SHA-256 over source and
    // identity.
    std::array<std::uint8_t, 16> dedupe_key{};

    // The CloudEvent: one line of UTF-8 JSON without its line feed. If lacks_base64(), the base64 of `raw` is
    // left out at original_at: use line() or LinePieces (verify/event_line.hpp).
    std::string text;

    // Where `text` contains the vendor's bytes unchanged; size 0: it does not, see raw.
    std::size_t original_at = 0;
    std::size_t original_size = 0;

    // The accepted bytes if `text` cannot hold them verbatim (line breaks, invalid UTF-8, not JSON), else
    // empty.
    std::string raw;

    // The accepted bytes, exactly.
    std::string_view original() const noexcept {
        return original_size > 0 ? std::string_view(text).substr(original_at, original_size)
                                 : std::string_view(raw);
    }

    // Whether `text` leaves out the base64 of a long `raw`: with it, 60 MB would take 140 MB.
    bool lacks_base64() const noexcept { return original_at > 0 && original_size == 0; }

    // Size of the whole line in bytes.
    std::size_t line_size() const noexcept {
        return text.size() + (lacks_base64() ? (raw.size() + 2) / 3 * 4 : 0);
    }

    // The whole line, a copy.
    std::string line() const;
};

}  // namespace chathook
