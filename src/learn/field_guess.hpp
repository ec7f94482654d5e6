// Which field of the event model a value of an unknown vendor's body may be, by the names of its keys. Pure;
// any thread.
#pragma once

#include <string_view>

#include "learn/leaves.hpp"

namespace chathook::learn {

// One of mapping::targets(), or "messages.text"; empty if the names say too little. `type`: of the event,
// empty if it is not known.
std::string_view field_of(const Leaf& leaf, std::string_view type);

// How well the leaf's key fits the vendor's word for the event, from 1; 0: it does not.
unsigned word_rank(const Leaf& leaf);

// Whether the leaf seems to be the time of the event.
bool is_event_time(const Leaf& leaf);

}  // namespace chathook::learn
