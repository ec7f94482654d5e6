#include "disk/scrub.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::disk;
using namespace chathook::store;

namespace {

// A page of one kind with two cells and the given start of their content.
std::string page_of(char kind, std::size_t content) {
    std::string page(page_bytes, 'x');
    page[0] = kind;
    page[3] = '\0';
    page[4] = '\2';
    page[5] = static_cast<char>(content >> 8);
    page[6] = static_cast<char>(content & 0xff);
    return page;
}

std::pair<std::size_t, std::size_t> middle_of(std::string page, bool first = false) {
    const auto middle = unallocated(page, first);
    if (middle.empty()) return {0, 0};
    return {static_cast<std::size_t>(middle.data() - page.data()), middle.size()};
}

using Middle = std::pair<std::size_t, std::size_t>;

// Rows of many sizes are inserted and deleted, so that SQLite moves rows between pages; in the end all marked
// ones are deleted.
std::string what_is_left(const std::filesystem::path& file, bool scrubbed) {
    Database database = scrubbed ? open_for_writing(file) : Database(file, SQLITE_OPEN_READWRITE, {});
    database.value_of("PRAGMA journal_mode=wal");
    database.execute("PRAGMA secure_delete=1");
    database.execute("PRAGMA wal_autocheckpoint=0");
    database.execute("CREATE TABLE t(seq INTEGER PRIMARY KEY, marked INTEGER, json TEXT)");
    for (int round = 0; round < 30; ++round) {
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) "
            "INSERT INTO t(marked, json) SELECT i % 10 = 3, "
            "replace(hex(zeroblob((i * 37 + " +
            std::to_string(round * 11) +
            ") % 90)), '00', CASE WHEN i % 10 = 3 THEN 'visitor-7f3a' ELSE 'somebodyelse' END) FROM n");
        database.execute("DELETE FROM t WHERE NOT marked AND (seq * 7919 + " + std::to_string(round) +
                         ") % 5 < 2");
    }
    database.execute("DELETE FROM t WHERE marked");
    database.value_of("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(database.value_of("PRAGMA integrity_check") == "ok");
    return content_of(file);
}

}  // namespace

TEST_CASE("the unallocated middle of a page is between its cell pointers and its cells") {
    CHECK(middle_of(page_of(13, 3000)) == Middle(8 + 4, 3000 - 12));
    CHECK(middle_of(page_of(10, 3000)) == Middle(8 + 4, 3000 - 12));
    CHECK(middle_of(page_of(5, 3000)) == Middle(12 + 4, 3000 - 16));
    CHECK(middle_of(page_of(2, 4096)) == Middle(12 + 4, 4096 - 16));
    CHECK(middle_of(std::string(100, 'h') + page_of(13, 3000).substr(0, 3996), true) ==
          Middle(108 + 4, 3000 - 112));
}

TEST_CASE("pages of other kinds, or with contradictory headers, have no unallocated middle") {
    CHECK(middle_of(page_of(0, 3000)) == Middle(0, 0));
    CHECK(middle_of(page_of(7, 3000)) == Middle(0, 0));
    CHECK(middle_of(page_of(13, 12)) == Middle(0, 0));
    CHECK(middle_of(page_of(13, 5)) == Middle(0, 0));
    CHECK(middle_of(page_of(13, 4097)) == Middle(0, 0));
}

TEST_CASE("rows that were moved before they were deleted leave no bytes in the file") {
    const TempDirectory directory;
    const auto plain = directory.path() / "plain.sqlite";
    std::ofstream(plain).close();
    // SQLite alone leaves bytes: if a later version does not, scrubbing can go.
    CHECK(says(what_is_left(plain, false), "visitor-7f3a"));
    const auto file = DirectoryLock(directory.path() / "journal").database_file();
    const std::string left = what_is_left(file, true);
    CHECK_FALSE(says(left, "visitor-7f3a"));
    CHECK(says(left, "somebodyelse"));
}
