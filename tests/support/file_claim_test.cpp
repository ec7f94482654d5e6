#include "support/file_claim.hpp"

#include <sys/mount.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "support/temp_directory.hpp"

using chathook::conflict;
using chathook::FileClaim;
namespace fs = std::filesystem;

namespace {

FileClaim file(const fs::path& path, std::uint64_t rotated = 0) {
    return {.owner = "sink 'other'", .path = path, .rotated = rotated};
}

FileClaim journal(const fs::path& path) {
    return {.owner = "the journal", .path = path, .kind = FileClaim::Kind::directory};
}

void touch(const fs::path& path) { std::ofstream(path) << "x"; }

// Restores the working directory.
class WorkingDirectory {
public:
    explicit WorkingDirectory(const fs::path& path) : before_(fs::current_path()) { fs::current_path(path); }
    ~WorkingDirectory() { fs::current_path(before_); }
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;

private:
    fs::path before_;
};

}  // namespace

TEST_CASE("two paths of one file conflict, whether the file exists or not") {
    const bool there = GENERATE(true, false);
    const chathook::test::TempDirectory directory;
    const fs::path here = directory.path();
    if (there) touch(here / "events");
    fs::create_directory(here / "below");
    fs::create_directory_symlink(here, here / "to-directory");
    fs::create_symlink("events", here / "to-file");
    fs::create_symlink(here / "to-file", here / "below" / "to-link");
    const WorkingDirectory inside(here);
    for (const fs::path& name : {here / "events", fs::path("events"), here / "below/../events",
                                 here / "to-file", here / "to-directory/events", here / "below/to-link"}) {
        CAPTURE(name);
        CHECK(conflict(file(name), file(here / "events")) == "is already the file of sink 'other'");
        CHECK(conflict(file(here / "events"), file(name)).has_value());
    }
    CHECK_FALSE(conflict(file(here / "events2"), file(here / "events")));
    CHECK_FALSE(conflict(file(here / "below/events"), file(here / "events")));
}

TEST_CASE("a hard link conflicts with the file that it links to") {
    const chathook::test::TempDirectory directory;
    const fs::path here = directory.path();
    touch(here / "one");
    fs::create_hard_link(here / "one", here / "two");
    CHECK(conflict(file(here / "two"), file(here / "one")) ==
          "is, under another name, a file of sink 'other'");
    touch(here / "one.3");
    fs::create_hard_link(here / "one.3", here / "three");
    CHECK(conflict(file(here / "three"), file(here / "one", 3)).has_value());
    CHECK_FALSE(conflict(file(here / "three"), file(here / "one", 2)));
}

TEST_CASE("a file claims the names of its rotated files and of its torn lines") {
    const chathook::test::TempDirectory directory;
    const fs::path events = directory.path() / "events";
    const fs::path link = directory.path() / "link";
    fs::create_symlink(events.string() + ".2", link);
    for (const std::string& name : {events.string() + ".1", events.string() + ".10", link.string()}) {
        CAPTURE(name);
        CHECK(conflict(file(name), file(events, 10)) == "is a name that sink 'other' rotates its file to");
        CHECK(conflict(file(events, 10), file(name)) ==
              "would be rotated to the name of the file of sink 'other'");
        CHECK_FALSE(conflict(file(name), file(events)));  // that does not rotate
    }
    for (const char* name : {".11", ".0", ".01", ".1x", "1", "."}) {
        CAPTURE(name);
        CHECK_FALSE(conflict(file(events.string() + name), file(events, 10)));
    }
    CHECK(conflict(file(events.string() + ".torn-1"), file(events)).has_value());
    CHECK(conflict(file(events), file(events.string() + ".torn-1")).has_value());
}

TEST_CASE("a claimed directory conflicts with every file in it, by any path") {
    const chathook::test::TempDirectory directory;
    const fs::path here = directory.path();
    const fs::path claimed = here / "journal";
    fs::create_directories(claimed / "quarantine/1");
    fs::create_directory(here / "other");
    touch(claimed / "journal.sqlite");
    touch(claimed / "quarantine/1/journal.sqlite");
    fs::create_hard_link(claimed / "journal.sqlite", here / "hard");
    fs::create_symlink(claimed / "journal.sqlite", here / "soft");
    fs::create_directory_symlink(claimed / "quarantine", here / "to-quarantine");
    fs::create_hard_link(claimed / "quarantine/1/journal.sqlite", here / "events.1");
    const WorkingDirectory inside(here);
    for (const fs::path& name : {claimed / "journal.sqlite", claimed / "events", claimed / "deep/events",
                                 here / "other/../journal/x", fs::path("journal/x"), here / "to-quarantine/x",
                                 here / "hard", here / "soft", claimed}) {
        CAPTURE(name);
        CHECK(conflict(file(name), journal(claimed)).has_value());
    }
    CHECK(
        conflict(file(here / "events", 1), journal(claimed)).has_value());  // would rotate over a file of it
    CHECK_FALSE(conflict(file(here / "events"), journal(claimed)));
    CHECK_FALSE(conflict(file(here / "journal2/x"), journal(claimed)));
    CHECK_FALSE(conflict(file(here / "other/x"), journal(claimed)));
}

TEST_CASE("a directory that does not exist yet is claimed by its name") {
    const chathook::test::TempDirectory directory;
    const fs::path claimed = directory.path() / "later";
    CHECK(conflict(file(claimed / "events"), journal(claimed)).has_value());
    CHECK(conflict(file(claimed / "events"), journal(directory.path() / "x/../later/")).has_value());
    CHECK_FALSE(conflict(file(directory.path() / "later2/events"), journal(claimed)));
}

TEST_CASE("a claimed directory is recognised under a bind mount") {
    const chathook::test::TempDirectory directory;
    const fs::path claimed = directory.path() / "journal";
    const fs::path mounted = directory.path() / "mounted";
    fs::create_directory(claimed);
    fs::create_directory(mounted);
    touch(claimed / "journal.sqlite");
    if (::mount(claimed.c_str(), mounted.c_str(), nullptr, MS_BIND, nullptr) != 0) {
        WARN("not run: mounting is not allowed here");
        SUCCEED();
        return;
    }
    const auto existing = conflict(file(mounted / "journal.sqlite"), journal(claimed));
    const auto other = conflict(file(mounted / "events"), journal(claimed));
    ::umount(mounted.c_str());
    CHECK(existing.has_value());
    CHECK(other.has_value());
}

TEST_CASE("a circular symbolic link is followed no further than the kernel would") {
    const chathook::test::TempDirectory directory;
    fs::create_symlink(directory.path() / "b", directory.path() / "a");
    fs::create_symlink(directory.path() / "a", directory.path() / "b");
    CHECK_FALSE(chathook::file_id(chathook::followed(directory.path() / "a")));
}
