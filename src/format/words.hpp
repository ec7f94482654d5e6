// Names of src/journal and src/sqlite that this room and the engine use without their namespaces.
#pragma once

#include "journal/ages.hpp"
#include "journal/engine.hpp"
#include "journal/epochs.hpp"
#include "journal/holding.hpp"
#include "journal/ledgers.hpp"
#include "journal/progress.hpp"
#include "journal/reader.hpp"
#include "journal/retained.hpp"
#include "journal/settings.hpp"
#include "sqlite/sqlite.hpp"

namespace chathook::format {

using journal::Ages;
using journal::Appended;
using journal::ClockState;
using journal::Counts;
using journal::DeadLetter;
using journal::DeadQuery;
using journal::EngineError;
using journal::Epoch;
using journal::Epochs;
using journal::Erased;
using journal::Fate;
using journal::Found;
using journal::Holding;
using journal::JournalSettings;
using journal::KnownSink;
using journal::OnDamage;
using journal::OpenError;
using journal::past_the_newest;
using journal::Progress;
using journal::Query;
using journal::Reader;
using journal::RecordedRejection;
using journal::Rejection;
using journal::RejectionQuery;
using journal::RetainedDeadLetter;
using journal::RetainedEvent;
using journal::RetainedGroup;
using journal::RetainedLine;
using journal::RetainedRejection;
using journal::Settlement;
using journal::SinkNumber;
using journal::SinkRemainders;
using journal::SinkSet;
using journal::VisitRow;

using sqlite::Blob;
using sqlite::blob_of;
using sqlite::BlobReader;
using sqlite::BlobWriter;
using sqlite::Database;
using sqlite::Rows;
using sqlite::SqliteError;
using sqlite::Statement;
using sqlite::Zeros;

}  // namespace chathook::format
