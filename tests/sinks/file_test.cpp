#include "sinks/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "sinks/files.hpp"
#include "sinks/made_sink.hpp"
#include "support/deliveries.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
namespace fs = std::filesystem;

namespace {

struct Place {
    SinkSettings settings() const {
        SinkSettings result = test::default_settings("file");
        result.set("path", path.string());
        return result;
    }
    std::unique_ptr<Sink> sink() const { return test::make_sink("file", settings()); }
    std::unique_ptr<Sink> rotating_sink(std::uint64_t size, std::uint64_t keep) const {
        SinkSettings rotating = settings();
        rotating.set("rotate.size", size);
        rotating.set("rotate.keep", keep);
        return test::make_sink("file", rotating);
    }
    fs::path numbered(unsigned number) const { return path.string() + "." + std::to_string(number); }

    test::TempDirectory directory;
    fs::path path = directory.path() / "events.jsonl";
};

void deliver(Sink& sink, std::uint64_t first, std::uint64_t last) {
    const auto batch = test::numbered_deliveries(first, last);
    REQUIRE(test::all_delivered(test::deliver(sink, batch), batch.size()));
}

std::string lines(std::uint64_t first, std::uint64_t last) {
    return test::lines_of(test::numbered_deliveries(first, last));
}

std::string reason_of_failure(Sink& sink) {
    const auto outcomes = test::deliver(sink, test::numbered_deliveries(1, 3));
    REQUIRE(outcomes.size() == 1);
    REQUIRE(outcomes.front().kind == Outcome::Kind::retry);
    return outcomes.front().reason;
}

}  // namespace

TEST_CASE("the file is made readable for its owner and group only") {
    const mode_t mask = ::umask(0);
    const Place place;
    deliver(*place.sink(), 1, 1);
    ::umask(mask);
    CHECK(fs::status(place.path).permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read));
}

TEST_CASE("events are appended to what a file already holds") {
    const Place place;
    deliver(*place.sink(), 1, 2);
    deliver(*place.sink(), 3, 4);
    CHECK(test::content_of(place.path) == lines(1, 4));
}

TEST_CASE("a torn last line is cut off before the first event is appended") {
    const std::string torn = test::numbered_event(3).json;
    for (const std::size_t kept : {std::size_t{1}, torn.size() / 2, torn.size()}) {
        CAPTURE(kept);
        const Place place;
        test::write_file(place.path, lines(1, 2) + torn.substr(0, kept));
        deliver(*place.sink(), 3, 4);
        CHECK(test::content_of(place.path) == lines(1, 4));
    }
}

TEST_CASE("a torn line that is all of the file, or longer than a block, or zeros, is cut off too") {
    const std::string large = R"({"specversion":")" + std::string(200'000, 'x');
    for (const std::string& torn : {std::string("{\"spec"), large, std::string(5000, '\0')}) {
        for (const std::string& before : {std::string(), lines(1, 2)}) {
            CAPTURE(torn.size(), before.size());
            const Place place;
            test::write_file(place.path, before + torn);
            deliver(*place.sink(), 3, 3);
            CHECK(test::content_of(place.path) == before + lines(3, 3));
        }
    }
}

TEST_CASE("a last line that chathookd cannot have written is left alone, and nothing is appended to it") {
    const Place place;
    const std::string theirs = "a shopping list\nbread\nbutter";
    test::write_file(place.path, theirs);
    CHECK_THAT(reason_of_failure(*place.sink()), Catch::Contains("is not chathookd's"));
    CHECK(test::content_of(place.path) == theirs);
}

TEST_CASE("after logrotate renamed the file, the next event goes to a new one") {
    const bool with_signal = GENERATE(true, false);
    const bool made_by_logrotate = GENERATE(true, false);
    const Place place;
    const auto sink = place.sink();
    deliver(*sink, 1, 2);
    fs::rename(place.path, place.numbered(1));
    if (made_by_logrotate) test::write_file(place.path, "");
    if (with_signal) sink->reopen();
    deliver(*sink, 3, 4);
    CHECK(test::content_of(place.numbered(1)) == lines(1, 2));
    CHECK(test::content_of(place.path) == lines(3, 4));
}

TEST_CASE("after somebody removed or emptied the file, the next event is in it all the same") {
    const Place place;
    const auto sink = place.sink();
    deliver(*sink, 1, 2);
    fs::remove(place.path);
    deliver(*sink, 3, 3);
    CHECK(test::content_of(place.path) == lines(3, 3));
    fs::resize_file(place.path, 0);
    deliver(*sink, 4, 4);
    CHECK(test::content_of(place.path) == lines(4, 4));
}

