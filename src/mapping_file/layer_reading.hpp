// Reads what a map, a block and an event have alike: `set`, `messages`, `subject` and `time`. One thread.
#pragma once

#include <optional>
#include <vector>

#include "mapping_file/fields.hpp"
#include "mapping_file/value_reading.hpp"

namespace chathook::mapping_file {

struct Part {
    mapping::Layer layer;
    bool has_messages = false;
    std::optional<mapping::Value> time;
    std::vector<const mapping::Target*> subject;  // empty: left to others
};

// Of the values there, `levels_up` levels are around the event.
Part read_part(const Fields& fields, Scope& scope, std::size_t levels_up);

}  // namespace chathook::mapping_file
