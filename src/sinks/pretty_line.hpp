// One event as one readable line: time, type, vendor, who, what. For the stdout sink and `chathookd tail`.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chathook::sinks {

struct PrettyStyle {
    bool colour = false;             // ANSI colours by family of type; for terminals only
    std::size_t columns_what = 100;  // the message is cut here
};

// `event_json` is a CloudEvent as normalize/ writes it; for anything else the line says that it cannot be
// read. The result has no line feed, and nothing a sender wrote can start a line, move a cursor or change the
// direction of text. Times are UTC.
//
//   20:00:00  handover.requested  lynn/lynn-support  Ada <ada@example.com>  "Can I talk to a person?"
std::string pretty_line(std::string_view event_json, PrettyStyle style);

}  // namespace chathook::sinks
