// Events to standard output, for people, containers and pipes. Delivered means that the pipe, terminal or
// file took the whole line, no more. docs/sinks/stdout.md.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include <chathook/sink.hpp>

#include "sinks/pretty_line.hpp"

namespace chathook::sinks {

inline constexpr SinkTraits stdout_traits{.batch_events_max = 256, .batch_bytes_max = 1024 * 1024};

enum class LineFormat { json, pretty };

std::span<const OptionSpec> stdout_options();
std::variant<std::unique_ptr<Sink>, SettingsError> make_stdout_sink(const SinkSettings& settings);

// The same onto any open file descriptor, which stays the caller's.
std::unique_ptr<Sink> make_descriptor_sink(int descriptor, LineFormat format, PrettyStyle style);

}  // namespace chathook::sinks
