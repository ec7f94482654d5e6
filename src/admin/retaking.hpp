// Retries refused requests, once the secret or the clock has been corrected. Runs on the thread of the
// orders' desk, which waits for the journal meanwhile: no other order runs from the time a refused request is
// read until it is an event and has left the ledger, so that nothing that was erased comes back from memory.
#pragma once

#include <string_view>

#include <chathook/reply.hpp>

#include "admin/actions.hpp"
#include "journal/orders.hpp"

namespace chathook::admin {

// Takes the body of a POST; see parse_rejection_order() for its format. Handles one page; requests that prove
// genuine leave the ledger.
Reply retake_rejections(journal::RejectionOrders& journal, const Actions& actions, std::string_view body);

}  // namespace chathook::admin
