// The orders of the API about deliveries. Each handles one page of what matches, so that no request is long
// and no commit large; the client repeats the order from `after` on while `more` is true. With dry_run
// matches are only counted. Runs on the desk's thread, which waits for the journal meanwhile.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/reply.hpp>

#include "admin/query.hpp"
#include "journal/orders.hpp"

namespace chathook::admin {

// Each takes the body of a POST; see parse_order() for its format.
Reply replay_events(journal::Orders& journal, std::string_view body, Vendors vendors = {});
Reply retry_dead_letters(journal::Orders& journal, std::string_view body, Vendors vendors = {});
Reply discard_dead_letters(journal::Orders& journal, std::string_view body, Vendors vendors = {});

// Finds the sink among those that the configuration or the journal knows, else a 404 that names them.
struct SinkOrProblem {
    std::optional<journal::KnownSink> sink;
    Reply problem;
};
SinkOrProblem find_sink(const std::vector<journal::KnownSink>& known, const std::string& name,
                        bool must_be_configured);

// The answer to an order that the journal does not accept.
Reply unchangeable(Errc error);

}  // namespace chathook::admin
