// What the test of power cuts needs and Node cannot do.
//   power_cut shutdown MOUNT   discards what is not on that ext4 file system's disk yet, and shuts it down
//   power_cut write MODE FILE  commits rows with synchronous=MODE, and prints each number after its commit
//   power_cut count FILE       prints the number of rows
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

#include "sqlite/sqlite.hpp"

namespace {

using chathook::sqlite::Database;

int shut_down(const char* mount) {
    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h; include/uapi/linux/ext4.h).
    constexpr unsigned long request = _IOR('X', 125, std::uint32_t);
    std::uint32_t without_flushing = 2;
    const int fd = ::open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ::ioctl(fd, request, &without_flushing) != 0) {
        std::perror(mount);
        return 1;
    }
    return ::close(fd);
}

int write_rows(const std::string& mode, const char* file) {
    Database database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, {});
    database.value_of("PRAGMA journal_mode=wal");
    database.value_of("PRAGMA synchronous=" + mode);
    database.execute("CREATE TABLE IF NOT EXISTS t(x)");
    for (int row = 1; row <= 200; ++row) {
        database.execute("INSERT INTO t VALUES(hex(randomblob(500)))");
        std::printf("%d\n", row);
    }
    std::fflush(stdout);
    // Leaves the state that a cut finds, without the checkpoint of an orderly end.
    ::_exit(0);
}

int count_rows(const char* file) {
    Database database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, {});
    const bool empty = database.value_of("SELECT count(*) FROM sqlite_schema") == "0";
    std::printf("%s\n", empty ? "0" : database.value_of("SELECT count(*) FROM t").c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    try {
        if (what == "shutdown" && argc == 3) return shut_down(argv[2]);
        if (what == "write" && argc == 4) return write_rows(argv[2], argv[3]);
        if (what == "count" && argc == 3) return count_rows(argv[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "power_cut: %s\n", error.what());
        return 1;
    }
    return 64;
}
