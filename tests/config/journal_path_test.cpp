#include <catch2/catch.hpp>

#include <unistd.h>

#include "config/fixture.hpp"
#include "support/account_name.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;

namespace {

constexpr ::uid_t nobody = 65534;

// Root may write anywhere, so root is nobody for a while.
class WithoutRoot {
public:
    WithoutRoot() {
        if (::getuid() == 0) REQUIRE(::seteuid(nobody) == 0);
    }
    ~WithoutRoot() {
        if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
    }
    WithoutRoot(const WithoutRoot&) = delete;
    WithoutRoot& operator=(const WithoutRoot&) = delete;
};

Report with_path(const std::string& path) {
    return load_text(faultless + "journal: {path: '" + path + "'}\n");
}

}  // namespace

TEST_CASE("a journal path that SQLite does not accept is an error, and a name that is too long a warning") {
    const auto told = [](const std::string& path) {
        return load_text(faultless + "journal: {path: '" + path + "'}\n");
    };
    const TemporaryDirectory directory;
    std::string path = directory.path().string();
    while (path.size() < 488) path += path.size() < 480 ? "/12345678" : "x";
    CHECK(told(path + "x").problems.empty());
    CHECK(
        told(path + "xx").says("10: journal.path: has 490 bytes as an absolute path, and SQLite takes 489"));
    CHECK(told(path.substr(1)).says("as an absolute path, and SQLite takes 489; name a shorter one"));
    CHECK(told("/" + std::string(5000, 'x')).says("has 5001 bytes"));
    const auto name = told(directory.path().string() + "/" + std::string(256, 'x') + "/journal");
    CHECK(name.config);
    CHECK(name.says("warning: has a name of 256 bytes in it, and file systems take 255; name a shorter one"));
}

TEST_CASE("a journal path at which there is something else than a directory is an error") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    directory.write("file", "");
    std::filesystem::create_symlink(here + "/nothing", here + "/loose");
    CHECK(with_path(here + "/file").problems ==
          Problems{"10: journal.path: '" + here +
                   "/file' is not a directory; name a directory for the journal"});
    CHECK(with_path("/dev/null").problems ==
          Problems{"10: journal.path: '/dev/null' is not a directory; name a directory for the journal"});
    CHECK(with_path(here + "/file/below/journal").problems ==
          Problems{"10: journal.path: cannot be made: '" + here +
                   "/file' is not a directory; name a directory for the journal"});
    CHECK(with_path(here + "/loose").says("/loose' is not a directory"));
}

TEST_CASE("a journal path that is a directory, leads to one or will be made is accepted") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    std::filesystem::create_directory(here + "/journal");
    std::filesystem::create_directory_symlink(here + "/journal", here + "/link");
    for (const std::string path :
         {"/journal", "/journal/", "/link", "/new", "/new/below", "/./new//below/"}) {
        INFO(path);
        CHECK(with_path(here + path).problems == Problems{});
    }
}

TEST_CASE("a journal path that the user who checks cannot write is a warning") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    std::filesystem::create_directories(here + "/journal");
    std::filesystem::create_directories(here + "/shut/journal");
    ::chmod((here + "/journal").c_str(), 0555);
    ::chmod(here.c_str(), 0555);
    ::chmod((here + "/shut").c_str(), 0);
    {
        const WithoutRoot without;
        const std::string user = "user " + chathook::user_name(::geteuid()) + ", who runs this";
        const std::string shut =
            "' is not open to " + user + ", for writing; if the daemon runs as that user, ";
        const auto existing = with_path(here + "/journal");
        CHECK(existing.config);
        CHECK(existing.problems ==
              Problems{"10: journal.path: warning: '" + here + "/journal" + shut + "let it write there"});
        CHECK(with_path(here + "/new/below").problems ==
              Problems{"10: journal.path: warning: is not there, and '" + here + shut +
                       "make the directory for it"});
        const auto hidden = with_path(here + "/shut/journal");
        CHECK(hidden.config);
        CHECK(hidden.says("journal.path: warning: cannot be looked at by " + user +
                          ": Permission denied; if the"));
    }
    ::chmod((here + "/shut").c_str(), 0700);
    ::chmod(here.c_str(), 0700);
}
