#include "sinks/event_lines.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "sinks/files.hpp"
#include "support/deliveries.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using sinks::Head;
using sinks::head_of;

TEST_CASE("an event of ours is recognised by its beginning, and a prefix of that is partial") {
    const std::string event = test::numbered_event(1).text;
    const std::size_t needed = event.find("/sources/") + 9;
    for (std::size_t bytes = 0; bytes < event.size(); ++bytes) {
        CAPTURE(bytes);
        CHECK(head_of(event.substr(0, bytes)) == (bytes < needed ? Head::partial : Head::ours));
    }
}

TEST_CASE("lines of other programs are foreign, including JSON and CloudEvents") {
    for (const std::string& line :
         {std::string(R"({"name":"someone-elses","important":true})"), std::string("{}"), std::string("["),
          std::string(R"({"specversion":"1.0","type":"a"})"),
          std::string(R"({"specversion":"1.0","id":"x"})"),
          std::string(
              R"({"specversion":"1.0","id":"01900000-0000-7000-8000-000000000001","source":"/other")"),
          std::string("\0", 1), std::string("text")}) {
        CAPTURE(line);
        CHECK(head_of(line) == Head::foreign);
    }
}

TEST_CASE("a file is recognised by its first line") {
    const test::TempDirectory directory;
    const auto path = directory.path() / "file";
    const auto told = [&](const std::string& content) {
        test::write_file(path, content);
        std::string problem;
        return sinks::first_line_of(path.string(), problem);
    };
    CHECK(told(test::numbered_event(1).text + "\nanything") == Head::ours);
    CHECK(told("") == Head::partial);
    CHECK(told("{\"spec") == Head::partial);
    CHECK(told("{\"spec\n") == Head::foreign);
    CHECK(told("\n" + test::numbered_event(1).text) == Head::foreign);
    std::string problem;
    CHECK_FALSE(sinks::first_line_of(directory.path().string(), problem));
    CHECK(problem == "it is not a regular file");
    CHECK_FALSE(sinks::first_line_of(path.string() + "-not-there", problem));
    CHECK(problem == "No such file or directory");
}
