#include "dispatch/dispatcher.hpp"

#include <utility>

namespace chathook::dispatch {

Dispatcher::Dispatcher(std::vector<SinkSetup> sinks, journal::Deliveries& journal, Metrics& metrics) {
    runners_.reserve(sinks.size());
    for (SinkSetup& setup : sinks) {
        SinkMetrics& sink_metrics = metrics.sink(setup.name);
        runners_.push_back(std::make_unique<SinkRunner>(std::move(setup), journal, sink_metrics));
    }
}

void Dispatcher::stop(std::chrono::milliseconds grace) noexcept {
    const auto deadline = std::chrono::steady_clock::now() + grace;
    for (const auto& runner : runners_) runner->begin_stop();
    for (const auto& runner : runners_) runner->stop(deadline);
}

void Dispatcher::reopen() noexcept {
    for (const auto& runner : runners_) runner->reopen();
}

std::vector<SinkStatus> Dispatcher::status() const {
    std::vector<SinkStatus> all;
    all.reserve(runners_.size());
    for (const auto& runner : runners_) all.push_back(runner->status());
    return all;
}

}  // namespace chathook::dispatch
