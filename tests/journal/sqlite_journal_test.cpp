#include <catch2/catch.hpp>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "journal/fixture.hpp"
#include "journal/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

struct Place {
    Place() { settings.directory = directory.path() / "journal", settings.min_free_disk = 1 << 20; }
    std::unique_ptr<Journal> open() {
        return make_sqlite_journal(settings, metrics, [](const std::string&) {});
    }
    // The exit code and the sentence with which opening fails.
    std::pair<int, std::string> refusal() {
        try {
            open();
        } catch (const OpenError& error) {
            return {error.exit_code(), error.what()};
        }
        return {0, "opened"};
    }
    std::filesystem::path file(const char* name = "journal.sqlite") const {
        return settings.directory / name;
    }

    TempDirectory directory;
    JournalSettings settings;
    RecordingMetrics metrics;
};

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the journal's directory and files are for its own user only") {
    Place place;
    const mode_t before = ::umask(0);
    const auto journal = place.open();
    ::umask(before);
    CHECK(append(*journal, event_of("a")));
    CHECK(mode_of(place.settings.directory) == 0700);
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "lock"}) {
        CHECK(mode_of(place.file(name)) == 0600);
    }
}

TEST_CASE("a second instance is refused with exit code 75 and told who holds the journal") {
    Place place;
    {
        const auto first = place.open();
        const auto [code, sentence] = place.refusal();
        CHECK(code == 75);
        CHECK(sentence == "the journal in " + place.settings.directory.string() +
                              " is in use by another chathookd (process " + std::to_string(::getpid()) + ")");
        CHECK(append(*first, event_of("a")));
    }
    CHECK_NOTHROW(place.open());
}

TEST_CASE("a journal below a file is refused with exit code 74") {
    Place place;
    std::ofstream(place.directory.path() / "file") << "x";
    place.settings.directory = place.directory.path() / "file" / "journal";
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "cannot create the journal's directory"));
    CHECK(says(sentence, "Not a directory"));
}

TEST_CASE("a journal that its user may not write is refused with exit code 74") {
    Place place;
    place.open();
    // Root may write everything, so this is tried as somebody else.
    const uid_t nobody = 65534;
    const uid_t user = ::geteuid();
    ::chmod(place.directory.path().c_str(), 0755);
    SECTION("the directory") { ::chmod(place.settings.directory.c_str(), 0500); }
    SECTION("the database") {
        ::chmod(place.file().c_str(), 0444);
        ::chmod(place.file("lock").c_str(), 0666);
        ::chmod(place.settings.directory.c_str(), 0777);
    }
    if (user == 0) REQUIRE(::seteuid(nobody) == 0);
    const auto [code, sentence] = place.refusal();
    if (user == 0) REQUIRE(::seteuid(user) == 0);
    CHECK(code == 74);
    CHECK((says(sentence, "Permission denied") || says(sentence, "not writable")));
    ::chmod(place.settings.directory.c_str(), 0700);
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
    file.seekp(4096);  // the ledger's root
    file << std::string(4096, '\xff');
    file.close();
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "malformed"));
}

TEST_CASE("a record damaged on disk becomes a dead letter, and what follows is delivered") {
    Place place;
    SinkNumber sink = 0;
    {
        const auto journal = place.open();
        sink = journal->sink_number("events").value();
        for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), 1u << sink));
    }
    Database(place.file(), SQLITE_OPEN_READWRITE, {})
        .execute("UPDATE events SET json = replace(json, 'specversion', 'specversiom') WHERE seq = 2");
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    CHECK(due(*reader, sink) == Sequences{1, 3});
    CHECK(found(*reader) == Sequences{1, 3});
    CHECK(eventually([&] { return reader->backlog(sink).value().dead == 1; }));
    CHECK(reader->backlog(sink).value().events == 2);
    REQUIRE(journal->settle(sink, {delivered(1), delivered(3)}));
    CHECK(reader->backlog(sink).value().events == 0);
}

TEST_CASE("the log stays small under load, with a reader at work") {
    Place place;
    const auto journal = place.open();
    const SinkNumber sink = journal->sink_number("events").value();
    const auto reader = journal->open_reader();
    std::uintmax_t log_bytes_seen = 0;
    for (int round = 0; round < 12; ++round) {
        std::vector<Event> events;
        for (int at = 0; at < 64; ++at) {
            events.push_back(event_of(std::to_string(round) + "/" + std::to_string(at)));
            events.back().raw = std::string(64 << 10, 'x');
        }
        append_all(*journal, std::move(events), SinkSet{1} << sink);
        CHECK_FALSE(reader->due(sink, 0, 100, 1 << 20).value().empty());
        log_bytes_seen =
            std::max(log_bytes_seen, std::filesystem::file_size(place.file("journal.sqlite-wal")));
    }
    CHECK(log_bytes_seen > (4u << 20));
    CHECK(log_bytes_seen < (32u << 20));  // of 48 MiB written
    journal->stop();
    CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) == 0);
}

TEST_CASE("nothing of a forgotten event is left in the files") {
    Place place;
    place.settings.retain_delivered = std::chrono::seconds(0);
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    for (int at = 0; at < 50; ++at) REQUIRE(append(*journal, event_of("visitor-" + std::to_string(at))));
    CHECK(eventually([&] { return found(*reader).empty(); }));
    journal->stop();
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal"}) {
        std::ifstream file(place.file(name), std::ios::binary);
        CHECK_FALSE(says(std::string(std::istreambuf_iterator<char>(file), {}), "visitor-"));
    }
}
