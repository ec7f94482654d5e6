// A store on a database of a test's own, without the threads of a journal.
#pragma once

#include <chrono>
#include <string>

#include "journal/files.hpp"
#include "journal/fixture.hpp"
#include "journal/schema.hpp"
#include "journal/store.hpp"

namespace chathook::journal::test {

struct Opened {
    TempDirectory directory;
    Database database = open_for_writing(DirectoryLock(directory.path()).database_file());
    Store store{database, std::chrono::hours(1)};

    template <class Change>
    void commit(Change&& change) {
        store.begin();
        change();
        store.commit();
    }
    std::string value_of(const std::string& sql) { return database.value_of(sql); }
};

}  // namespace chathook::journal::test
