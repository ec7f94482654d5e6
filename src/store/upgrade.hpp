// Brings a journal of format 3, which release 0.1 wrote, to the present format. Start-up only.
#pragma once

#include "store/words.hpp"

namespace chathook::store {

// How far each sink is (format 4); both the schema and the upgrade make it.
inline constexpr const char* passed_table = R"sql(
CREATE TABLE passed(
    sink INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY(sink, first)
) STRICT, WITHOUT ROWID;
)sql";

// False: the journal has the present format, and nothing was done. In one transaction, so that it has
// happened or not, whenever it is killed; takes as long as reading the lines of events that a sink has
// settled out of order. What was not as it was written is not afterwards either. Throws SqliteError.
bool upgrade(Database& database);

}  // namespace chathook::store
