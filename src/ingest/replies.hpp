// Maps each error to its answer. Pure; any thread.
#pragma once

#include <chathook/error.hpp>
#include <chathook/reply.hpp>

namespace chathook::ingest {

// The answer for every error but a refused signature, which gets the vendor's own. A failure of ours is
// always a 5xx with Retry-After, so that no vendor gives up on an event that it could deliver later.
Reply reply_for(Errc error);

}  // namespace chathook::ingest
