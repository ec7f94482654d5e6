// One line of the log as text or JSON, from its parts. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <chathook/time.hpp>

#include "support/log.hpp"

namespace chathook {

// A longer value is cut here and ends in "...", so that a sender cannot make a line much longer.
inline constexpr std::size_t log_value_bytes_max = 4096;

// `2026-11-21T20:00:00.123456Z info accepted source=lynn-support subject="two words"`: a value is quoted when
// it is empty or contains a space, a quote, a backslash or '=', and is then escaped as in JSON. `colour`
// paints the level for a terminal. No line feed at the end.
std::string text_line(Instant time, LogLevel level, std::string_view event, std::span<const LogField> fields,
                      bool colour);

// One JSON object: time, level, event, then the fields in order, all of them strings.
std::string json_line(Instant time, LogLevel level, std::string_view event, std::span<const LogField> fields);

}  // namespace chathook
