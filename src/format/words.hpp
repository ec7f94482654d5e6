// Names of src/journal and src/sqlite that this room uses without their namespaces.
#pragma once

#include "journal/ledgers.hpp"
#include "sqlite/sqlite.hpp"

namespace chathook::format {

using journal::Fate;
using journal::Query;
using journal::SinkNumber;
using journal::SinkSet;

using sqlite::BlobReader;
using sqlite::Database;
using sqlite::Rows;
using sqlite::SqliteError;

}  // namespace chathook::format
