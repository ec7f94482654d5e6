#include "sqlite/memory_index.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::sqlite;
using namespace chathook::store;

namespace {

// Whether another process gets the lock that SQLite takes before reading (os_unix.c, PENDING_BYTE). Tried by
// hand, because a fork of this process would count SQLite's locks as its own.
bool open_to_others(const std::filesystem::path& file) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const int descriptor = ::open(file.c_str(), O_RDONLY);
        struct flock lock {};
        lock.l_type = F_RDLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = 0x40000000;
        lock.l_len = 1;
        ::_exit(::fcntl(descriptor, F_SETLK, &lock) == 0 ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a log with its index in memory is shared by this process's connections and closed to others") {
    const TempDirectory directory;
    const disk::DirectoryLock lock(directory.path());
    const auto file = lock.database_file();
    open_for_writing(file);
    std::optional<Database> writer;
    {
        const IndexInMemory index;
        writer.emplace(open_for_writing(file));
    }
    CHECK_FALSE(std::filesystem::exists(file.string() + "-shm"));
    REQUIRE(keep_others_out(lock.descriptors().back()));

    Database reader = open_for_reading(file);
    writer->execute("INSERT INTO sinks VALUES(0, 'crm')");
    CHECK(reader.value_of("SELECT count(*) FROM sinks") == "1");
    CHECK_FALSE(open_to_others(file));
    writer->execute("INSERT INTO sinks VALUES(1, 'archive')");
    CHECK(open_for_reading(file).value_of("SELECT count(*) FROM sinks") == "2");
}

TEST_CASE("by default the index of a log is a file that other programs share") {
    const TempDirectory directory;
    const disk::DirectoryLock lock(directory.path());
    Database writer = open_for_writing(lock.database_file());
    writer.execute("INSERT INTO sinks VALUES(0, 'crm')");
    CHECK(std::filesystem::exists(lock.database_file().string() + "-shm"));
    CHECK(open_to_others(lock.database_file()));
}
