#include "inspection/sink_names.hpp"

#include "disk/recovery.hpp"
#include "store/schema.hpp"
#include "store/words.hpp"

namespace chathook::inspection {

namespace {

using namespace store;  // this room reads what that one wrote

namespace fs = std::filesystem;

// If there is a log, SQLite needs its index. A journal that was stopped has no log and does not change, so it
// is read without creating files.
Database open(const fs::path& file) {
    if (fs::exists(disk::log_of(file))) return open_for_reading(file);
    return Database(unchanging_uri(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reader_busy_timeout);
}

}  // namespace

std::optional<std::vector<std::string>> sink_names(const fs::path& directory) {
    const fs::path file = directory / "journal.sqlite";
    try {
        if (!fs::exists(file) || fs::file_size(file) == 0) return std::nullopt;
        sqlite::configure_sqlite();
        Database database = open(file);
        Statement names(database, "SELECT name FROM sinks ORDER BY number");
        std::vector<std::string> found;
        for (Rows rows = names.run(); rows.next();) found.emplace_back(rows.bytes(0));
        return found;
    } catch (const fs::filesystem_error&) {
        return std::nullopt;
    } catch (const SqliteError&) {
        return std::nullopt;
    }
}

}  // namespace chathook::inspection
