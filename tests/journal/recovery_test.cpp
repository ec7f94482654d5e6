#include "journal/recovery.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

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

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("after a crash the log is read and nothing is said") {
    Crashed crashed;
    CHECK(scan_log(crashed.left.file()).verdict == WalReport::Verdict::clean);
    const auto journal = crashed.left.open();
    CHECK(found(*journal->open_reader()).size() == 100);
    CHECK(crashed.copies().empty());
}

TEST_CASE("a log damaged in the middle stops the start and keeps everything as it was") {
    Crashed crashed;
    crashed.flip_in_the_middle();
    const std::string log = content(crashed.left.file("journal.sqlite-wal"));
    const std::string database = content(crashed.left.file());
    const auto [code, sentence] = crashed.left.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "damaged in the middle: at least "));
    CHECK(says(sentence, "set journal.on_damage: go_on"));
    CHECK(content(crashed.left.file("journal.sqlite-wal")) == log);
    CHECK(content(crashed.left.file()) == database);
    // Started again by a service manager, it says the same and fills no disk with copies.
    CHECK(crashed.left.refusal().second == sentence);
    REQUIRE(crashed.copies().size() == 1);
    const fs::path copies = crashed.copies().front();
    CHECK(says(sentence, copies.string()));
    CHECK(content(copies / "journal.sqlite-wal") == log);
    CHECK(content(copies / "journal.sqlite") == database);
    CHECK((fs::status(copies).permissions() & fs::perms::all) == fs::perms::owner_all);
    CHECK((fs::status(crashed.left.file("quarantine")).permissions() & fs::perms::all) ==
          fs::perms::owner_all);
}

TEST_CASE("told to go on, a damaged journal starts with what can be read and keeps copies of the rest") {
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

TEST_CASE("a log whose last transaction was cut short is no reason to stop") {
    Crashed crashed;
    const fs::path log = crashed.left.file("journal.sqlite-wal");
    fs::resize_file(log, fs::file_size(log) - 100);
    CHECK(scan_log(crashed.left.file()).verdict == WalReport::Verdict::torn_tail);
    const auto journal = crashed.left.open();
    CHECK(found(*journal->open_reader()).size() == 99);
    CHECK(crashed.copies().empty());
}
