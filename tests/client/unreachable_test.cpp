#include "client/unreachable.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "client/http_client.hpp"
#include "support/account_name.hpp"
#include "support/temp_directory.hpp"

namespace chathook {

using Catch::Matchers::Contains;

namespace {

// A socket without a listener, as a killed daemon leaves behind.
std::string dead_socket(const test::TempDirectory& directory) {
    const std::string path = (directory.path() / "admin.sock").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(socket);
    return path;
}

std::string complaint_on(const std::string& path) {
    client::HttpCall request;
    request.url = "http://localhost/";
    request.unix_socket = path;
    return client::call(request).problem;
}

}  // namespace

TEST_CASE(
    "for a UNIX socket that is missing, is not a socket or has no listener, the message says what to check",
    "[client]") {
    const test::TempDirectory directory;
    CHECK_THAT(complaint_on((directory.path() / "none.sock").string()),
               Contains("there is no such socket; is the daemon running"));
    std::ofstream(directory.path() / "file") << "text";
    CHECK_THAT(complaint_on((directory.path() / "file").string()), Contains("this is not a socket"));
    CHECK_THAT(complaint_on(dead_socket(directory)),
               Contains("nothing is listening on the socket") && Contains("is the daemon running"));
}

TEST_CASE("for a UNIX socket that the user may not use, the message names its owner and who may use it",
          "[client]") {
    const test::TempDirectory directory;
    const std::string path = dead_socket(directory);
    const std::string owner = user_name(::geteuid());
    const std::string group = group_name(::getegid());
    REQUIRE(::chmod(path.c_str(), 0660) == 0);
    CHECK(client::why_unreachable(path, EACCES) ==
          "the socket is closed to the user " + owner + ": it belongs to user " + owner + " and group " +
              group + " with mode 0660; run the command as user " + owner + " or as a member of group " +
              group + ", or set owner, group and mode of admin.listen");
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    CHECK_THAT(client::why_unreachable(path, EACCES), !Contains("as a member of group"));
}

TEST_CASE("a directory that the user may not enter is reported instead of the socket in it", "[client]") {
    const test::TempDirectory directory;
    const std::string path = dead_socket(directory);
    REQUIRE(::chmod(directory.path().c_str(), 0) == 0);
    constexpr ::uid_t nobody = 65534;
    const bool root = ::geteuid() == 0;  // whom the kernel lets into every directory
    if (root) REQUIRE(::seteuid(nobody) == 0);
    const std::string complaint = complaint_on(path);
    if (root) REQUIRE(::seteuid(0) == 0);
    CHECK_THAT(complaint, Contains("the directory " + directory.path().string() + " is closed"));
    ::chmod(directory.path().c_str(), 0700);
}

}  // namespace chathook
