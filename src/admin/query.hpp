// The questions and orders of the API, read out of a request's parameters. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/parameters.hpp"
#include "admin/person.hpp"
#include "journal/ledgers.hpp"

namespace chathook::admin {

// Either what was asked for, or what is wrong with it, beginning with the parameter's name.
template <class T>
struct Asked {
    std::optional<T> query;
    std::string problem;
};

// type (glob), vendor, source, since, until (RFC 3339), id (with commas), after (sequence), limit (1..1000),
// newest=1, before (sequence): what /api/v1/events and /api/v1/stream take.
Asked<journal::Query> parse_event_query(std::string_view query);

// The same and sink.
Asked<journal::DeadQuery> parse_dead_query(std::string_view query);

// source, reason, since, until, after (number), limit, newest=1, before (number).
Asked<journal::RejectionQuery> parse_rejection_query(std::string_view query);

// An order to do something to all that match, a page at a time: the same filters, ids in place of id, and
// these.
struct Order {
    journal::DeadQuery query;          // sink: to whom (replay), or whose (dead letters)
    std::uint64_t up_to = UINT64_MAX;  // the last sequence that it is about
    bool dry_run = false;              // only say what would be done
};
Asked<Order> parse_order(std::string_view body);

struct RejectionOrder {
    journal::RejectionQuery query;
    std::vector<std::uint64_t> numbers;  // these in place of the query
    std::uint64_t up_to = UINT64_MAX;
    bool dry_run = false;
};
Asked<RejectionOrder> parse_rejection_order(std::string_view body);

// Exactly one of email and phone. Events are looked at from `after` on, then refused requests from
// `after_rejection` on.
struct ErasureOrder {
    Person person;
    std::uint64_t after = 0;
    std::uint64_t after_rejection = 0;
    std::size_t limit = journal::changes_max;
    bool dry_run = false;
};
Asked<ErasureOrder> parse_erasure(std::string_view body);

}  // namespace chathook::admin
