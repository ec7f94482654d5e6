// Every kind of sink, by name. A new sink is one line in catalog.cpp; the linker would drop a kind that
// registers itself. Any thread.
#pragma once

#include <span>
#include <string_view>

#include <chathook/sink.hpp>

namespace chathook::sinks {

std::span<const SinkKind> sink_kinds();

// The kind of that name, null if there is none.
const SinkKind* find_sink_kind(std::string_view name);

}  // namespace chathook::sinks
