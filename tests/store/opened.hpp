// A store with a database in a directory of its own, without the threads of a journal.
#pragma once

#include <chrono>
#include <string>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"
#include "store/store.hpp"

namespace chathook::store::test {

using chathook::test::TempDirectory;

struct Opened {
    TempDirectory directory;
    Database database = open_for_writing(disk::DirectoryLock(directory.path()).database_file());
    Store store{database, std::chrono::hours(1)};

    template <class Change>
    void commit(Change&& change) {
        store.begin();
        change();
        store.commit();
    }

    // How many statements the change and its transaction take.
    template <class Change>
    int statements_of(Change&& change) {
        int statements = 0;
        const auto count = [](unsigned, void* counter, void*, void*) {
            ++*static_cast<int*>(counter);
            return 0;
        };
        sqlite3_trace_v2(database.handle(), SQLITE_TRACE_STMT, count, &statements);
        commit(change);
        sqlite3_trace_v2(database.handle(), 0, nullptr, nullptr);
        return statements;
    }

    std::string value_of(const std::string& sql) { return database.value_of(sql); }
};

}  // namespace chathook::store::test
