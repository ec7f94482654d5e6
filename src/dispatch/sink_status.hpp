// How the deliveries to a sink go, as the admin API and the web page say it. A copy; any thread.
#pragma once

#include <optional>
#include <string>

#include <chathook/time.hpp>

namespace chathook::dispatch {

struct SinkStatus {
    std::string name;
    bool failing = false;
    std::string reason;               // of the last failure, while it fails
    std::optional<Instant> since;     // when it began to fail
    std::optional<Instant> next_try;  // while it waits
    unsigned failures = 0;            // in a row
    bool breaker_open = false;        // only a single delivery is tried now and then
};

}  // namespace chathook::dispatch
