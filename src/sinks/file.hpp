// Writes events as lines of JSON to a file that only chathookd appends to. Delivered means that fdatasync
// returned. docs/sinks/file.md.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include <chathook/sink.hpp>

namespace chathook::sinks {

inline constexpr SinkTraits file_traits{.batch_events_max = 1024, .batch_bytes_max = 2 * 1024 * 1024};

std::span<const OptionSpec> file_options();
std::variant<std::unique_ptr<Sink>, SettingsError> make_file_sink(const SinkSettings& settings);

}  // namespace chathook::sinks
