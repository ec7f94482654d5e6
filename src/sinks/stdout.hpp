// Writes events to standard output, for people, containers and pipes. Delivered means only that the pipe,
// terminal or file took the whole line. docs/sinks/stdout.md.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include <chathook/sink.hpp>

#include "sinks/pretty_line.hpp"
#include "support/line_stream.hpp"

namespace chathook::sinks {

inline constexpr SinkTraits stdout_traits{.batch_events_max = 256, .batch_bytes_max = 1024 * 1024};

enum class LineFormat { json, pretty };

std::span<const OptionSpec> stdout_options();
std::variant<std::unique_ptr<Sink>, SettingsError> make_stdout_sink(const SinkSettings& settings);

// Makes a sink that writes to any stream, which outlives the sink. Writers of the stream wait for each
// other's lines to be complete.
std::unique_ptr<Sink> make_stream_sink(LineStream& stream, LineFormat format, PrettyStyle style);

}  // namespace chathook::sinks
