// The queries and orders of the API, parsed from a request's parameters. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/parameters.hpp"
#include "admin/person.hpp"
#include "journal/ledgers.hpp"

namespace chathook::admin {

// Either the parsed query, or what is wrong with it, beginning with the parameter's name.
template <class T>
struct Asked {
    std::optional<T> query;
    std::string problem;
};

// The vendors that this program knows; querying another is an error. Empty: any is allowed.
using Vendors = std::span<const std::string>;

// type (glob), vendor, source, since, until (RFC 3339), id (with commas), after (sequence), limit (1..1000),
// newest=1, before (sequence): what /api/v1/events takes.
Asked<journal::Query> parse_event_query(std::string_view query, Vendors vendors = {});

// The event filters for a stream, which begins behind `after`: a sequence, or `latest`. `last_event_id` is
// the last event that a reconnecting client has received (WHATWG HTML, 9.2.4), and overrides `after`; empty:
// none.
struct StreamQuery {
    journal::Query query;
    bool latest = false;  // begins with the next event
};
Asked<StreamQuery> parse_stream_query(std::string_view query, std::string_view last_event_id,
                                      Vendors vendors = {});

// Takes the filters of an event query, and sink.
Asked<journal::DeadQuery> parse_dead_query(std::string_view query, Vendors vendors = {});

// source, reason (one for which requests are remembered), since, until, after (number), limit, newest=1,
// before (number).
Asked<journal::RejectionQuery> parse_rejection_query(std::string_view query);

// An order applied to everything that matches, a page at a time: the filters of an event query, with ids
// instead of id, and the following.
struct Order {
    journal::DeadQuery query;          // sink: the receiver (replay), or the owner (dead letters)
    std::uint64_t up_to = UINT64_MAX;  // the last sequence that the order covers
    bool dry_run = false;              // only report what would be done
};
Asked<Order> parse_order(std::string_view body, Vendors vendors = {});

struct RejectionOrder {
    journal::RejectionQuery query;
    std::vector<std::uint64_t> numbers;  // if not empty, these instead of the query
    std::uint64_t up_to = UINT64_MAX;
    bool dry_run = false;
};
Asked<RejectionOrder> parse_rejection_order(std::string_view body);

// Exactly one of email and phone. Events are searched from `after` on, then refused requests from
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
