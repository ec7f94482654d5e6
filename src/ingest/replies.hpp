// The one table from an error to an answer. Pure; any thread.
#pragma once

#include <chathook/error.hpp>
#include <chathook/reply.hpp>

namespace chathook::ingest {

// The answer for everything that is not a refused signature (that one is the vendor's own). A failure of ours
// is always a 5xx with Retry-After, so that no vendor gives up on an event that it could deliver later.
Reply reply_for(Errc error);

}  // namespace chathook::ingest
