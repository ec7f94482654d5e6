#include "store/rejection_table.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace std::chrono_literals;

namespace {

// A table of four refused requests, recorded a minute apart, of which the second has its bytes.
struct RefusedRequests {
    TempDirectory directory;
    Database database = open_for_writing(DirectoryLock(directory.path()).database_file());
    RejectionTable table{database};

    RefusedRequests() {
        std::vector<Rejection> rejections(1);
        for (int at = 0; at < 4; ++at) {
            rejections.front().raw = at == 1 ? "GET / HTTP/1.1" : "";
            table.record(rejections, recently + at * 1min);
        }
    }
    Sequences oldest(std::size_t rows_max, std::uint64_t last_wanted = past_the_newest) {
        Sequences numbers;
        table.visit_oldest(rows_max, [&](const RetainedRejection& rejection) {
            numbers.push_back(rejection.number);
            return rejection.number < last_wanted;
        });
        return numbers;
    }
};

}  // namespace

TEST_CASE("refused requests are listed from the oldest on, as many as are wanted") {
    RefusedRequests on;
    CHECK(on.oldest(100) == Sequences{1, 2, 3, 4});
    CHECK(on.oldest(2) == Sequences{1, 2});
    CHECK(on.oldest(100, 3) == Sequences{1, 2, 3});
    CHECK(on.table.forget(std::vector<std::uint64_t>{1, 3, 7}) == 2);
    CHECK(on.oldest(100) == Sequences{2, 4});
}

TEST_CASE("a listed refused request says from when its age counts and how large it is") {
    RefusedRequests on;
    std::vector<std::uint64_t> bytes;
    on.table.visit_oldest(100, [&](const RetainedRejection& rejection) {
        CHECK(rejection.counted_from == recently + (rejection.number - 1) * 1min);
        bytes.push_back(rejection.bytes);
        return true;
    });
    CHECK(bytes == std::vector<std::uint64_t>{0, 14, 0, 0});
}

TEST_CASE("the last refused request before the newest ones is known by its number") {
    RefusedRequests on;
    CHECK(on.table.last_before_newest(4) == 0);
    CHECK(on.table.last_before_newest(3) == 1);
    CHECK(on.table.last_before_newest(0) == 4);
}
