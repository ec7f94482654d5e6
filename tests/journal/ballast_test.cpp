#include "journal/ballast.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include "journal/files.hpp"
#include "journal/fixture.hpp"

using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

struct Settings : JournalSettings {
    explicit Settings(const std::filesystem::path& at) {
        directory = at;
        min_free_disk = 1 << 20;
        ballast_bytes = 3 << 20;
    }
};

// Blocks that the file really takes on the disk, in bytes.
std::uint64_t room_of(const std::filesystem::path& file) {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

}  // namespace

TEST_CASE("the ballast is written in pieces, takes real room, and gives it back") {
    const TempDirectory directory;
    const Settings settings(directory.path());
    Ballast ballast(settings);
    int pieces = 1;
    while (ballast.grow()) ++pieces;
    CHECK(pieces == 3);
    CHECK(room_of(directory.path() / "ballast") >= settings.ballast_bytes);
    CHECK_FALSE(ballast.released());
    ballast.release_if_needed();
    CHECK_FALSE(ballast.released());

    ballast.release();
    CHECK(ballast.released());
    CHECK(room_of(directory.path() / "ballast") == 0);
    CHECK(Ballast(settings).released());
    while (ballast.grow()) CHECK(ballast.released());
    CHECK_FALSE(ballast.released());
}

TEST_CASE("no ballast is made where there is no room for it twice over") {
    const TempDirectory directory;
    Settings settings(directory.path());
    settings.min_free_disk = free_bytes(directory.path()).value();
    Ballast ballast(settings);
    CHECK_FALSE(ballast.grow());
    CHECK_FALSE(std::filesystem::exists(directory.path() / "ballast"));
    ballast.release();
    CHECK_FALSE(ballast.released());
}

TEST_CASE("the ballast of an earlier start counts, and is completed") {
    const TempDirectory directory;
    const Settings settings(directory.path());
    CHECK(Ballast(settings).grow());
    Ballast ballast(settings);
    CHECK(ballast.grow());
    CHECK_FALSE(ballast.grow());
    CHECK(std::filesystem::file_size(directory.path() / "ballast") == settings.ballast_bytes);
}
