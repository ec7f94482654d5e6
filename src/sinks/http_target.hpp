// Where and how an http sink sends, validated. Immutable once read; any thread, except for the template,
// which belongs to the sink's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <chathook/settings.hpp>

#include "sinks/address.hpp"
#include "sinks/payload_template.hpp"
#include "sinks/standard_webhooks.hpp"

namespace chathook::sinks {

enum class Payload { cloudevents, original, from_template };

struct HttpTarget {
    std::string url;
    HostForm host = HostForm::name;
    std::vector<SecretHeader> headers;
    bool sets_content_type = false;  // the operator's content-type replaces ours
    Payload payload = Payload::cloudevents;
    std::shared_ptr<PayloadTemplate> body;  // for Payload::from_template
    std::chrono::milliseconds timeout{15'000};
    std::size_t concurrency = 1;
    bool allow_private = false;
    std::optional<StandardWebhooksKey> key;
    std::string certificate_authorities;  // PEM; empty: the system's
};

inline constexpr std::size_t concurrency_max = 64;

// Turns the options of the http sink into a target, or returns what is wrong with them. Reads the file of
// authorities, but makes no DNS lookup.
std::variant<HttpTarget, SettingsError> read_http_target(const SinkSettings& settings);

}  // namespace chathook::sinks
