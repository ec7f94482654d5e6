// The part of the journal for the intake of webhooks: it makes an event durable before the sender gets its
// answer. Any network thread.
#pragma once

#include <memory>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/event.hpp>

#include "journal/ledgers.hpp"
#include "journal/parcel.hpp"
#include "support/async.hpp"

namespace chathook::journal {

class Intake {
public:
    virtual ~Intake() = default;

    // Makes `event` durable for `sinks`. Resumes on the caller's executor once the fsync returned. A second
    // event with the same dedupe key within the window is not stored: the answer has the first one's
    // sequence, claimed in the same commit. Fails with journal_full, journal_failed, commit_timeout or
    // shutting_down.
    virtual Awaitable<Result<Appended>> append(std::shared_ptr<const Event> event, SinkSet sinks) = 0;

    // The same for the events of one request, which are stored together or not at all, and for its envelope:
    // that is stored with the first of them that is new. One answer for each part, in their order. A key that
    // stands twice in the parcel is a duplicate of its first part.
    virtual Awaitable<Result<std::vector<Appended>>> append(std::shared_ptr<const Parcel> parcel) = 0;

    // The date by which secrets end: the wall clock's, once that is trusted.
    virtual Instant date() const noexcept = 0;
};

}  // namespace chathook::journal
