// The last pure step: makes the Event that is journaled from a verified body and the fields that its vendor
// module read. The CloudEvents line is written directly into one string, because this runs for every request.
// Pure: the caller passes id and time. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <chathook/event.hpp>
#include <chathook/normalized.hpp>
#include <chathook/verified.hpp>

namespace chathook::normalize {

// Makes the event of docs/event-model.md: a line that every common reader accepts and from which
// accepted_bytes() (normalize/original.hpp) rebuilds the signed bytes. A body that is not JSON becomes
// `unrecognized` with data.original_base64, whatever `normalized` says. A time outside the years 1970 to 9999
// counts as absent. `body` is the string that verified.body() views, if the event may take it over instead of
// copying; otherwise empty.
std::shared_ptr<const Event> make_event(const Normalized& normalized, const Verified& verified,
                                        std::string_view source_name, std::string_view vendor, std::string id,
                                        Instant received, std::string body = {});

// Equal for two deliveries of one event: the first 16 bytes of SHA-256 over the source's name and
// `normalized.identity`, or the whole accepted body if the identity is empty. Each part is hashed with its
// length, so that different lists of parts cannot give the same input.
std::array<std::uint8_t, 16> dedupe_key(const Normalized& normalized, const Verified& verified,
                                        std::string_view source_name);

}  // namespace chathook::normalize
