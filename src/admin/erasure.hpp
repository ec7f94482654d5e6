// Erases a person from the journal: every event, dead letter and kept refused request that contains one
// e-mail address or telephone number. Runs on the thread of the orders' desk, which waits for the journal
// and, for a bounded time, for the sinks meanwhile.
#pragma once

#include <string_view>

#include <chathook/reply.hpp>

#include "journal/orders.hpp"

namespace chathook::admin {

// Takes the body of a POST (see parse_erasure() for its format) and handles one page: of the events, then of
// the refused requests. Repeat it from `after` and `after_rejection` on while `more` is true; the last page
// also makes sure that the journal's files contain no byte of what was erased, and names the places where
// copies may remain (places.hpp). With dry_run it only counts.
Reply erase_person(journal::Orders& journal, journal::RejectionOrders& refusals, std::string_view body);

}  // namespace chathook::admin
