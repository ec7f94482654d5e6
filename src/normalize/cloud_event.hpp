// The end of the pure part of the flow: a verified body and what its vendor module read out of it become the
// one Event that is journaled. The CloudEvents line is written straight into one string, because this runs
// for every request. Pure: id and time are handed in. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <chathook/event.hpp>
#include <chathook/normalized.hpp>
#include <chathook/verified.hpp>

namespace chathook::normalize {

// The event of docs/event-model.md. A body that is not JSON, or is nested deeper than nesting_max, becomes
// `unrecognized` with data.original_base64, whatever `normalized` says. A time outside the years 1970 to 9999
// counts as absent.
Event make_event(const Normalized& normalized, const Verified& verified, std::string_view source_name,
                 std::string_view vendor, std::string id, Instant received);

// Equal for two deliveries of one event: the first 16 bytes of SHA-256 over the source's name and
// `normalized.identity`, or the whole accepted body where the identity is empty. Every part goes in with its
// length, so that no two lists of parts can be mistaken for each other.
std::array<std::uint8_t, 16> dedupe_key(const Normalized& normalized, const Verified& verified,
                                        std::string_view source_name);

}  // namespace chathook::normalize
