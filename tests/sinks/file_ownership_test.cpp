// What a file sink never does to files of others, and what it preserves of its own.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <chathook/file_owner.hpp>

#include "sinks/file.hpp"
#include "sinks/file_place.hpp"

using namespace chathook;
namespace fs = std::filesystem;

namespace {

FileOwner& owner(Sink& sink) { return dynamic_cast<FileOwner&>(sink); }

using Torn = std::vector<std::string>;

}  // namespace

TEST_CASE("a torn line of ours is kept beside the file, byte for byte") {
    const std::string event = test::numbered_event(3).text;
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{40}, event.size() / 2, event.size()}) {
        for (const std::string& before : {std::string(), test::numbered_lines(1, 2)}) {
            CAPTURE(bytes, before.size());
            const test::FilePlace place;
            test::write_file(place.path, before + event.substr(0, bytes));
            test::deliver_numbered(*place.sink(), 3, 3);
            CHECK(test::content_of(place.path) == before + test::numbered_lines(3, 3));
            CHECK(place.torn() == Torn{event.substr(0, bytes)});
        }
    }
}

TEST_CASE("zeros that a crash of the file system left are removed and not kept") {
    const std::string zeros(5000, '\0');
    const std::string torn = test::numbered_event(3).text.substr(0, 200);
    const test::FilePlace place;
    test::write_file(place.path, test::numbered_lines(1, 2) + zeros);
    test::deliver_numbered(*place.sink(), 3, 3);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 3));
    CHECK(place.torn().empty());
    test::write_file(place.path, test::numbered_lines(1, 2) + torn + zeros);
    test::deliver_numbered(*place.sink(), 3, 3);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 3));
    CHECK(place.torn() == Torn{torn + zeros});
}

TEST_CASE("an open last line of another program is left unchanged, and nothing is written behind it") {
    const std::string zero(1, '\0');
    for (const std::string& theirs :
         {std::string(R"({"name":"someone-elses","important":true})"), std::string("{\"a\":1}\n{\"b\":"),
          std::string("binary") + zero + "\n" + zero + zero + "data", "header\n" + zero + zero,
          std::string("a shopping list\nbread\n{"),
          std::string(R"({"specversion":"1.0","id":"x","data":1})")}) {
        CAPTURE(theirs);
        const test::FilePlace place;
        test::write_file(place.path, theirs);
        CHECK_THAT(test::reason_of_failed_delivery(*place.sink()), Catch::Contains("is not chathookd's"));
        CHECK(test::content_of(place.path) == theirs);
        CHECK(place.torn().empty());
    }
}

TEST_CASE("files with numbers beyond rotate.keep are left alone, whoever made them") {
    const std::string content = GENERATE(test::numbered_lines(90, 91), std::string("of another program\n"));
    const test::FilePlace place;
    for (unsigned number = 3; number <= 30; ++number) test::write_file(place.numbered(number), content);
    const auto sink = place.rotating_sink(test::numbered_lines(1, 1).size(), 2);
    test::deliver_numbered(*sink, 1, 6);
    for (unsigned number = 3; number <= 30; ++number)
        CHECK(test::content_of(place.numbered(number)) == content);
    CHECK(test::content_of(place.path) == test::numbered_lines(6, 6));
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(5, 5));
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(4, 4));
    const auto warnings = owner(*sink).warnings();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().message ==
          place.numbered(3).string() +
              " to .30 stand behind rotate.keep and are left alone; raise keep, or remove them");
}

TEST_CASE("a file of another program among the rotated ones is neither renamed nor deleted") {
    const test::FilePlace place;
    test::write_file(place.path, test::numbered_lines(1, 1));
    test::write_file(place.numbered(1), test::numbered_lines(9, 9));
    test::write_file(place.numbered(2), "of another program\n");
    const auto sink = place.rotating_sink(test::numbered_lines(1, 1).size(), 2);
    REQUIRE(owner(*sink).warnings().size() == 1);
    CHECK_THAT(owner(*sink).warnings().front().message,
               Catch::Contains(
                   "events.jsonl.2: is not a rotated file of this sink, its first line is not an event"));
    test::deliver_numbered(*sink, 2, 3);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 3));  // still written to
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(9, 9));
    CHECK(test::content_of(place.numbered(2)) == "of another program\n");
    fs::remove(place.numbered(2));
    test::deliver_numbered(*sink, 4, 4);
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(1, 3));
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(9, 9));
}

TEST_CASE("a rotated file that another process is writing to is not renamed") {
    const test::FilePlace place;
    test::write_file(place.path, test::numbered_lines(1, 1));
    test::write_file(place.numbered(1), test::numbered_lines(9, 9));
    const int other = ::open(place.numbered(1).c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(::flock(other, LOCK_EX) == 0);
    const auto sink = place.rotating_sink(test::numbered_lines(1, 1).size(), 2);
    test::deliver_numbered(*sink, 2, 2);
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(9, 9));
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 2));
    ::close(other);
    test::deliver_numbered(*sink, 3, 3);
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(9, 9));
}