TEST_CASE("a file that would grow beyond rotate.size is numbered and a new one begun") {
    const Place place;
    const std::uint64_t two_lines = lines(1, 2).size();
    const auto sink = place.rotating_sink(two_lines, 3);
    deliver(*sink, 1, 5);
    CHECK(test::content_of(place.numbered(2)) == lines(1, 2));
    CHECK(test::content_of(place.numbered(1)) == lines(3, 4));
    CHECK(test::content_of(place.path) == lines(5, 5));
    deliver(*sink, 6, 7);
    CHECK(test::content_of(place.numbered(3)) == lines(1, 2));
    CHECK(test::content_of(place.path) == lines(7, 7));
}

TEST_CASE("no more than rotate.keep rotated files are kept, also after it was lowered") {
    const Place place;
    const std::uint64_t one_line = lines(1, 1).size();
    deliver(*place.rotating_sink(one_line, 4), 1, 6);
    CHECK(fs::exists(place.numbered(4)));
    CHECK_FALSE(fs::exists(place.numbered(5)));
    deliver(*place.rotating_sink(one_line, 2), 7, 7);
    CHECK(test::content_of(place.numbered(1)) == lines(6, 6));
    CHECK(test::content_of(place.numbered(2)) == lines(5, 5));
    CHECK_FALSE(fs::exists(place.numbered(3)));
    CHECK_FALSE(fs::exists(place.numbered(4)));
}

TEST_CASE("an event larger than rotate.size is written whole into a file of its own") {
    const Place place;
    const auto sink = place.rotating_sink(10, 9);
    deliver(*sink, 1, 3);
    CHECK(test::content_of(place.path) == lines(3, 3));
    CHECK(test::content_of(place.numbered(1)) == lines(2, 2));
    CHECK(test::content_of(place.numbered(2)) == lines(1, 1));
}

TEST_CASE("a rotation interrupted between two renames loses no file") {
    const Place place;
    test::write_file(place.path, lines(3, 3));
    test::write_file(place.numbered(2), lines(2, 2));  // .1 had just become .2
    test::write_file(place.numbered(3), lines(1, 1));
    deliver(*place.rotating_sink(lines(1, 1).size(), 3), 4, 4);
    CHECK(test::content_of(place.path) == lines(4, 4));
    CHECK(test::content_of(place.numbered(1)) == lines(3, 3));
    CHECK(test::content_of(place.numbered(2)) == lines(2, 2));
    CHECK(test::content_of(place.numbered(3)) == lines(1, 1));
}

TEST_CASE("a file that cannot be rotated is written on") {
    const Place place;
    fs::create_directory(place.numbered(1));  // in the way
    test::write_file(place.numbered(1) / "occupied", "");
    const auto sink = place.rotating_sink(lines(1, 1).size(), 1);
    deliver(*sink, 1, 3);
    CHECK(test::content_of(place.path) == lines(1, 3));
    fs::remove_all(place.numbered(1));
    deliver(*sink, 4, 4);
    CHECK(test::content_of(place.path) == lines(4, 4));
}

TEST_CASE("a missing directory is a reason to try again, and its making the mend") {
    const Place place;
    SinkSettings settings = place.settings();
    settings.set("path", (place.directory.path() / "later" / "events.jsonl").string());
    const auto sink = test::make_sink("file", settings);
    CHECK_THAT(reason_of_failure(*sink),
               Catch::Contains("later/events.jsonl") && Catch::Contains("No such file or directory"));
    fs::create_directory(place.directory.path() / "later");
    deliver(*sink, 1, 3);
    CHECK(test::content_of(place.directory.path() / "later" / "events.jsonl") == lines(1, 3));
}

TEST_CASE("what is no regular file is refused: nothing written to it would last") {
    const Place place;
    REQUIRE(::mkfifo(place.path.c_str(), 0600) == 0);
    CHECK_THAT(reason_of_failure(*place.sink()),
               Catch::Contains("not a regular file") || Catch::Contains("cannot be opened"));
}

TEST_CASE("two sinks never write to the same file") {
    const Place place;
    const auto first = place.sink();
    deliver(*first, 1, 1);
    CHECK_THAT(reason_of_failure(*place.sink()), Catch::Contains("another sink or process"));
    deliver(*first, 2, 2);
    CHECK(test::content_of(place.path) == lines(1, 2));
}

TEST_CASE("options that make no sense together are named with their mend") {
    const Place place;
    struct Row {
        std::string key;
        SinkSettings::Value value;
        std::string mistake;
    };
    const std::vector<Row> rows{{"rotate.size", std::uint64_t{0}, "rotate.size: must be at least 1 byte"},
                                {"rotate.keep", std::uint64_t{0}, "rotate.keep: must be from 1"},
                                {"rotate.keep", std::uint64_t{1001}, "rotate.keep: must be from 1"},
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
