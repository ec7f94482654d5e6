// A request's query string as names and values. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "journal/journal.hpp"

namespace chathook::admin {

// Percent-decoded; of a repeated name the last value counts. nullopt when the encoding is broken.
std::optional<std::map<std::string, std::string>> parse_query(std::string_view query);

// type (glob), vendor, source, since (RFC 3339), after (sequence), limit (1..1000), newest=1: what
// /api/v1/events and /api/v1/stream take. On failure `problem` says which and how it should look.
struct EventQuery {
    std::optional<journal::Query> query;
    std::string problem;
};
EventQuery parse_event_query(std::string_view query);

}  // namespace chathook::admin
