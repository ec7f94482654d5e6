// Whether the journal can do its work: for readiness probes and for a watchdog. Any thread.
#pragma once

#include <string>

namespace chathook::journal {

// Whether the journal takes events now; `reason` is one plain sentence when it does not.
struct Health {
    bool writable = true;
    std::string reason;
};

class HealthCheck {
public:
    virtual ~HealthCheck() = default;

    virtual Health health() const = 0;

    // Whether the writer thread made progress within the last seconds: false when a commit hangs. For a
    // watchdog, which may end a process whose disk does not answer any more.
    virtual bool alive() const = 0;
};

}  // namespace chathook::journal
