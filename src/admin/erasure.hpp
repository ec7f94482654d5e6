// Taking a person out of the journal: every event, dead letter and kept refused request that names one e-mail
// address or telephone number. Desk's thread, which waits for the journal meanwhile.
#pragma once

#include <string_view>

#include <chathook/reply.hpp>

#include "journal/journal.hpp"

namespace chathook::admin {

// Takes the body of a POST (parse_erasure() says what may stand in it) and one page: of the events, then of
// the refused requests. To be repeated from `after` and `after_rejection` on while `more` is true; the last
// page also sees to it that the journal's files hold no byte of what was erased. With dry_run it only counts.
Reply erase_person(journal::Journal& journal, std::string_view body);

}  // namespace chathook::admin
