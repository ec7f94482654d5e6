// Event ids: UUID version 7 (RFC 9562, section 5.7), so that ids sort by time of receipt. Any thread.
#pragma once

#include <string>

#include <chathook/time.hpp>

namespace chathook {

// A fresh id stamped with `received` (millisecond precision), 74 random bits from the kernel, lower-case text
// of 36 characters. Throws std::system_error if the kernel has no randomness to give.
std::string make_event_id(Instant received);

}  // namespace chathook
