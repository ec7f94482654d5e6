#include "admin/query.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "support/clock.hpp"

namespace chathook::admin {

namespace {

constexpr std::size_t limit_max = 1000;

std::optional<std::uint64_t> whole_number(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// application/x-www-form-urlencoded (WHATWG URL, section 5), but a broken escape is an error.
std::optional<std::string> decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

// Takes one parameter into `query`; the problem in plain words, or empty.
std::string take(journal::Query& query, const std::string& name, const std::string& value) {
    if (name == "type") {
        query.type_glob = value;
    } else if (name == "vendor") {
        query.vendor = value;
    } else if (name == "source") {
        query.source = value;
    } else if (name == "newest") {
        query.newest = value == "1" || value == "true";
    } else if (name == "since") {
        query.since = parse_rfc3339(value);
        if (!query.since) return "since: not an RFC 3339 time such as 2026-11-21T20:00:00Z";
    } else if (name == "after") {
        const auto number = whole_number(value);
        if (!number) return "after: not a sequence number";
        query.after_sequence = *number;
    } else if (name == "limit") {
        const auto number = whole_number(value);
        if (!number || *number == 0 || *number > limit_max) return "limit: not a number from 1 to 1000";
        query.limit = *number;
    } else {
        return name + ": unknown; known are type, vendor, source, since, after, limit, newest";
    }
    return {};
}

}  // namespace

std::optional<std::map<std::string, std::string>> parse_query(std::string_view query) {
    std::map<std::string, std::string> parameters;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decoded(pair.substr(0, equals));
        auto value = decoded(pair.substr(std::min(pair.size(), equals + 1)));
        if (!name || !value) return std::nullopt;
        parameters.insert_or_assign(std::move(*name), std::move(*value));
    }
    return parameters;
}

EventQuery parse_event_query(std::string_view query) {
    const auto parameters = parse_query(query);
    if (!parameters) return {std::nullopt, "the query string is not percent-encoded as it should be"};
    journal::Query result;
    for (const auto& [name, value] : *parameters) {
        if (std::string problem = take(result, name, value); !problem.empty()) return {std::nullopt, problem};
    }
    return {result, {}};
}

}  // namespace chathook::admin
