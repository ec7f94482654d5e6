// Keeps the index of SQLite's log (`-shm`) in memory, for a start on a full disk: SQLite cannot even read a
// log without an index, and creates it as a file of 32 KiB beside the database. All connections of this
// process share it like the file. Other programs cannot: see keep_others_out().
#pragma once

namespace chathook::sqlite {

// While an object lives, a database whose index is first opened by this thread gets its index in memory. At
// most one object at a time.
class IndexInMemory {
public:
    IndexInMemory() noexcept;
    ~IndexInMemory();
    IndexInMemory(const IndexInMemory&) = delete;
    IndexInMemory& operator=(const IndexInMemory&) = delete;
};

// Call this once, before the first database is opened.
void prepare_memory_index();

// From now on other processes see the database as locked, until `database` is closed, which must be a
// writable descriptor of this process: without the index they could not see what is in use. Connections of
// this process continue, once one of them has read. False if the system refuses the lock.
bool keep_others_out(int database) noexcept;

}  // namespace chathook::sqlite
