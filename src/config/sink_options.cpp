// A sink's own options, checked by the table that its kind declares.
#include <cassert>
#include <memory>

#include "config/secrets.hpp"
#include "config/sections.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::config {

namespace {

constexpr std::chrono::milliseconds option_duration_max = std::chrono::days(3653);

// RFC 9110, section 5.6.2.
bool is_header_name(std::string_view text) {
    constexpr std::string_view token =
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return !text.empty() && text.find_first_not_of(token) == std::string_view::npos;
}

// RFC 9110, section 5.5: any other character could end the header and begin another one.
bool is_header_value(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
    }
    return true;
}

std::string lower_case(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::optional<SinkSettings::Value> read_headers(const Place& at) {
    if (!at.is_mapping()) {
        at.error("must be a mapping from header names to values");
        return std::nullopt;
    }
    const std::size_t errors = at.findings().errors();
    std::vector<SecretHeader> headers;
    std::map<std::string, int> lines;
    for (const auto& [name, place] : at.entries()) {
        if (!is_header_name(name)) {
            place.error("not the name of a header; a blank must follow the colon between name and value");
            continue;
        }
        const auto [first, is_new] = lines.try_emplace(lower_case(name), place.line());
        if (!is_new) {
            place.error("the same header as in line " + std::to_string(first->second) +
                        "; keep one of the two");
            continue;
        }
        auto value = read_secret(place, SecretUse::header);
        if (!value) continue;
        if (!is_header_value(value->view())) {
            place.error(
                "contains a line break or another control character, which a header value cannot contain");
            continue;
        }
        headers.push_back({name, std::make_shared<const SecretBytes>(std::move(*value))});
    }
    if (at.findings().errors() != errors) return std::nullopt;
    return headers;
}

std::optional<SinkSettings::Value> read_secret_option(const Place& at) {
    auto secret = read_secret(at);
    if (!secret) return std::nullopt;
    return std::make_shared<const SecretBytes>(std::move(*secret));
}

std::optional<SinkSettings::Value> read_value(const Place& at, const OptionSpec& spec) {
    std::string text;
    bool truth = false;
    std::uint64_t number = 0;
    std::chrono::milliseconds duration{};
    const Bounds bounds = spec.judged_by_sink ? Bounds{} : bounds_of(spec);
    switch (spec.kind) {
        case OptionKind::text:
        case OptionKind::path:
            if (at.text(text)) return text;
            break;
        case OptionKind::choice:
            if (at.choice(text, choices_of(spec.choices))) return text;
            break;
        case OptionKind::boolean:
            if (at.boolean(truth)) return truth;
            break;
        case OptionKind::count:
            if (at.count(number, bounds.least, bounds.most)) return number;
            break;
        case OptionKind::size:
            if (at.size(number, bounds.least, bounds.most)) return number;
            break;
        case OptionKind::duration:
            if (at.duration(duration, std::chrono::milliseconds(bounds.least),
                            std::chrono::milliseconds(bounds.most)))
                return duration;
            break;
        case OptionKind::secret: return read_secret_option(at);
        case OptionKind::headers: return read_headers(at);
        case OptionKind::tree: return std::make_shared<const SettingsTree>(at.tree());
    }
    return std::nullopt;
}

// The default that a sink declares; an invalid one is a bug in the sink.
SinkSettings::Value default_value(const OptionSpec& spec) {
    switch (spec.kind) {
        case OptionKind::boolean: return spec.fallback == "true";
        case OptionKind::count:
            assert(yaml::parse_count(spec.fallback));
            return yaml::parse_count(spec.fallback).value_or(0);
        case OptionKind::size:
            assert(yaml::parse_size(spec.fallback));
            return yaml::parse_size(spec.fallback).value_or(0);
        case OptionKind::duration:
            assert(yaml::parse_duration(spec.fallback));
            return yaml::parse_duration(spec.fallback).value_or(std::chrono::milliseconds(0));
        default:
            assert(spec.kind != OptionKind::secret && spec.kind != OptionKind::headers &&
                   spec.kind != OptionKind::tree);
            return std::string(spec.fallback);
    }
}

}  // namespace

Bounds bounds_of(const OptionSpec& spec) {
    if (spec.most > 0) return {spec.least, spec.most};
    const bool duration = spec.kind == OptionKind::duration;
    return {spec.least, duration ? static_cast<std::uint64_t>(option_duration_max.count()) : Place::no_bound};
}

std::vector<std::string> choices_of(std::string_view text) {
    std::vector<std::string> choices;
    while (!text.empty()) {
        const std::size_t bar = text.find('|');
        choices.emplace_back(text.substr(0, bar));
        text.remove_prefix(bar == std::string_view::npos ? text.size() : bar + 1);
    }
    return choices;
}

bool read_sink_options(const Place& at, const SinkKind& kind, SinkSettings& settings) {
    const std::size_t errors = at.findings().errors();
    for (const OptionSpec& spec : kind.options) {
        const Place option = at.key(spec.key, {spec.help, spec.more});
        if (option.present()) {
            const Place place = spec.required ? option.needed() : option;
            if (auto value = read_value(place, spec)) settings.set(std::string(spec.key), std::move(*value));
        } else if (spec.required) {
            option.error("is missing" + (spec.help.empty() ? "" : ". " + std::string(spec.help)));
        } else if (!spec.fallback.empty()) {
            settings.set(std::string(spec.key), default_value(spec));
        }
    }
    return at.findings().errors() == errors;
}

}  // namespace chathook::config
