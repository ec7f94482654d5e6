#include "disk/files.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::disk;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("the journal's directory and files are accessible to their owner only") {
    Place place;
    const mode_t before = ::umask(0);
    const auto journal = place.open();
    ::umask(before);
    CHECK(append(*journal, event_of("a")));
    CHECK(mode_of(place.settings.directory) == 0700);
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "lock"}) {
        CHECK(mode_of(place.file(name)) == 0600);
    }
}

TEST_CASE("a second instance is refused with exit code 75 and the id of the process that holds the journal") {
    Place place;
    {
        const auto first = place.open();
        const auto [code, sentence] = place.refusal();
        CHECK(code == 75);
        CHECK(sentence == "the journal in " + place.settings.directory.string() +
                              " is in use by another chathookd (process " + std::to_string(::getpid()) + ")");
        CHECK(append(*first, event_of("a")));
    }
    CHECK_NOTHROW(place.open());
}

TEST_CASE("a second instance is refused even if the lock file was removed") {
    Place place;
    const auto first = place.open();
    std::filesystem::remove(place.file("lock"));
    CHECK(place.refusal().first == 75);
}

TEST_CASE("a database that is linked from two directories is used by one daemon only") {
    Place place, other;
    const auto first = place.open();
    std::filesystem::create_directory(other.settings.directory);
    SECTION("a symbolic link") {
        REQUIRE_NOTHROW(std::filesystem::create_symlink(place.file(), other.file()));
    }
    SECTION("a hard link") { REQUIRE_NOTHROW(std::filesystem::create_hard_link(place.file(), other.file())); }
    const auto [code, sentence] = other.refusal();
    CHECK(code == 75);
    CHECK(append(*first, event_of("a")));
}

TEST_CASE("a symbolic link as the database opens the journal that it leads to") {
    Place place, other;
    { REQUIRE(append(*place.open(), event_of("a"))); }
    std::filesystem::create_directory(other.settings.directory);
    std::filesystem::create_symlink(place.file(), other.file());
    const auto journal = other.open();
    CHECK(append(*journal, event_of("a")).value().duplicate);
    CHECK(append(*journal, event_of("b")));
    CHECK(other.fatal.empty());
}

TEST_CASE("a journal path below a file is refused with exit code 74") {
    Place place;
    std::ofstream(place.directory.path() / "file") << "x";
    place.settings.directory = place.directory.path() / "file" / "journal";
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "cannot create the journal's directory"));
    CHECK(says(sentence, "Not a directory"));
}

TEST_CASE("a journal without write permission is refused with exit code 74") {
    Place place;
    place.open();
    // Root may write everything, so this is tried as another user.
    const uid_t nobody = 65534;
    const uid_t user = ::geteuid();
    ::chmod(place.directory.path().c_str(), 0755);
    SECTION("the directory") { REQUIRE(::chmod(place.settings.directory.c_str(), 0500) == 0); }
    SECTION("the database") {
        REQUIRE(::chmod(place.file().c_str(), 0444) == 0);
        ::chmod(place.file("lock").c_str(), 0666);
        ::chmod(place.settings.directory.c_str(), 0777);
    }
    if (user == 0) REQUIRE(::seteuid(nobody) == 0);
    const auto [code, sentence] = place.refusal();
    if (user == 0) REQUIRE(::seteuid(user) == 0);
    CHECK(code == 74);
    CHECK((says(sentence, "Permission denied") || says(sentence, "not writable")));
    ::chmod(place.settings.directory.c_str(), 0700);
}
