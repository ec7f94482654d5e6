#include "support/file_status.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "support/file_descriptor.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using chathook::test::TempDirectory;

namespace {

void check_same(const struct stat& found, const struct stat& expected) {
    CHECK(found.st_dev == expected.st_dev);
    CHECK(found.st_ino == expected.st_ino);
    CHECK(found.st_mode == expected.st_mode);
    CHECK(found.st_nlink == expected.st_nlink);
    CHECK(found.st_size == expected.st_size);
}

}  // namespace

TEST_CASE("a file's identity, kind and size are what stat(2) tells") {
    const TempDirectory directory;
    std::ofstream(directory.path() / "file") << "some bytes";
    std::filesystem::create_symlink("file", directory.path() / "link");
    const Descriptor place(::open(directory.path().c_str(), O_PATH | O_CLOEXEC));
    for (const char* name : {".", "file", "link", "/dev/null"}) {
        CAPTURE(name);
        struct stat expected {
        }, by_name{}, opened{};
        REQUIRE(::fstatat(place.get(), name, &expected, 0) == 0);
        REQUIRE(look_up(place.get(), name, by_name) == 0);
        check_same(by_name, expected);
        const Descriptor file(::openat(place.get(), name, O_PATH | O_CLOEXEC));
        REQUIRE(look_at(file.get(), opened) == 0);
        check_same(opened, expected);
    }
}

TEST_CASE("a file that cannot be looked up is told as stat(2) tells it") {
    const TempDirectory directory;
    const Descriptor place(::open(directory.path().c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    CHECK(look_up(place.get(), "missing", status) == -1);
    CHECK(errno == ENOENT);
    CHECK(look_at(-1, status) == -1);
    CHECK(errno == EBADF);
}
