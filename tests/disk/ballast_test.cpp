#include "disk/ballast.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <string>

#include "disk/files.hpp"
#include "journal/fixture.hpp"

using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::disk;

namespace {

struct Settings : JournalSettings {
    explicit Settings(const std::filesystem::path& at) : opened(::open(at.c_str(), O_PATH | O_DIRECTORY)) {
        directory = at;
        min_free_disk = 1 << 20;
        ballast_bytes = 3 << 20;
    }
    chathook::Descriptor opened;
};

// The size of the blocks that the file really occupies, in bytes.
std::uint64_t room_of(const std::filesystem::path& file) {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

}  // namespace

TEST_CASE("the ballast is written in pieces, occupies real blocks, and releases them") {
    const TempDirectory directory;
    const Settings settings(directory.path());
    Ballast ballast(settings.opened.get(), settings);
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
    CHECK(Ballast(settings.opened.get(), settings).released());
    while (ballast.grow()) CHECK(ballast.released());
    CHECK_FALSE(ballast.released());
}

TEST_CASE("no two blocks of the ballast are alike, so that no file system stores one of them twice") {
    const TempDirectory directory;
    const Settings settings(directory.path());
    Ballast ballast(settings.opened.get(), settings);
    while (ballast.grow()) {
    }
    std::ifstream file(directory.path() / "ballast", std::ios::binary);
    std::set<std::string> blocks;
    std::string block(4096, '\0');
    while (file.read(block.data(), static_cast<std::streamsize>(block.size()))) blocks.insert(block);
    CHECK(blocks.size() == settings.ballast_bytes / block.size());
}

TEST_CASE("no ballast is made without room for it twice over") {
    const TempDirectory directory;
    Settings settings(directory.path());
    settings.min_free_disk = free_bytes(directory.path()).value();
    Ballast ballast(settings.opened.get(), settings);
    CHECK_FALSE(ballast.grow());
    CHECK_FALSE(std::filesystem::exists(directory.path() / "ballast"));
    ballast.release();
    CHECK_FALSE(ballast.released());
}

TEST_CASE("the ballast of an earlier start is kept and completed") {
    const TempDirectory directory;
    const Settings settings(directory.path());
    CHECK(Ballast(settings.opened.get(), settings).grow());
    Ballast ballast(settings.opened.get(), settings);
    CHECK(ballast.grow());
    CHECK_FALSE(ballast.grow());
    CHECK(std::filesystem::file_size(directory.path() / "ballast") == settings.ballast_bytes);
}

TEST_CASE("a ballast that somebody removed is made again") {
    const TempDirectory directory;
    const Settings settings(directory.path());
    Ballast ballast(settings.opened.get(), settings);
    while (ballast.grow()) {
    }
    std::filesystem::remove(directory.path() / "ballast");
    ballast.release_if_needed();
    CHECK_FALSE(ballast.released());
    while (ballast.grow()) {
    }
    CHECK(room_of(directory.path() / "ballast") >= settings.ballast_bytes);
}

TEST_CASE("the ballast is written to the journal's open directory, and never through a link") {
    const TempDirectory place;
    const auto journal = place.path() / "journal", moved = place.path() / "moved";
    std::filesystem::create_directory(journal);
    const Settings settings(journal);
    Ballast ballast(settings.opened.get(), settings);
    std::filesystem::rename(journal, moved);
    std::filesystem::create_directory(journal);
    while (ballast.grow()) {
    }
    CHECK(std::filesystem::is_empty(journal));
    CHECK(std::filesystem::file_size(moved / "ballast") == settings.ballast_bytes);

    std::filesystem::rename(moved / "ballast", journal / "other");
    std::filesystem::create_symlink(journal / "other", moved / "ballast");
    CHECK_FALSE(ballast.release());
    CHECK(std::filesystem::file_size(journal / "other") == settings.ballast_bytes);
}
