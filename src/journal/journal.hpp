// The whole journal, which makes events durable and records every sink's progress. Only the composition root
// knows it as a whole; every other room takes the one of its interfaces that it needs.
// engine.hpp is what an engine provides, and tests/journal/contract.hpp what every engine has to pass.
//
// append() is the only thing a network thread waits for: it resumes after the fsync that covers the event.
// One writer thread commits whatever queued up while the last fsync ran. Sinks read through a Reader of their
// own and never block the writer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <chathook/error.hpp>

#include "journal/administration.hpp"
#include "journal/deliveries.hpp"
#include "journal/engine.hpp"
#include "journal/intake.hpp"
#include "journal/rejection_intake.hpp"
#include "journal/settings.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// Intake is the first base, so that append() is called without an adjustment of the object's address.
class Journal : public Intake, public RejectionIntake, public Deliveries, public Administration {
public:
    // The number of the sink of that name, given out on first sight and kept for ever. Start-up only: it also
    // tells the journal which sinks are configured now.
    virtual Result<SinkNumber> sink_number(std::string_view name) = 0;

    // Commits what is queued, answers it, checkpoints and ends the writer thread. append() fails with
    // shutting_down afterwards, and so does a reader's search that is in progress on another thread.
    virtual void stop() = 0;
};

// Opens the journal with an engine and starts its writer thread. Throws OpenError. `on_fatal` is called once,
// from the writer thread, when the engine failed: the daemon stops with exit code 74.
std::unique_ptr<Journal> open_journal(const OpenEngine& open_engine, const JournalSettings& settings,
                                      JournalMetrics& metrics,
                                      std::function<void(const std::string& reason)> on_fatal);

}  // namespace chathook::journal
