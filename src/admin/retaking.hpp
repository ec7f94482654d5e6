// Taking refused requests again, once the secret or the clock was mended. Admin
// thread; what may wait for the disk runs at the desk.
#pragma once

#include <string_view>

#include <chathook/reply.hpp>

#include "admin/actions.hpp"
#include "admin/desk.hpp"
#include "journal/journal.hpp"

namespace chathook::admin {

// Takes the body of a POST; parse_rejection_order() says what may stand in it. One page; what proves genuine
// leaves the ledger. `body` outlives the call.
Awaitable<Reply> retake_rejections(journal::Journal& journal, Desk& desk, const Actions& actions,
                                   std::string_view body);

}  // namespace chathook::admin
