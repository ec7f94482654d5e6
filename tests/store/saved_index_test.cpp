#include "store/saved_index.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "journal/fixture.hpp"
#include "store/opened.hpp"
#include "support/file_descriptor.hpp"

using namespace chathook::store;
using chathook::Descriptor;
using chathook::Instant;
using chathook::journal::test::content_of;
using chathook::journal::test::recently;
using chathook::test::TempDirectory;

namespace {

// What a digest may be like: its bytes follow from `sequence`, and look random.
std::string key_of(std::uint64_t sequence) {
    std::uint64_t state = sequence * 0x9e3779b97f4a7c15;
    std::string key;
    for (int byte = 0; byte < 16; ++byte) {
        state ^= state >> 31;
        state *= 0xbf58476d1ce4e5b9;
        key += static_cast<char>(state >> 56);
    }
    return key;
}

// A directory with a file that stands for the database.
struct Place {
    Place() {
        std::ofstream(database) << "as it was at the stop";
        for (std::uint64_t at = 1; at <= 1000; ++at) keys.add(KeyIndex::prefix_of(key_of(at)), at);
        keys.add(KeyIndex::prefix_of("alike-a"), 1001);
        keys.add(KeyIndex::prefix_of("alike-b"), 1002);
    }

    IndexedDatabase as_it_is() const {
        const Descriptor of_database(::open(database.c_str(), O_RDONLY | O_CLOEXEC));
        return {identity, of_database.get(), newest};
    }
    void save() const { index.save(as_it_is(), recently, keys); }

    // Why it is not used; empty: it is.
    std::string problem(Instant clock = recently) const {
        try {
            const std::size_t found = index.load(as_it_is(), clock).size();
            return found == keys.size() ? "" : "entries are missing";
        } catch (const IndexProblem& found) {
            return found.what();
        }
    }

    void change(std::uintmax_t at) const {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekg(static_cast<std::streamoff>(at));
        const int byte = bytes.get();
        bytes.seekp(static_cast<std::streamoff>(at));
        bytes.put(static_cast<char>(byte ^ 4));
    }

