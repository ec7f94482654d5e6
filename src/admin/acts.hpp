// The orders of the API about deliveries. Each takes one page of what matches, so that no request is long and
// no commit large; who gives the order repeats it from `after` on while `more` is true. With dry_run it is
// counted and nothing is done. Desk's thread, which waits for the journal meanwhile.
#pragma once

#include <string_view>

#include <chathook/reply.hpp>

#include "journal/journal.hpp"

namespace chathook::admin {

// Each takes the body of a POST; parse_order() says what may stand in it.
Reply replay_events(journal::Journal& journal, std::string_view body);
Reply retry_dead_letters(journal::Journal& journal, std::string_view body);
Reply discard_dead_letters(journal::Journal& journal, std::string_view body);

// What an order answers when the journal does not take it.
Reply unchangeable(Errc error);

}  // namespace chathook::admin
