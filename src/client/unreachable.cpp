#include "client/unreachable.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "support/account_name.hpp"
#include "support/error_text.hpp"

namespace chathook::client {

namespace {

namespace fs = std::filesystem;

constexpr const char* as_configured =
    "is the daemon running, and is this the admin.listen that it was started with?";

// Connecting needs write permission on the socket and search permission on all directories above it.
std::string closed_directory(const std::string& path) {
    fs::path closed = fs::path(path).parent_path();
    for (fs::path above = closed; above.has_relative_path(); above = above.parent_path()) {
        if (::access(above.c_str(), X_OK) != 0 && errno == EACCES) closed = above;
    }
    return "the directory " + closed.string() + " is closed to the user " + user_name(::geteuid()) +
           "; run the command as the daemon's user, or with sudo";
}

std::string closed_socket(const struct stat& socket) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(socket.st_mode & 07777));
    const std::string owner = user_name(socket.st_uid);
    const std::string group = group_name(socket.st_gid);
    const bool for_group = (socket.st_mode & S_IWGRP) != 0;
    return "the socket is closed to the user " + user_name(::geteuid()) + ": it belongs to user " + owner +
           " and group " + group + " with mode " + mode.data() + "; run the command as user " + owner +
           (for_group ? " or as a member of group " + group : "") +
           ", or set owner, group and mode of admin.listen";
}

}  // namespace

std::string why_unreachable(const std::string& path, int error) {
    struct stat there {};
    const int looked_up = ::stat(path.c_str(), &there) == 0 ? 0 : errno;
    if (error == EACCES) return looked_up == 0 ? closed_socket(there) : closed_directory(path);
    if (looked_up == ENOENT || looked_up == ENOTDIR)
        return std::string("there is no such socket; ") + as_configured;
    if (looked_up == 0 && !S_ISSOCK(there.st_mode))
        return "this is not a socket; name the path that admin.listen names";
    if (error == ECONNREFUSED)
        return std::string(
                   "nothing is listening on the socket, which may be left from a daemon that was killed; ") +
               as_configured;
    return error_text(error);
}

}  // namespace chathook::client