TEST_CASE("a file that begins with foreign lines is appended to and never rotated away") {
    const test::FilePlace place;
    test::write_file(place.path, "# a header\n");
    const auto sink = place.rotating_sink(10, 1);
    CHECK_THAT(owner(*sink).warnings().at(0).message,
               Catch::Contains("its first line is not an event of chathookd"));
    test::deliver_numbered(*sink, 1, 3);
    CHECK(test::content_of(place.path) == "# a header\n" + test::numbered_lines(1, 3));
    CHECK_FALSE(fs::exists(place.numbered(1)));
}

TEST_CASE("a symbolic link stays, and its target is rotated in place") {
    const test::FilePlace place;
    fs::create_directory(place.directory.path() / "disk");
    const fs::path real = place.directory.path() / "disk" / "e.jsonl";
    fs::create_symlink("disk/e.jsonl", place.path);
    const auto sink = place.rotating_sink(test::numbered_lines(1, 1).size(), 2);
    test::deliver_numbered(*sink, 1, 3);
    CHECK(fs::is_symlink(place.path));
    CHECK(test::content_of(real) == test::numbered_lines(3, 3));
    CHECK(test::content_of(real.string() + ".1") == test::numbered_lines(2, 2));
    CHECK(test::content_of(real.string() + ".2") == test::numbered_lines(1, 1));
    CHECK_FALSE(fs::exists(place.numbered(1)));
}

TEST_CASE("a file that another part owns since the start is neither opened nor rotated") {
    const test::FilePlace place;
    const fs::path journal = place.directory.path() / "journal.sqlite-wal";
    test::write_file(journal, std::string(5000, '\0'));
    fs::create_symlink("mine.jsonl", place.path);
    const auto sink = place.rotating_sink(test::numbered_lines(1, 1).size(), 2);
    std::optional<std::string> answer;
    owner(*sink).be_judged_by([&] { return answer; });
    test::deliver_numbered(*sink, 1, 1);
    fs::remove(place.path);
    fs::create_symlink(journal, place.path);
    answer = "events.jsonl: lies in the directory of the journal";
    for (const bool reopened : {false, true}) {
        if (reopened) sink->reopen();
        CHECK(test::reason_of_failed_delivery(*sink) == "events.jsonl: lies in the directory of the journal");
    }
    CHECK(test::content_of(journal) == std::string(5000, '\0'));
    answer.reset();
    fs::remove(place.path);
    fs::create_symlink("mine.jsonl", place.path);
    test::deliver_numbered(*sink, 2, 2);
    CHECK(test::content_of(place.directory.path() / "mine.jsonl") == test::numbered_lines(2, 2));
}

TEST_CASE("a device, a FIFO and a directory are warned about, and refused without being opened") {
    const test::FilePlace place;
    REQUIRE(::mkfifo(place.path.c_str(), 0600) == 0);
    CHECK_THAT(owner(*place.sink()).warnings().at(0).message, Catch::Contains("is not a regular file"));
    CHECK_THAT(test::reason_of_failed_delivery(*place.sink()), Catch::Contains("is not a regular file"));
    fs::remove(place.path);
    fs::create_directory(place.path);
    CHECK_THAT(test::reason_of_failed_delivery(*place.sink()), Catch::Contains("is not a regular file"));
    fs::remove(place.path);
    fs::create_symlink("/dev/null", place.path);
    CHECK_THAT(owner(*place.sink()).warnings().at(0).message, Catch::Contains("leads to a device"));
    CHECK_THAT(test::reason_of_failed_delivery(*place.sink()), Catch::Contains("is not a regular file"));
}

TEST_CASE("reopen() closes the old file at once, even if no event comes") {
    const test::FilePlace place;
    const auto sink = place.sink();
    test::deliver_numbered(*sink, 1, 1);
    const int other = ::open(place.path.c_str(), O_RDONLY | O_CLOEXEC);
    CHECK(::flock(other, LOCK_EX | LOCK_NB) != 0);  // the sink holds the lock while it has the file open
    sink->reopen();
    CHECK(::flock(other, LOCK_EX | LOCK_NB) == 0);
    ::close(other);
    test::deliver_numbered(*sink, 2, 2);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 2));
}

TEST_CASE("there is no warning about a new file or one of ours") {
    const test::FilePlace place;
    CHECK(owner(*place.rotating_sink(1000, 2)).warnings().empty());
    test::deliver_numbered(*place.rotating_sink(1000, 2), 1, 20);
    REQUIRE(fs::exists(place.numbered(2)));
    CHECK(owner(*place.rotating_sink(1000, 2)).warnings().empty());
}
