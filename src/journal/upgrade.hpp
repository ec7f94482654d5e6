// From what a database file has to the tables of this program's format. Start-up only.
#pragma once

#include "journal/sqlite.hpp"

namespace chathook::journal {

// `format`: the file's; 0 when it is still empty. Formats 1 and 2 have a row for each event; these are moved
// into groups, a few thousand at a time and each a transaction, so that it takes no more room on the disk
// than before and goes on where it was interrupted: ten to twenty-five seconds for a million events. Throws
// SqliteError.
void upgrade(Database& database, int format);

// Whether an upgrade was begun and not finished.
bool is_upgrading(Database& database);

}  // namespace chathook::journal
