#include "sinks/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "sinks/file_place.hpp"

using namespace chathook;
namespace fs = std::filesystem;

TEST_CASE("the file is created readable for its owner and group only") {
    const mode_t mask = ::umask(0);
    const test::FilePlace place;
    test::deliver_numbered(*place.sink(), 1, 1);
    ::umask(mask);
    CHECK(fs::status(place.path).permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read));
}

TEST_CASE("events are appended to existing content") {
    const test::FilePlace place;
    test::deliver_numbered(*place.sink(), 1, 2);
    test::deliver_numbered(*place.sink(), 3, 4);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 4));
}

TEST_CASE("a batch of lines of every size is appended as it is, however many writes it takes") {
    const test::FilePlace place;
    std::vector<Delivery> batch;
    std::uint64_t number = 0;
    for (const std::size_t size :
         {1, 60'000, 5'000, 65'000, 66'000, 1, 300'000, 65'536, 1, 30'000, 30'000, 30'000})
        batch.push_back(test::numbered_delivery(++number, std::string(size, 'x')));
    REQUIRE(test::all_delivered(test::deliver(*place.sink(), batch), batch.size()));
    CHECK(test::content_of(place.path) == test::lines_of(batch));
}

TEST_CASE("a torn last line is cut off before the first event is appended") {
    const std::string torn = test::numbered_event(3).text;
    for (const std::size_t kept : {std::size_t{1}, torn.size() / 2, torn.size()}) {
        CAPTURE(kept);
        const test::FilePlace place;
        test::write_file(place.path, test::numbered_lines(1, 2) + torn.substr(0, kept));
        test::deliver_numbered(*place.sink(), 3, 4);
        CHECK(test::content_of(place.path) == test::numbered_lines(1, 4));
    }
}

TEST_CASE("a torn line that is the whole file, longer than a block, or zeros is cut off too") {
    const std::string large = test::numbered_event(9, std::string(200'000, 'x')).text;
    for (const std::string& torn : {std::string("{\"spec"), large, std::string(5000, '\0')}) {
        for (const std::string& before : {std::string(), test::numbered_lines(1, 2)}) {
            CAPTURE(torn.size(), before.size());
            const test::FilePlace place;
            test::write_file(place.path, before + torn);
            test::deliver_numbered(*place.sink(), 3, 3);
            CHECK(test::content_of(place.path) == before + test::numbered_lines(3, 3));
        }
    }
}

TEST_CASE(
    "an event without its base64 is written in full, in order, and counts in full for the file's size") {
    std::vector<Delivery> events = test::numbered_deliveries(1, 4);
    events[1] = test::open_delivery(2, std::string(300'000, '\x01'));
    events[2] = test::open_delivery(3, "short");
    SECTION("in one file") {
        const test::FilePlace place;
        CHECK(test::all_delivered(test::deliver(*place.sink(), events), 4));
        CHECK(test::content_of(place.path) == test::lines_of(events));
    }
    SECTION("into a new file if it does not fit") {
        const test::FilePlace place;
        const auto sink = place.rotating_sink(350'000, 3);
        CHECK(test::all_delivered(test::deliver(*sink, events), 4));
        CHECK(test::content_of(place.numbered(2)) == test::lines_of({events[0]}));
        CHECK(test::content_of(place.numbered(1)) == test::lines_of({events[1]}));
        CHECK(test::content_of(place.path) == test::lines_of({events[2], events[3]}));
    }
}

TEST_CASE("after logrotate has renamed the file, the next event goes to a new one") {
    const bool with_signal = GENERATE(true, false);
    const bool made_by_logrotate = GENERATE(true, false);
    const test::FilePlace place;
    const auto sink = place.sink();
    test::deliver_numbered(*sink, 1, 2);
    fs::rename(place.path, place.numbered(1));
    if (made_by_logrotate) test::write_file(place.path, "");
    if (with_signal) sink->reopen();
    test::deliver_numbered(*sink, 3, 4);
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(1, 2));
    CHECK(test::content_of(place.path) == test::numbered_lines(3, 4));
}

TEST_CASE("after the file was removed or emptied, the next event is still written to it") {
    const test::FilePlace place;
    const auto sink = place.sink();
    test::deliver_numbered(*sink, 1, 2);
    fs::remove(place.path);
    test::deliver_numbered(*sink, 3, 3);
    CHECK(test::content_of(place.path) == test::numbered_lines(3, 3));
    fs::resize_file(place.path, 0);
    test::deliver_numbered(*sink, 4, 4);
    CHECK(test::content_of(place.path) == test::numbered_lines(4, 4));
}

TEST_CASE("a file that would grow beyond rotate.size is renamed to .1 and a new one begun") {
    const test::FilePlace place;
    const std::uint64_t two_lines = test::numbered_lines(1, 2).size();
    const auto sink = place.rotating_sink(two_lines, 3);
    test::deliver_numbered(*sink, 1, 5);
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(1, 2));
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(3, 4));
    CHECK(test::content_of(place.path) == test::numbered_lines(5, 5));
    test::deliver_numbered(*sink, 6, 7);
    CHECK(test::content_of(place.numbered(3)) == test::numbered_lines(1, 2));
    CHECK(test::content_of(place.path) == test::numbered_lines(7, 7));
}

TEST_CASE("at most rotate.keep rotated files are made, and files beyond a lowered limit stay") {
    const test::FilePlace place;
    const std::uint64_t one_line = test::numbered_lines(1, 1).size();
    test::deliver_numbered(*place.rotating_sink(one_line, 4), 1, 6);
    CHECK(fs::exists(place.numbered(4)));
    CHECK_FALSE(fs::exists(place.numbered(5)));
    test::deliver_numbered(*place.rotating_sink(one_line, 2), 7, 7);
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(6, 6));
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(5, 5));
    CHECK(test::content_of(place.numbered(3)) == test::numbered_lines(3, 3));
    CHECK(test::content_of(place.numbered(4)) == test::numbered_lines(2, 2));
}

TEST_CASE("an event larger than rotate.size gets a file of its own") {
    const test::FilePlace place;
    const auto sink = place.rotating_sink(10, 9);
    test::deliver_numbered(*sink, 1, 3);
    CHECK(test::content_of(place.path) == test::numbered_lines(3, 3));
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(2, 2));
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(1, 1));
}

