#include "disk/recovery.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <string>

#include <unistd.h>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::disk;

namespace {

namespace fs = std::filesystem;

// A journal whose process died with a hundred commits in the log.
struct Crashed {
    Crashed() {
        Place place;
        const auto journal = place.open();
        for (int at = 0; at < 100; ++at) REQUIRE(append(*journal, event_of(std::to_string(at))));
        fs::create_directory(left.settings.directory);
        for (const char* name : {"journal.sqlite", "journal.sqlite-wal"}) {
            fs::copy_file(place.file(name), left.file(name));
        }
    }
    void flip(std::uint64_t at) {
        std::fstream log(left.file("journal.sqlite-wal"), std::ios::in | std::ios::out | std::ios::binary);
        log.seekg(static_cast<std::streamoff>(at));
        const int byte = log.get();
        log.seekp(static_cast<std::streamoff>(at));
        log.put(static_cast<char>(byte ^ 1));
    }
    void flip_in_the_middle() { flip(fs::file_size(left.file("journal.sqlite-wal")) / 2); }
    std::vector<fs::path> copies() const {
        std::vector<fs::path> found;
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(left.file("quarantine"), none))
            found.push_back(entry);
        return found;
    }
    Place left;
};

}  // namespace

TEST_CASE("after a crash the log is read without a message") {
    Crashed crashed;
    CHECK(scan_log(crashed.left.file()).verdict == WalReport::Verdict::clean);
    const auto journal = crashed.left.open();
    CHECK(found(*journal->open_reader()).size() == 100);
    CHECK(crashed.copies().empty());
}

TEST_CASE("a log damaged in the middle stops the start, and everything is kept unchanged") {
    Crashed crashed;
    crashed.flip_in_the_middle();
    const std::string log = content_of(crashed.left.file("journal.sqlite-wal"));
    const std::string database = content_of(crashed.left.file());
    const auto [code, sentence] = crashed.left.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "damaged in the middle: at least "));
    CHECK(says(sentence, "set journal.on_damage: go_on"));
    CHECK(content_of(crashed.left.file("journal.sqlite-wal")) == log);
    CHECK(content_of(crashed.left.file()) == database);
    // Restarted by a service manager, it reports the same and does not fill the disk with copies.
    CHECK(crashed.left.refusal().second == sentence);
    REQUIRE(crashed.copies().size() == 1);
    const fs::path copies = crashed.copies().front();
    CHECK(says(sentence, copies.string()));
    CHECK(content_of(copies / "journal.sqlite-wal") == log);
    CHECK(content_of(copies / "journal.sqlite") == database);
    CHECK((fs::status(copies).permissions() & fs::perms::all) == fs::perms::owner_all);
    CHECK((fs::status(crashed.left.file("quarantine")).permissions() & fs::perms::all) ==
          fs::perms::owner_all);
}

TEST_CASE("with on_damage: go_on a damaged journal starts with what can be read and keeps copies") {
    Crashed crashed;
    crashed.flip_in_the_middle();
    crashed.left.settings.on_damage = OnDamage::go_on;
    {
        const auto journal = crashed.left.open();
        const std::size_t kept = found(*journal->open_reader()).size();
        CHECK(kept > 0);
        CHECK(kept < 100);
        CHECK(append(*journal, event_of("new")).value().sequence == kept + 1);
    }
    CHECK(crashed.copies().size() == 1);
    crashed.left.settings.on_damage = OnDamage::stop;
    CHECK_NOTHROW(crashed.left.open());
}

TEST_CASE("a log whose last transaction was cut short does not stop the start") {
    Crashed crashed;
    const fs::path log = crashed.left.file("journal.sqlite-wal");
    fs::resize_file(log, fs::file_size(log) - 100);
    CHECK(scan_log(crashed.left.file()).verdict == WalReport::Verdict::torn_tail);
    const auto journal = crashed.left.open();
    CHECK(found(*journal->open_reader()).size() == 99);
    CHECK(crashed.copies().empty());
}

TEST_CASE("a log removed after a crash stops the start, unless on_damage is go_on") {
    Crashed crashed;
    Place& left = crashed.left;
    // In the state that the crashed daemon left.
    std::ofstream(left.file("lock")) << "4711\nlog\n";
    fs::remove(left.file("journal.sqlite-wal"));
    const auto [code, sentence] = left.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "journal.sqlite-wal is missing"));
    left.settings.on_damage = OnDamage::go_on;
    { CHECK(left.open()); }
    left.settings.on_damage = OnDamage::stop;
    CHECK(left.open());
}

TEST_CASE("a log emptied after a crash stops the start, unless it held no commit") {
    Crashed crashed;
    Place& left = crashed.left;
    std::ofstream(left.file("lock")) << "4711\nfilled\nlog\n";
    const std::uintmax_t bytes = GENERATE(0u, 32u, 33u, 4000u);
    fs::resize_file(left.file("journal.sqlite-wal"), bytes);
    const auto [code, sentence] = left.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "journal.sqlite-wal was cut to " + std::to_string(bytes) + " bytes, though"));
    std::ofstream(left.file("lock")) << "4711\nlog\n\n\n";
    CHECK(left.open());
}

TEST_CASE("a running journal records that its log is needed, and a stopped one that it is not") {
    Place place;
    const auto recorded = [&place] {
        const std::string text = content_of(place.file("lock"));
        CHECK(text.size() == 32);
        const std::string process = std::to_string(::getpid()) + "\n";
        CHECK(text.starts_with(process));
        return text.substr(process.size(), text.find("\n\n") + 1 - process.size());
    };
    {
        const auto journal = place.open();
        CHECK(recorded() == "log\n");
        REQUIRE(append(*journal, event_of("a")));
        CHECK(recorded() == "filled\nlog\n");
        REQUIRE(journal->seal_erasure().has_value());  // empties the log
        CHECK(recorded() == "log\n");
        REQUIRE(append(*journal, event_of("b")));
        CHECK(recorded() == "filled\nlog\n");
    }
    CHECK(recorded().empty());
    CHECK_FALSE(fs::exists(place.file("journal.sqlite-wal")));
    CHECK(place.open());
}

TEST_CASE("a log without its database stops the start instead of being deleted") {
    Crashed crashed;
    const auto size = fs::file_size(crashed.left.file("journal.sqlite-wal"));
    SECTION("the database is missing") { REQUIRE(fs::remove(crashed.left.file())); }
    SECTION("the database is empty") {
        fs::resize_file(crashed.left.file(), 0);
        REQUIRE(fs::is_empty(crashed.left.file()));
    }
    const auto [code, sentence] = crashed.left.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "is missing or empty, but its log"));
    CHECK(fs::file_size(crashed.left.file("journal.sqlite-wal")) == size);
}
