// Names of src/journal, src/sqlite and src/format that the engine uses without their namespaces.
#pragma once

#include "format/groups.hpp"
#include "format/owed.hpp"
#include "format/record.hpp"
#include "format/runs.hpp"
#include "format/sink_sets.hpp"
#include "journal/engine.hpp"
#include "journal/holding.hpp"
#include "journal/ledgers.hpp"
#include "journal/progress.hpp"
#include "journal/reader.hpp"
#include "journal/retained.hpp"
#include "journal/settings.hpp"
#include "journal/words.hpp"
#include "keys/key_batches.hpp"
#include "sqlite/sqlite.hpp"

namespace chathook::store {

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
using journal::LastEvent;
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

using keys::KeyBatches;
using keys::KeyIndex;

using sqlite::Blob;
using sqlite::blob_of;
using sqlite::BlobWriter;
using sqlite::Database;
using sqlite::Rows;
using sqlite::SqliteError;
using sqlite::Statement;
using sqlite::Zeros;

using enum format::RecordColumn;
using format::around_raw;
using format::AroundRaw;
using format::Change;
using format::group_bytes_max;
using format::group_events_max;
using format::has_got;
using format::in_no_run;
using format::is_very_long;
using format::is_whole;
using format::Line;
using format::line_bytes;
using format::line_key_bytes;
using format::LineGroup;
using format::matches;
using format::OwedState;
using format::read_record;
using format::read_very_long;
using format::record_checksum;
using format::record_columns;
using format::RecordGroup;
using format::RecordGroupWriter;
using format::Routes;
using format::run_checksum;
using format::Runs;
using format::set_bytes;
using format::set_checksum;
using format::SinkSets;
using format::Standing;
using format::Step;
using format::step;
using format::StoredLine;
using format::StoredRecord;
using format::told;

}  // namespace chathook::store
