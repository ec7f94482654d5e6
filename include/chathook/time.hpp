// Points in time, as the whole program writes them. Plain values; any thread.
#pragma once

#include <chrono>

namespace chathook {

// Wall clock, UTC, microseconds: what vendors sign and what people read. Deadlines and backoff never use it,
// they use std::chrono::steady_clock, so that a stepped clock neither stalls nor bursts anything.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace chathook
