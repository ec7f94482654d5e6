#include "admin/query.hpp"

#include <boost/url/params_encoded_view.hpp>
#include <boost/url/parse_query.hpp>

#include <charconv>

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
    const auto parsed = boost::urls::parse_query({query.data(), query.size()});
    if (!parsed) return std::nullopt;
    std::map<std::string, std::string> parameters;
    if (query.empty()) return parameters;
    boost::urls::encoding_opts options;
    options.space_as_plus = true;
    for (const auto& parameter : *parsed) {
        parameters.insert_or_assign(parameter.key.decode(options), parameter.value.decode(options));
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
