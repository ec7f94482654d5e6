// Sends events as POST requests to one URL. Delivered means that the receiver answered 2xx.
// docs/sinks/http.md; docs/decisions/0001 says why libcurl.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include <chathook/sink.hpp>

namespace chathook::sinks {

inline constexpr SinkTraits http_traits{.batch_events_max = 64, .batch_bytes_max = 1024 * 1024};

std::span<const OptionSpec> http_options();
std::variant<std::unique_ptr<Sink>, SettingsError> make_http_sink(const SinkSettings& settings);

}  // namespace chathook::sinks
