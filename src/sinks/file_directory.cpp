#include "sinks/file_directory.hpp"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "support/account_name.hpp"
#include "support/error_text.hpp"
#include "support/file_claim.hpp"

namespace chathook::sinks {

namespace {

using Why = std::optional<std::string>;

// The longest suffix of a file's name.
constexpr std::string_view torn_sample = ".torn-20261121T200000.123456Z";
static_assert(torn_sample.starts_with(torn_suffix));

constexpr std::string_view events_wait = "; until then its events wait";

// What `rights` (access(2)) are missing on `path`, which `what` names, for `doing`. Only errors that concern
// permissions count: any other may come from a system call filter. `hint` is the fix if the daemon runs as
// this user.
Why forbidden(const std::string& what, const std::string& path, int rights, const std::string& doing,
              const std::string& hint) {
    if (::access(path.c_str(), rights) == 0) return std::nullopt;
    if (errno == EROFS) {
        return what +
               " is on a file system that is read-only here; name another one, or under systemd add it to "
               "ReadWritePaths=" +
               std::string(events_wait);
    }
    if (errno != EACCES) return std::nullopt;
    return what + " is not open to user " + user_name(::getuid()) + ", who runs this, for " + doing +
           "; if the daemon runs as that user, " + hint + std::string(events_wait);
}

Why why_not_in(const std::string& directory, int rights) {
    const std::string what = "its directory " + directory;
    struct stat status {};
    if (::stat(directory.c_str(), &status) == 0) {
        if (!S_ISDIR(status.st_mode)) return directory + " is not a directory; name a file in a directory";
        return forbidden(what, directory, rights, (rights & W_OK) != 0 ? "writing" : "reading",
                         "name a directory of its own, or let it write there");
    }
    switch (errno) {
        case ENOENT:
            return what + " does not exist and is not made; run: mkdir -p " + directory +
                   ", and let the daemon's user write there" + std::string(events_wait);
        case ENOTDIR: return what + " leads through a file; name a file in a directory";
        case ELOOP: return what + " is a symbolic link that leads back to itself; correct the link";
        case EACCES:
            return what + " cannot be looked at by user " + user_name(::getuid()) +
                   ", who runs this; if the daemon runs as that user, let it in there" +
                   std::string(events_wait);
        default: return what + " cannot be looked at: " + error_text(errno) + std::string(events_wait);
    }
}

}  // namespace

std::optional<std::string> why_not_writable(const std::string& path, bool rotates) {
    struct stat status {};
    const bool there = ::stat(path.c_str(), &status) == 0;
    if (!there && errno == ELOOP) return "is a symbolic link that leads back to itself; correct the link";
    if (there && S_ISDIR(status.st_mode))
        return "is a directory; name a file, such as " + path + "/events.jsonl";
    if (there && !S_ISREG(status.st_mode)) return "is not a regular file; nothing is written to it";
    const std::filesystem::path above = followed(path).parent_path();
    const std::string directory = above.empty() ? "." : above.string();
    // The directory is opened for reading, too, because it is synced.
    const int rights = R_OK | X_OK | (rotates || !there ? W_OK : 0);
    if (Why why = why_not_in(directory, rights)) return why;
    return there ? forbidden("it", path, R_OK | W_OK, "reading and writing",
                             "run: chown " + user_name(::getuid()) + " " + path)
                 : std::nullopt;
}

std::optional<std::string> why_too_long(const std::string& path, std::uint64_t rotated) {
    const std::filesystem::path real = followed(path);
    if (real.native().size() + torn_sample.size() >= PATH_MAX) {
        return "is a path of " + std::to_string(real.native().size()) + " bytes, and the system takes " +
               std::to_string(PATH_MAX - 1) + " with what is put behind it; name a shorter one" +
               std::string(events_wait);
    }
    const std::string above = real.parent_path().empty() ? "." : real.parent_path().string();
    const long told = ::pathconf(above.c_str(), _PC_NAME_MAX);
    const std::size_t most = told > 0 ? static_cast<std::size_t>(told) : NAME_MAX;
    const std::size_t bytes = real.filename().native().size();
    const std::string name =
        "its name has " + std::to_string(bytes) + " bytes, and the file system takes " + std::to_string(most);
    if (bytes > most) return name + "; name a shorter one" + std::string(events_wait);
    if (bytes + torn_sample.size() <= most) return std::nullopt;
    const bool no_rotation = rotated > 0 && bytes + 1 + std::to_string(rotated).size() > most;
    return name + ": no room for " + std::string(torn_sample) +
           " behind it, which a crash may make necessary before anything is written again" +
           (no_rotation ? ", nor for the numbers of rotated files; nothing would be rotated" : "") +
           "; shorten it by " + std::to_string(bytes + torn_sample.size() - most) + " bytes";
}

}  // namespace chathook::sinks
