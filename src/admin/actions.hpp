// What the API can order and only other rooms can do; the composition root hands it in.
#pragma once

#include <functional>

#include <chathook/error.hpp>

#include "journal/journal.hpp"
#include "support/async.hpp"

namespace chathook::admin {

struct Actions {
    // Takes a refused request once more: verified with today's secrets and the clock of its receipt, then the
    // usual way. Fails with why it is refused again, or why it cannot be taken now. `rejection` has its raw
    // request and outlives the call. Unset: this daemon cannot.
    std::function<Awaitable<Result<journal::Appended>>(const journal::Rejection& rejection)> retake;
};

}  // namespace chathook::admin
