#include "journal/schema.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "journal/files.hpp"
#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

// The database file of a fresh, empty journal directory.
std::filesystem::path fresh_file(const std::filesystem::path& directory) {
    return DirectoryLock(directory).database_file();
}

}  // namespace

TEST_CASE("the writing connection syncs at every commit and keeps checkpoints to itself") {
    const TempDirectory directory;
    Database database = open_for_writing(fresh_file(directory.path()));
    CHECK(database.value_of("PRAGMA journal_mode") == "wal");
    CHECK(database.value_of("PRAGMA synchronous") == "2");
    CHECK(database.value_of("PRAGMA mmap_size") == "0");
    CHECK(database.value_of("PRAGMA wal_autocheckpoint") == "0");
    CHECK(database.value_of("PRAGMA secure_delete") == "1");
    CHECK(database.value_of("PRAGMA page_size") == "4096");
    CHECK(database.value_of("PRAGMA user_version") == "3");
}

TEST_CASE("a reading connection can neither write nor checkpoint") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    Database writer = open_for_writing(file);
    Database reader = open_for_reading(file);
    CHECK_THROWS_AS(reader.execute("DELETE FROM records"), SqliteError);
    int no_checkpoint_on_close = 0;
    reader.check(
        sqlite3_db_config(reader.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &no_checkpoint_on_close));
    CHECK(no_checkpoint_on_close == 1);
    writer.execute("INSERT INTO sinks(number, name, cursor) VALUES(0, 'events', 0)");
    CHECK(sqlite3_wal_checkpoint_v2(reader.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
          SQLITE_OK);
}

TEST_CASE("another program's database is refused and left as it was") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    Database(file, SQLITE_OPEN_READWRITE, {}).execute("CREATE TABLE theirs(x)");
    CHECK_THROWS_WITH(open_for_writing(file),
                      file.string() + " is a database of another program, not a journal");
    Database theirs(file, SQLITE_OPEN_READWRITE, {});
    CHECK(theirs.value_of("PRAGMA journal_mode") == "delete");
    CHECK(theirs.value_of("SELECT count(*) FROM sqlite_schema") == "1");
}

TEST_CASE("a journal of a newer format is refused") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    open_for_writing(file).execute("PRAGMA user_version=4");
    CHECK_THROWS_WITH(open_for_writing(file),
                      file.string() + " was written in journal format 4; this program knows formats 1 to 3");
}

TEST_CASE("a database that is none is refused with exit code 74 and stays as it was") {
    Place place;
    std::filesystem::create_directory(place.settings.directory);
    const std::string rubbish(8192, 'x');
    std::ofstream(place.file()) << rubbish;
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "is damaged: file is not a database"));
    std::ifstream file(place.file());
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == rubbish);
}

TEST_CASE("a database with a damaged page is refused with exit code 74") {
    Place place;
    {
        const auto journal = place.open();
        for (int at = 0; at < 300; ++at) REQUIRE(append(*journal, event_of(std::to_string(at))));
    }
    std::fstream file(place.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);  // the first table's root
    file << std::string(4096, '\xff');
    file.close();
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "malformed"));
}
