#include "store/rejection_table.hpp"

#include <catch2/catch.hpp>

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

TEST_CASE("refused requests go from the oldest on when they are too old") {
    using namespace std::chrono_literals;
    const TempDirectory directory;
    Database database = open_for_writing(DirectoryLock(directory.path()).database_file());
    JournalSettings settings;
    settings.rejections_age = 1h;
    RejectionTable table(database, settings);
    CHECK_FALSE(table.has_surplus(recently));
    const std::vector<Rejection> one(1);
    table.record(one, recently);
    table.record(one, recently + 1min);
    table.record(one, recently + 2min);
    CHECK_FALSE(table.has_surplus(recently + 1h));
    CHECK(table.has_surplus(recently + 1h + 1us));
    table.forget_surplus(recently + 1h + 1us);
    CHECK(database.value_of("SELECT group_concat(number) FROM rejections") == "2,3");
    CHECK_FALSE(table.has_surplus(recently + 1h + 1us));
    table.forget_surplus(recently + 2h);
    CHECK(database.value_of("SELECT count(*) FROM rejections") == "0");
}

TEST_CASE("surplus refused requests go in pieces, so that no transaction grows long") {
    const TempDirectory directory;
    Database database = open_for_writing(DirectoryLock(directory.path()).database_file());
    JournalSettings settings;
    settings.rejections_keep = 1000;
    std::vector<Rejection> rejections(300);
    for (Rejection& rejection : rejections) rejection.received = recently;
    for (int at = 0; at < 10; ++at) rejections[at].raw = std::string(400 << 10, 'x');
    RejectionTable(database, settings).record(rejections, recently);
    const auto left = [&] { return database.value_of("SELECT count(*) FROM rejections"); };
    CHECK(left() == "300");

    settings.rejections_keep = 0;  // set anew before this start
    RejectionTable table(database, settings);
    std::vector<std::string> after;
    while (table.has_surplus(recently)) {
        table.forget_surplus(recently);
        after.push_back(left());
    }
    CHECK(after == std::vector<std::string>{"297", "294", "291", "35", "0"});
}
