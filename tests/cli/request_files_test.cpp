#include "cli/request_files.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "cli/mistake.hpp"
#include "support/temp_directory.hpp"

namespace chathook::cli {

TEST_CASE("a request is read from one file, or head and body from two", "[cli]") {
    const test::TempDirectory directory;
    const auto file = [&](const char* name, const char* text) {
        std::ofstream(directory.path() / name, std::ios::binary) << text;
        return (directory.path() / name).string();
    };
    const std::string whole = file("whole", "POST / HTTP/1.1\r\nA: 1\r\n\r\n\r\n{}\n");
    const RequestText one = read_request({.request = whole});
    CHECK(one.head == "POST / HTTP/1.1\r\nA: 1\r\n\r\n");
    CHECK(one.body == "\r\n{}\n");
    const RequestText two = read_request({.headers = file("head", "A: 1\n"), .body = file("body", "{}\n")});
    CHECK(two.head == "A: 1\n");
    CHECK(two.body == "{}\n");
}

TEST_CASE("a request that is named in both ways, in none or in half is refused", "[cli]") {
    for (const RequestFiles& files :
         {RequestFiles{}, RequestFiles{.headers = "a"}, RequestFiles{.body = "a"},
          RequestFiles{.request = "a", .body = "b"}, RequestFiles{.headers = "-", .body = "-"}})
        CHECK_THROWS_AS(read_request(files), Mistake);
}

}  // namespace chathook::cli
