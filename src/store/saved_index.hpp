// The index of keys in a file, from a stop in good order to the next start, which then need not read the
// ledger. The file is used for nothing but the database as that stop left it: both have a random identity,
// which the first transaction removes from the database, and the file says when the database's own file was
// changed last. Whatever does not fit means that the ledger is read. Start-up, and the end of the writer's
// thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "keys/key_index.hpp"
#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

// Why the index was not saved, or not used, in words for the log.
class IndexProblem : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

using IndexIdentity = std::array<std::uint8_t, 16>;

IndexIdentity new_index_identity();

// In the database. Writing and removing take part in the caller's transaction. Throws SqliteError.
void write_index_identity(Database& database, const IndexIdentity& identity);
void remove_index_identity(Database& database);
std::optional<IndexIdentity> index_identity(Database& database);

// The sequence of the newest line; 0: there is none. Throws SqliteError.
std::uint64_t newest_line(Database& database);

// The database that an index belongs to.
struct IndexedDatabase {
    IndexIdentity identity{};
    std::uint64_t file = 0, bytes = 0;      // inode and size
    std::int64_t modified = 0, status = 0;  // mtime and ctime, in nanoseconds
    std::uint64_t newest = 0;               // the newest sequence in it

    // `descriptor`: of the database's file. Throws IndexProblem.
    IndexedDatabase(const IndexIdentity& identity, int descriptor, std::uint64_t newest);
};

class SavedIndex {
public:
    static constexpr const char* file_name = "index";  // in the journal's directory

    // A stop gives up after so long: what is not saved costs the next start about as much.
    static constexpr std::chrono::seconds saving_time_max{1};

    // `directory`: a descriptor of the journal's directory, open as long as this lives.
    explicit SavedIndex(int directory) noexcept : directory_(directory) {}

    // Writes the file, with which the next start can begin. `clock`: the journal's, now. Nothing waits for
    // the disk: what a power cut leaves of the file does not have the right checksums. Throws IndexProblem,
    // after which there is no file.
    void save(const IndexedDatabase& database, Instant clock, const KeyIndex& keys,
              std::chrono::milliseconds time_max = saving_time_max) const;

    // Whether there is a file.
    bool exists() const noexcept;

    // The index as it was saved. `clock`: the journal's, now. Throws IndexProblem.
    KeyIndex load(const IndexedDatabase& database, Instant clock) const;

    void remove() const noexcept;

private:
    int directory_;
};

}  // namespace chathook::store