    TempDirectory directory;
    Descriptor opened{::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    std::filesystem::path database = directory.path() / "database", file = directory.path() / "index";
    SavedIndex index{opened.get()};
    IndexIdentity identity = new_index_identity();
    std::uint64_t newest = 1002;
    KeyIndex keys;
};

}  // namespace

TEST_CASE("an index that was saved is loaded as it was") {
    Place place;
    CHECK_FALSE(place.index.exists());
    place.save();
    CHECK(place.index.exists());
    CHECK(place.problem().empty());
    const KeyIndex loaded = place.index.load(place.as_it_is(), recently);
    for (std::uint64_t at : {1u, 77u, 1000u}) {
        const auto prefix = KeyIndex::prefix_of(key_of(at));
        CHECK(loaded.find(prefix, place.newest, [](std::uint64_t) { return true; }) == at);
    }
    for (std::uint64_t at : {1001u, 1002u}) {
        const auto prefix = KeyIndex::prefix_of("alike-a");
        CHECK(loaded.find(prefix, place.newest, [&](std::uint64_t found) { return found == at; }) == at);
    }
    place.index.remove();
    CHECK_FALSE(place.index.exists());
}

TEST_CASE("nobody else may read a saved index, and it takes eight bytes for an event") {
    Place place;
    place.save();
    struct stat found {};
    REQUIRE(::stat(place.file.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    CHECK(found.st_size < 8 * 1002 + 4096);
    // Of a key there are five bytes, of which the first one says where the others stand.
    const std::string content = content_of(place.file);
    CHECK(content.find(key_of(7).substr(1, 4)) != std::string::npos);
    CHECK(content.find(key_of(7).substr(0, 5)) == std::string::npos);
    CHECK(content.find(key_of(7).substr(1, 5)) == std::string::npos);
}

TEST_CASE("an index is of no use to another database, or to one that was changed, copied or put back") {
    Place place;
    place.save();
    SECTION("another journal, or another stop") {
        place.identity[15] ^= 1;
        CHECK(place.problem().find("another") != std::string::npos);
    }
    SECTION("another newest event") {
        ++place.newest;
        CHECK_FALSE(place.problem().empty());
    }
    SECTION("a byte more") {
        std::ofstream(place.database, std::ios::app) << '!';
        CHECK_FALSE(place.problem().empty());
    }
    SECTION("the same bytes, written again with the time of before") {
        const auto before = std::filesystem::last_write_time(place.database);
        const auto status = place.as_it_is().status;
        while (place.as_it_is().status == status) {
            std::ofstream(place.database) << "as it was at the stop";
            std::filesystem::last_write_time(place.database, before);
        }
        CHECK(place.problem().find("changed") != std::string::npos);
    }
    SECTION("a copy in its place") {
        const auto before = std::filesystem::last_write_time(place.database);
        std::filesystem::rename(place.database, place.directory.path() / "moved");
        std::filesystem::copy(place.directory.path() / "moved", place.database);
        std::filesystem::last_write_time(place.database, before);
        CHECK(place.problem().find("copied") != std::string::npos);
    }
}

TEST_CASE("an index is not used if the journal's clock went back since") {
    Place place;
    place.save();
    CHECK(place.problem(recently + std::chrono::hours(30)).empty());
    CHECK(place.problem(recently - std::chrono::seconds(1)).empty());
    CHECK(place.problem(recently - std::chrono::seconds(3)).find("clock") != std::string::npos);
}

TEST_CASE("a changed bit of a saved index is noticed, wherever it is") {
    Place place;
    place.save();
    const auto bytes = std::filesystem::file_size(place.file);
    for (std::uintmax_t at = 0; at < bytes; ++at) {
        place.change(at);
        if (place.problem().empty()) FAIL("byte " << at);
        place.change(at);
    }
    CHECK(place.problem().empty());
}

TEST_CASE("a saved index that is cut or longer than it was is not used") {
    Place place;
    place.save();
    const auto bytes = std::filesystem::file_size(place.file);
    for (const std::uintmax_t left : {std::uintmax_t{0}, std::uintmax_t{7}, std::uintmax_t{2000}, bytes / 2,
                                      bytes - 1, bytes + 1, bytes + 8}) {
        CAPTURE(left);
        place.save();
        std::filesystem::resize_file(place.file, left);
        CHECK_FALSE(place.problem().empty());
    }
}

TEST_CASE("what is no file is not used as a saved index, and is not waited for") {
    Place place;
    REQUIRE(::mkfifo(place.file.c_str(), 0600) == 0);
    CHECK_FALSE(place.problem().empty());
    place.index.remove();
    place.save();
    std::filesystem::rename(place.file, place.directory.path() / "elsewhere");
    std::filesystem::create_symlink("elsewhere", place.file);
    CHECK_FALSE(place.problem().empty());
}

TEST_CASE("an index that takes too long to save leaves no file") {
    Place place;
    CHECK_THROWS_AS(place.index.save(place.as_it_is(), recently, place.keys, std::chrono::seconds(0)),
                    IndexProblem);
    CHECK(std::distance(std::filesystem::directory_iterator(place.directory.path()), {}) == 1);
}

TEST_CASE("an index that finds no room leaves no file, and one that a killed stop left is replaced") {
    Place place;
    std::ofstream(place.directory.path() / "index.new") << "what a killed stop left";
    place.save();
    CHECK(place.problem().empty());
    struct rlimit before {
    }, less{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    less = {4096, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &less) == 0);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    CHECK_THROWS_AS(place.save(), IndexProblem);
    std::signal(SIGXFSZ, ignored);
    ::setrlimit(RLIMIT_FSIZE, &before);
    CHECK(std::distance(std::filesystem::directory_iterator(place.directory.path()), {}) == 1);
}

TEST_CASE("the identity of an index stands in the database from the stop on until it is removed") {
    test::Opened on;
    CHECK_FALSE(index_identity(on.database));
    const IndexIdentity identity = new_index_identity(), other = new_index_identity();
    CHECK(identity != other);
    on.commit([&] { write_index_identity(on.database, other); });
    on.commit([&] { write_index_identity(on.database, identity); });
    CHECK(index_identity(on.database) == identity);
    on.store.begin();
    remove_index_identity(on.database);
    on.store.rollback();
    CHECK(index_identity(on.database) == identity);
    on.commit([&] { remove_index_identity(on.database); });
    CHECK_FALSE(index_identity(on.database));
}
