#include "sinks/file_directory.hpp"

#include <catch2/catch.hpp>

#include <chathook/file_owner.hpp>

#include "sinks/file_place.hpp"

using namespace chathook;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

// What depends on permissions is tested by tests/flow/file_places_test.mjs, which runs as another user,
// because root may do anything.

TEST_CASE("there is no warning about a path that a file sink can write to") {
    const test::FilePlace place;
    CHECK_FALSE(sinks::why_not_writable(place.path.string(), true));
    fs::create_symlink("there.jsonl", place.path);
    CHECK_FALSE(sinks::why_not_writable(place.path.string(), true));
    test::write_file(place.directory.path() / "there.jsonl", "");
    CHECK_FALSE(sinks::why_not_writable(place.path.string(), true));
    CHECK_FALSE(sinks::why_not_writable("events.jsonl", false));
}

TEST_CASE("a file sink whose directory is missing, a file or a circular link is warned about with the fix") {
    const test::FilePlace place;
    const std::string here = place.directory.path().string();
    const auto why = [](const std::string& path) {
        return sinks::why_not_writable(path, false).value_or("none");
    };
    CHECK_THAT(why(here + "/a/b/events.jsonl"),
               Contains("its directory " + here + "/a/b does not exist and is not made; run: mkdir -p " +
                        here + "/a/b, and let the daemon's user write there; until then its events wait"));
    CHECK_FALSE(fs::exists(here + "/a"));
    fs::create_symlink(here + "/gone/events.jsonl", here + "/dangling");
    CHECK_THAT(why(here + "/dangling"), Contains("its directory " + here + "/gone does not exist"));
    test::write_file(here + "/file", "x");
    CHECK_THAT(why(here + "/file/events.jsonl"), Contains(here + "/file is not a directory"));
    CHECK_THAT(why(here + "/file/a/events.jsonl"), Contains(here + "/file/a leads through a file"));
    fs::create_symlink("one", here + "/two");
    fs::create_symlink("two", here + "/one");
    CHECK_THAT(why(here + "/one"),
               Contains("is a symbolic link that leads back to itself; correct the link"));
    CHECK_THAT(why(here + "/one/events.jsonl"), Contains("symbolic link that leads back to itself"));
    fs::create_directory(here + "/d");
    CHECK_THAT(why(here + "/d"),
               Contains("is a directory; name a file, such as " + here + "/d/events.jsonl"));
    CHECK_THAT(why(here + "/" + std::string(300, 'x') + "/e"),
               Contains("cannot be looked at: File name too long"));
}

TEST_CASE("a file sink is warned about a name that is too long with or without its suffixes") {
    const test::FilePlace place;
    const std::string here = place.directory.path().string();
    const auto why = [&](std::size_t bytes, std::uint64_t rotated) {
        return sinks::why_too_long(here + "/" + std::string(bytes, 'x'), rotated).value_or("none");
    };
    CHECK_THAT(why(256, 0),
               Contains("its name has 256 bytes, and the file system takes 255; name a shorter one; "
                        "until then its events wait"));
    CHECK_THAT(why(253, 10), Contains("no room for .torn-20261121T200000.123456Z behind it") &&
                                 Contains("nor for the numbers of rotated files") &&
                                 Contains("shorten it by 27 bytes"));
    CHECK_THAT(why(253, 9), !Contains("rotated"));
    CHECK_THAT(why(227, 10), Contains("shorten it by 1 bytes"));
    CHECK(why(226, 1000) == "none");
    CHECK_THAT(sinks::why_too_long(std::string(4100, '/') + "x", 0).value_or("none"),
               Contains("is a path of 4101 bytes, and the system takes 4095"));
    // A link's own name may be short: the file that it leads to is rotated.
    fs::create_symlink(std::string(240, 'x'), here + "/short");
    CHECK(sinks::why_too_long(here + "/short", 0));
}

TEST_CASE("the suffix for torn lines is as long as the warning assumes") {
    test::FilePlace place;
    fs::path longest = place.directory.path() / std::string(226, 'x');
    const auto in = [&](const fs::path& path) {
        test::write_file(path, test::numbered_lines(1, 1) + test::numbered_lines(2, 2).substr(0, 20));
        place.path = path;
        return place.sink();
    };
    test::deliver_numbered(*in(longest), 2, 2);
    CHECK(test::content_of(longest) == test::numbered_lines(1, 2));
    CHECK_THAT(test::reason_of_failed_delivery(*in(longest += "x")), Contains("File name too long"));
}

TEST_CASE(
    "the warning about an unwritable place names the path, and events are delivered once it is created") {
    const test::FilePlace place;
    fs::remove_all(place.directory.path());
    const auto sink = place.sink();
    const auto warnings = dynamic_cast<FileOwner&>(*sink).warnings();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().key == "path");
    CHECK_THAT(warnings.front().message, Catch::StartsWith(place.path.string() + ": its directory "));
    CHECK_THAT(test::reason_of_failed_delivery(*sink), Contains("No such file or directory"));
    fs::create_directory(place.directory.path());
    test::deliver_numbered(*sink, 1, 2);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 2));
    CHECK(dynamic_cast<FileOwner&>(*sink).warnings().empty());
}
