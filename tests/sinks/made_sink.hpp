// Makes sinks like the daemon: by name, from the options that a configuration would give.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <chathook/sink.hpp>

#include "sinks/catalog.hpp"

namespace chathook::test {

inline std::shared_ptr<const SecretBytes> secret_bytes(std::string_view text) {
    return std::make_shared<const SecretBytes>(text);
}

// The fallbacks of a kind's options, as config/ fills them in.
inline SinkSettings default_settings(std::string_view kind) {
    SinkSettings settings("test");
    for (const OptionSpec& option : sinks::find_sink_kind(kind)->options) {
        if (option.fallback.empty()) continue;
        const std::string text(option.fallback);
        if (option.kind == OptionKind::boolean) {
            settings.set(std::string(option.key), text == "true");
        } else if (option.kind == OptionKind::count) {
            settings.set(std::string(option.key), std::uint64_t{std::stoull(text)});
        } else if (option.kind == OptionKind::duration) {
            REQUIRE(text.back() == 's');
            settings.set(std::string(option.key), std::chrono::milliseconds(std::stoll(text) * 1000));
        } else {
            settings.set(std::string(option.key), text);
        }
    }
    return settings;
}

// Of an http sink.
inline SinkSettings with_url(const std::string& url) {
    SinkSettings settings = default_settings("http");
    settings.set("url", url);
    return settings;
}

inline std::unique_ptr<Sink> make_sink(std::string_view kind, const SinkSettings& settings) {
    auto made = sinks::find_sink_kind(kind)->make(settings);
    if (const auto* error = std::get_if<SettingsError>(&made)) FAIL(error->key + ": " + error->message);
    return std::get<std::unique_ptr<Sink>>(std::move(made));
}

// The error in the settings, as "key: message"; empty: none.
inline std::string mistake_in(std::string_view kind, const SinkSettings& settings) {
    auto made = sinks::find_sink_kind(kind)->make(settings);
    const auto* error = std::get_if<SettingsError>(&made);
    return error == nullptr ? std::string() : error->key + ": " + error->message;
}

inline std::vector<Outcome> deliver(Sink& sink, const std::vector<Delivery>& batch) {
    return sink.deliver(batch, std::stop_token());
}

inline bool all_delivered(const std::vector<Outcome>& outcomes, std::size_t count) {
    return outcomes.size() == count && std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& one) {
               return one.kind == Outcome::Kind::delivered;
           });
}

}  // namespace chathook::test
