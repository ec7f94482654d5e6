// The file sink on a disk that is really full, or at a real limit.
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include <catch2/catch.hpp>
#include <optional>

#include "sinks/files.hpp"
#include "sinks/made_sink.hpp"
#include "support/deliveries.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
namespace fs = std::filesystem;

namespace {

// A file system of 256 KiB; without permission to mount one, a file size limit is used.
class SmallDisk {
public:
    SmallDisk() {
        mounted_ = ::mount("chathook-test", directory_.path().c_str(), "tmpfs", 0, "size=256k") == 0;
        if (mounted_) return;
        ::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        limit_files(256 * 1024);
    }
    ~SmallDisk() {
        if (mounted_) ::umount(directory_.path().c_str());
        if (!mounted_) ::setrlimit(RLIMIT_FSIZE, &before_);
    }

    void grow() const {
        if (!mounted_) return limit_files(1024 * 1024);
        REQUIRE(::mount("chathook-test", directory_.path().c_str(), "tmpfs", MS_REMOUNT, "size=1m") == 0);
    }
    std::string full_reason() const { return mounted_ ? "the disk is full" : "LimitFSIZE="; }
    fs::path file() const { return directory_.path() / "events.jsonl"; }

private:
    void limit_files(rlim_t bytes) const {
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }

    test::TempDirectory directory_;
    rlimit before_{};
    bool mounted_ = false;
};

}  // namespace

TEST_CASE("a full disk tears no line, delivery is retried, and it succeeds when there is room") {
    const SmallDisk disk;
    SinkSettings settings = test::default_settings("file");
    settings.set("path", disk.file().string());
    const auto sink = test::make_sink("file", settings);

    const std::vector small{test::numbered_delivery(1)};
    REQUIRE(test::all_delivered(test::deliver(*sink, small), 1));
    const std::vector large{test::numbered_delivery(2, std::string(150'000, 'a')),
                            test::numbered_delivery(3, std::string(150'000, 'b'))};
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto outcomes = test::deliver(*sink, large);
        REQUIRE(outcomes.size() == 1);
        CHECK(outcomes.front().kind == Outcome::Kind::retry);
        CHECK_THAT(outcomes.front().reason, Catch::Contains(disk.full_reason()));
        CHECK(test::content_of(disk.file()) == test::lines_of(small));
    }
    disk.grow();
    REQUIRE(test::all_delivered(test::deliver(*sink, large), 2));
    CHECK(test::content_of(disk.file()) == test::lines_of(small) + test::lines_of(large));
}
