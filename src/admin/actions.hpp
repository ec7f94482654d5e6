// What only other rooms can do or know, passed in by the composition root.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <chathook/error.hpp>

#include "dispatch/sink_status.hpp"
#include "journal/ledgers.hpp"
#include "status/report.hpp"
#include "support/async.hpp"

namespace chathook::admin {

struct Actions {
    // Tries a refused request again: verified with today's secrets and the clock of its receipt, then handled
    // as usual. Fails with why it is refused again, or why it cannot be taken now. `rejection` has its raw
    // request and outlives the call. Runs on the orders' thread. Unset: not available in this daemon.
    std::function<Awaitable<Result<journal::Appended>>(const journal::Rejection& rejection)> retake;

    // How the deliveries to each configured sink go. Any thread; returns at once. Unset: not known.
    std::function<std::vector<dispatch::SinkStatus>()> sink_status;

    // The vendors whose events may exist. Any thread. Unset, or none: any may be queried.
    std::function<std::vector<std::string>()> vendors = {};

    // A digest of what verifies and reads webhooks now, for /healthz. Any thread. Unset: not known.
    std::function<std::string()> fingerprint = {};

    // What /api/v1/status tells of the daemon and its configuration. Any thread; returns at once. Unset: not
    // known.
    std::function<status::Running()> running = {};

    std::vector<std::string> known_vendors() const {
        return vendors ? vendors() : std::vector<std::string>();
    }

    // How many streams of events may be open at a time.
    std::size_t streams_max = 384;
};

}  // namespace chathook::admin
