// All sinks of the daemon, each delivering on its own thread, so that a failing one never holds up another.
// Created and stopped by daemon/ on one thread; status() and reopen() may be called from any thread in
// between.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "dispatch/sink_runner.hpp"
#include "journal/deliveries.hpp"
#include "support/metrics.hpp"

namespace chathook::dispatch {

class Dispatcher {
public:
    // Starts delivering to every sink. `journal` and `metrics` outlive this.
    Dispatcher(std::vector<SinkSetup> sinks, journal::Deliveries& journal, Metrics& metrics);

    // Stops all sinks in parallel: a delivery under way may finish within `grace`, then it is aborted. Call
    // it before the journal stops, so that progress is recorded.
    void stop(std::chrono::milliseconds grace) noexcept;

    void reopen() noexcept;
    std::vector<SinkStatus> status() const;

private:
    std::vector<std::unique_ptr<SinkRunner>> runners_;
};

}  // namespace chathook::dispatch
