// The embedded engine: a SQLite database in a directory of its own, with one connection that writes and
// checkpoints, because SQLite before 3.51.3 can corrupt the file if a second one does
// (docs/decisions/0003-sqlite-journal.md).
#pragma once

#include <memory>

#include "journal/engine.hpp"

namespace chathook::store {

// Opens or creates the journal in `settings.directory`. Throws OpenError.
std::unique_ptr<journal::Engine> open_engine(const journal::JournalSettings& settings,
                                             JournalMetrics& metrics, const journal::Shared& shared);

}  // namespace chathook::store
