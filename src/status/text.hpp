// The answer of GET /api/v1/status as the text that `chathookd status` prints. Pure; any thread.
#pragma once

#include <string>

#include <chathook/json.hpp>

namespace chathook::status {

// One line that a monitoring plug-in can show: "DEGRADED: sink crm fails since 14:02:05Z (status 503), 12
// wait". Without a line feed.
std::string headline(const Json& answer);

// The headline, facts of the daemon, and a table each of sources and sinks: sources that never sent an event
// stand last. A time has its date where that is not the date of the answer. Whatever a receiver wrote, no
// part of it moves a cursor or begins a line, and there is no '|', behind which plug-ins look for numbers.
std::string text_of(const Json& answer);

}  // namespace chathook::status