TEST_CASE("a rotation interrupted between two renames loses no file") {
    const test::FilePlace place;
    test::write_file(place.path, test::numbered_lines(3, 3));
    test::write_file(place.numbered(2), test::numbered_lines(2, 2));  // .1 had just become .2
    test::write_file(place.numbered(3), test::numbered_lines(1, 1));
    test::deliver_numbered(*place.rotating_sink(test::numbered_lines(1, 1).size(), 3), 4, 4);
    CHECK(test::content_of(place.path) == test::numbered_lines(4, 4));
    CHECK(test::content_of(place.numbered(1)) == test::numbered_lines(3, 3));
    CHECK(test::content_of(place.numbered(2)) == test::numbered_lines(2, 2));
    CHECK(test::content_of(place.numbered(3)) == test::numbered_lines(1, 1));
}

TEST_CASE("a file that cannot be rotated is still written to") {
    const test::FilePlace place;
    fs::create_directory(place.numbered(1));  // in the way
    test::write_file(place.numbered(1) / "occupied", "");
    const auto sink = place.rotating_sink(test::numbered_lines(1, 1).size(), 1);
    test::deliver_numbered(*sink, 1, 3);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 3));
    fs::remove_all(place.numbered(1));
    test::deliver_numbered(*sink, 4, 4);
    CHECK(test::content_of(place.path) == test::numbered_lines(4, 4));
}

TEST_CASE("delivery is retried while the directory is missing, and succeeds once it is created") {
    const test::FilePlace place;
    SinkSettings settings = place.settings();
    settings.set("path", (place.directory.path() / "later" / "events.jsonl").string());
    const auto sink = test::make_sink("file", settings);
    CHECK_THAT(test::reason_of_failed_delivery(*sink),
               Catch::Contains("later/events.jsonl") && Catch::Contains("No such file or directory"));
    fs::create_directory(place.directory.path() / "later");
    test::deliver_numbered(*sink, 1, 3);
    CHECK(test::content_of(place.directory.path() / "later" / "events.jsonl") == test::numbered_lines(1, 3));
}

TEST_CASE("anything but a regular file is refused") {
    const test::FilePlace place;
    REQUIRE(::mkfifo(place.path.c_str(), 0600) == 0);
    CHECK_THAT(test::reason_of_failed_delivery(*place.sink()),
               Catch::Contains("not a regular file") || Catch::Contains("cannot be opened"));
}

TEST_CASE("two sinks never write to the same file") {
    const test::FilePlace place;
    const auto first = place.sink();
    test::deliver_numbered(*first, 1, 1);
    CHECK_THAT(test::reason_of_failed_delivery(*place.sink()), Catch::Contains("another sink or process"));
    test::deliver_numbered(*first, 2, 2);
    CHECK(test::content_of(place.path) == test::numbered_lines(1, 2));
}

TEST_CASE("contradictory options are named with their fix") {
    const test::FilePlace place;
    struct Row {
        std::string key;
        SinkSettings::Value value;
        std::string mistake;
    };
    const std::vector<Row> rows{
        {"rotate.size", std::uint64_t{0}, "rotate.size: must be at least 1B, not 0; leave it out"},
        {"rotate.keep", std::uint64_t{0}, "rotate.keep: must be from 1 to 1000, not 0"},
        {"rotate.keep", std::uint64_t{1001}, "rotate.keep: must be from 1 to 1000, not 1001"},
        {"path", std::string(), "path: must name a file"},
        {"path", std::string("/var/log/"), "path: must name a file"}};
    for (const Row& row : rows) {
        CAPTURE(row.key, row.mistake);
        SinkSettings settings = place.settings();
        settings.set("rotate.size", std::uint64_t{1000});
        settings.set(row.key, row.value);
        CHECK_THAT(test::mistake_in("file", settings), Catch::StartsWith(row.mistake));
    }
    CHECK(test::mistake_in("file", place.settings()).empty());
}
