// Whether the journal can be where journal.path says. The directory may still be made at the start, and by
// another user than the one who checks, so that most doubts are warnings.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <filesystem>

#include "config/sections.hpp"
#include "support/account_name.hpp"
#include "support/error_text.hpp"

namespace chathook::config {

namespace {

namespace fs = std::filesystem;

// SQLite accepts paths of 512 bytes, of which "/journal.sqlite" and its "-journal" need 23.
constexpr std::size_t journal_path_max = 489;

// False if it is an error.
bool check_length(const Place& at, const fs::path& real) {
    if (real.native().size() > journal_path_max) {
        at.error("has " + std::to_string(real.native().size()) +
                 " bytes as an absolute path, and SQLite takes " + std::to_string(journal_path_max) +
                 "; name a shorter one");
        return false;
    }
    for (const fs::path& name : real) {
        if (name.native().size() <= NAME_MAX) continue;
        at.warning("has a name of " + std::to_string(name.native().size()) +
                   " bytes in it, and file systems take " + std::to_string(NAME_MAX) +
                   "; name a shorter one");
        break;
    }
    return true;
}

std::string this_user() { return "user " + user_name(::geteuid()) + ", who runs this"; }

// Why this user cannot write there, and the fix; empty: it can.
std::string why_not_writable(const fs::path& directory, const std::string& hint) {
    if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
    const int error = errno;
    const std::string shown = in_quotes(directory.string());
    if (error != EACCES)
        return shown + " cannot be written: " + error_text(error) + "; name a directory that can be";
    return shown + " is not open to " + this_user() + ", for writing; if the daemon runs as that user, " +
           hint;
}

// The path itself or the nearest one above it at which there is something, if only a symbolic link to
// nothing.
fs::path nearest_existing(fs::path path) {
    std::error_code failure;
    while (path.has_relative_path() && fs::symlink_status(path, failure).type() == fs::file_type::not_found)
        path = path.parent_path();
    return path;
}

// What stands in the way of a directory there is an error, for the start would fail whoever starts; what this
// user may not do is a warning.
void check_place(const Place& at, const fs::path& path) {
    const fs::path there = nearest_existing(path);
    const bool missing = there != path;
    std::error_code failure;
    const fs::file_status status = fs::status(there, failure);
    const bool seen = status.type() != fs::file_type::none && status.type() != fs::file_type::unknown;
    if (seen && status.type() != fs::file_type::directory) {
        at.error((missing ? "cannot be made: " : "") + in_quotes(there.string()) +
                 " is not a directory; name a directory for the journal");
    } else if (!at.present()) {
        return;
    } else if (!seen) {
        at.warning("cannot be looked at by " + this_user() + ": " + error_text(failure.value()) +
                   "; if the daemon runs as that user, let it in there");
    } else if (missing) {
        const std::string why = why_not_writable(there, "make the directory for it");
        if (!why.empty()) at.warning("is not there, and " + why);
    } else if (const std::string why = why_not_writable(there, "let it write there"); !why.empty()) {
        at.warning(why);
    }
}

}  // namespace

void check_journal_path(const Place& at, const fs::path& path) {
    std::error_code failure;
    const fs::path absolute = fs::absolute(path, failure).lexically_normal();
    fs::path real = fs::weakly_canonical(absolute, failure);
    if (failure) real = absolute;
    if (at.present() && !check_length(at, real)) return;
    check_place(at, absolute.has_filename() ? absolute : absolute.parent_path());
}

}  // namespace chathook::config
