#include "journal/files.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("the journal's directory and files are for its own user only") {
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

TEST_CASE("a second instance is refused with exit code 75 and told who holds the journal") {
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

TEST_CASE("a journal below a file is refused with exit code 74") {
    Place place;
    std::ofstream(place.directory.path() / "file") << "x";
    place.settings.directory = place.directory.path() / "file" / "journal";
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "cannot create the journal's directory"));
    CHECK(says(sentence, "Not a directory"));
}

TEST_CASE("a journal that its user may not write is refused with exit code 74") {
    Place place;
    place.open();
    // Root may write everything, so this is tried as somebody else.
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
