// How the daemon does, in one answer: GET /api/v1/status. Asked on the desk's thread, which waits for the
// disk meanwhile; the counters of the last hour are sampled on a thread of their own.
#pragma once

#include <chathook/reply.hpp>

#include "admin/actions.hpp"
#include "admin/long_texts.hpp"
#include "journal/health.hpp"
#include "status/report.hpp"
#include "status/sampler.hpp"
#include "support/metrics.hpp"

namespace chathook::admin {

class StatusAnswer {
public:
    // All of them outlive this.
    StatusAnswer(const journal::HealthCheck& health, LongTexts& texts, const Metrics& metrics,
                 const Actions& actions)
        : health_(health), texts_(texts), metrics_(metrics), actions_(actions), sampler_(metrics) {}

    // Says what it can if the journal cannot be read.
    Reply reply();

private:
    status::Report report();

    const journal::HealthCheck& health_;
    LongTexts& texts_;
    const Metrics& metrics_;
    const Actions& actions_;
    status::Sampler sampler_;
};

}  // namespace chathook::admin
