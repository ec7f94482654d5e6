#include "disk/ground.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "disk/disk_error.hpp"
#include "disk/recovery.hpp"
#include "disk/words.hpp"
#include "support/error_text.hpp"
#include "support/file_status.hpp"

namespace chathook::disk {
namespace {

namespace fs = std::filesystem;

bool same_file(const struct stat& a, const struct stat& b) noexcept {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// The file's current name according to the kernel: "/var/lib/old", or "/var/lib/journal (deleted)" if it has
// none.
std::string name_now(int descriptor) {
    std::error_code error;
    const fs::path name = fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error);
    return error ? std::string() : name.string();
}

bool is_mount_point(const fs::path& directory, const struct stat& status) noexcept {
    struct stat above {};
    return S_ISDIR(status.st_mode) && ::stat((directory / "..").c_str(), &above) == 0 &&
           above.st_dev != status.st_dev;
}

std::string what_happened(const fs::path& path, const struct stat& held, const std::string& now_at, int error,
                          const struct stat& there) {
    const bool missing = error == ENOENT || error == ENOTDIR;
    if (error != 0 && !missing) return "cannot be looked at any more: " + error_text(error);
    if (!missing && held.st_dev != there.st_dev && is_mount_point(path, there)) {
        return "is hidden: another file system is mounted over it";
    }
    const bool nameless = held.st_nlink == 0 || now_at.empty() || now_at.ends_with(" (deleted)");
    if (missing) return nameless ? "was removed" : "was moved to " + now_at;
    return "was replaced by another one" + (nameless ? std::string() : "; the one that is open is " + now_at);
}

constexpr const char* cut_advice =
    "events that were answered may be lost. Keep a copy of the directory, then look at it with chathookd "
    "verify-journal";

}  // namespace

Ground::Ground(const DirectoryLock& lock, Index index) {
    const std::string database = lock.database_file().string();
    hold("the journal's directory", lock.directory(), "put it back before the next start");
    hold("the journal's lock", lock.directory() / "lock", "the next start makes it anew");
    hold("the journal's database", lock.directory() / "journal.sqlite",
         "put it back before the next start, or restore a backup");
    log_ = places_.size();
    places_.back().only_grows = true;  // it is never vacuumed
    hold("the journal's log", log_of(database), "put it back before the next start");
    // A read that sets the log's time of access would have the next sync write its inode (file_status.hpp).
    log_file_ = Descriptor(::open(log_of(database).c_str(), O_RDONLY | O_NOATIME | O_CLOEXEC));
    if (!log_file_) log_file_ = Descriptor(::open(log_of(database).c_str(), O_RDONLY | O_CLOEXEC));
    if (index == Index::on_disk) {
        hold("the index of the journal's log", database + "-shm", "the next start makes it anew");
        places_.back().only_grows = true;
    }
    for (std::size_t at = 0; at < log_; ++at) {
        struct stat locked {};
        if (::fstat(lock.descriptors()[at], &locked) == 0 && same_file(locked, places_[at].known)) continue;
        throw OpenError(ExitCode::io_error, places_[at].what + " " + places_[at].path.string() +
                                                " was replaced while the journal was opened");
    }
}

void Ground::hold(std::string what, fs::path path, std::string advice) {
    Place place{std::move(what), std::move(path), std::move(advice), {}, {}};
    place.held = Descriptor(::open(place.path.c_str(), O_PATH | O_CLOEXEC));
    if (!place.held || look_at(place.held.get(), place.known) != 0) {
        throw OpenError(ExitCode::io_error,
                        "cannot open " + place.what + " " + place.path.string() + ": " + error_text(errno));
    }
    const bool inside = !places_.empty() && place.path.parent_path() == places_.front().path;
    if (inside) place.name = place.path.filename();
    places_.push_back(std::move(place));
}

std::optional<Ground::Loss> Ground::lost() {
    const Place& directory = places_.front();
    for (Place& place : places_) {
        struct stat now {};
        // Once the directory is verified, files in it need not be looked up from the root.
        const int result = place.name.empty() ? look_up(AT_FDCWD, place.path.c_str(), now)
                                              : look_up(directory.held.get(), place.name.c_str(), now);
        const int error = result == 0 ? 0 : errno;
        if (error == 0 && same_file(now, place.known)) {
            if (!was_cut(place, now)) continue;
            return cut(place);
        }
        // Some layered file systems change a file's inode number while it is open.
        if (look_at(place.held.get(), place.known) == 0 && error == 0 && same_file(now, place.known)) {
            continue;
        }
        return describe(place, error, now);
    }
    return std::nullopt;
}

bool Ground::was_cut(Place& place, const struct stat& now) {
    if (&place == &places_[log_]) return log_was_cut(now);
    if (place.only_grows && now.st_size < place.known.st_size) return true;
    place.known.st_size = now.st_size;
    return false;
}

// SQLite shortens its log in two ways only: to nothing, or in the commit that restarts it under another head.
bool Ground::log_was_cut(const struct stat& now) {
    const LogHead head = now.st_size > 0 ? read_log_head() : LogHead{};
    if (head == log_head_ && now.st_size < log_bytes_) return true;
    log_head_ = head;
    log_bytes_ = now.st_size;
    return false;
}

// All zeros if there is no complete head.
Ground::LogHead Ground::read_log_head() const {
    LogHead head{};
    const ssize_t read = log_file_ ? ::pread(log_file_.get(), head.data(), head.size(), 0) : 0;
    return read == static_cast<ssize_t>(head.size()) ? head : LogHead{};
}

Ground::Loss Ground::log_cut() const { return cut(places_[log_]); }

Ground::Loss Ground::cut(const Place& place) {
    return {place.what + " " + place.path.string() + " was cut while the daemon ran; " + cut_advice, false};
}

Ground::Loss Ground::describe(const Place& place, int error, const struct stat& now) const {
    const std::string happened =
        what_happened(place.path, place.known, name_now(place.held.get()), error, now);
    Loss loss;
    loss.reason = place.what + " " + place.path.string() + " " + happened + " while the daemon ran";
    loss.log_removed = &place == &places_[log_] && error == ENOENT;
    if (!loss.log_removed) loss.reason += "; " + place.advice;
    return loss;
}

}  // namespace chathook::disk
