#include "disk/recovery.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "disk/disk_error.hpp"
#include "disk/files.hpp"
#include "disk/scrub.hpp"
#include "support/clock.hpp"
#include "support/error_text.hpp"
#include "support/log.hpp"

namespace chathook::disk {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t copied_bytes = 1 << 20;

[[noreturn]] void fail_at(const std::string& what, const fs::path& path, int error = errno) {
    throw OpenError(ExitCode::io_error, what + " " + path.string() + ": " + error_text(error));
}

// A file that closes itself; reading and writing throw OpenError.
class File {
public:
    File(fs::path path, int flags)
        : path_(std::move(path)), fd_(::open(path_.c_str(), flags | O_CLOEXEC, 0600)) {
        if (fd_ < 0 && errno != ENOENT) fail_at("cannot open", path_);
        if (fd_ < 0 && (flags & O_CREAT) != 0) fail_at("cannot create", path_);
    }
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool exists() const noexcept { return fd_ >= 0; }

    // Reads as much as there is, at most `buffer`.
    std::string_view read(std::vector<char>& buffer) {
        std::size_t size = 0;
        while (size < buffer.size()) {
            const ssize_t got = ::read(fd_, buffer.data() + size, buffer.size() - size);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail_at("cannot read", path_);
            if (got == 0) break;
            size += static_cast<std::size_t>(got);
        }
        return {buffer.data(), size};
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) fail_at("cannot write", path_);
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }

    void sync() {
        if (::fsync(fd_) != 0) fail_at("cannot sync", path_);
    }

private:
    fs::path path_;
    int fd_;
};

std::uintmax_t size_of(const fs::path& file) noexcept {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

void require_room_for_copies(const fs::path& database) {
    const std::uintmax_t needed = size_of(database) + size_of(log_of(database));
    const auto free = free_bytes(database.parent_path());
    if (!free || *free >= needed) return;
    throw OpenError(
        ExitCode::io_error,
        "the journal's log " + log_of(database).string() +
            " is damaged, and the disk is full: before anything is changed, copies of database and "
            "log are kept" +
            room_needed(database.parent_path(), needed));
}

void copy_whole(const fs::path& from, const fs::path& to) {
    File source(from, O_RDONLY);
    File target(to, O_WRONLY | O_CREAT | O_EXCL);
    std::vector<char> buffer(copied_bytes);
    if (source.exists()) {
        for (auto bytes = source.read(buffer); !bytes.empty(); bytes = source.read(buffer))
            target.write(bytes);
    }
    target.sync();
}

bool same_content(const fs::path& a, const fs::path& b) {
    std::error_code error;
    if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
    File one(a, O_RDONLY), other(b, O_RDONLY);
    if (!one.exists() || !other.exists()) return false;
    std::vector<char> buffer(copied_bytes), other_buffer(copied_bytes);
    for (;;) {
        const auto bytes = one.read(buffer);
        if (bytes != other.read(other_buffer)) return false;
        if (bytes.empty()) return true;
    }
}

void make_private_directory(const fs::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail_at("cannot create", path);
}

fs::path quarantine_of(const fs::path& database) { return database.parent_path() / "quarantine"; }

// A service manager restarts the daemon again and again, and each start finds the same damage.
std::optional<fs::path> kept_before(const fs::path& quarantine, const fs::path& database) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(quarantine, error)) {
        if (same_content(log_of(entry.path() / database.filename()), log_of(database))) return entry.path();
    }
    return std::nullopt;
}

// The copy of the log is completed last, so that an existing one is complete together with its database.
fs::path keep_copies(const fs::path& database) {
    const fs::path quarantine = quarantine_of(database);
    make_private_directory(quarantine);
    if (auto before = kept_before(quarantine, database)) return *before;
    require_room_for_copies(database);
    const fs::path place = quarantine / std::to_string(now().time_since_epoch().count());
    make_private_directory(place);
    const fs::path copied = place / database.filename();
    copy_whole(database, copied);
    copy_whole(log_of(database), log_of(copied).string() + ".part");
    fs::rename(log_of(copied).string() + ".part", log_of(copied));
    return place;
}

}  // namespace

fs::path log_of(const fs::path& database) { return database.string() + "-wal"; }

std::vector<fs::path> copies_beside(const fs::path& database) {
    std::vector<fs::path> copies;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(quarantine_of(database), error)) {
        copies.push_back(entry.path());
    }
    std::sort(copies.begin(), copies.end());
    return copies;
}

WalReport scan_log(const fs::path& database) {
    File log(log_of(database), O_RDONLY);
    if (!log.exists()) return {};
    std::vector<char> buffer(WalScan::header_bytes);
    const auto header = log.read(buffer);
    if (header.size() < WalScan::header_bytes) return {};
    WalScan scan(header, page_bytes);
    buffer.resize(scan.frame_bytes());
    for (;;) {
        const auto frame = log.read(buffer);
        if (frame.size() < buffer.size()) return scan.finish(frame.size());
        scan.add(frame);
    }
}

std::string describe(const WalReport& report) {
    if (report.verdict == WalReport::Verdict::clean) {
        return "clean, " + std::to_string(report.commits) + " commits to read";
    }
    const std::string place =
        std::to_string(report.frames_dropped) + " frames after frame " + std::to_string(report.frames);
    if (report.verdict == WalReport::Verdict::torn_tail)
        return "the last transaction is incomplete: " + place;
    return "damaged in the middle: at least " + std::to_string(report.commits_lost) +
           " commits cannot be read any more (" + place + ")";
}

bool may_hold_commit(const fs::path& database) noexcept {
    return size_of(log_of(database)) > WalScan::header_bytes + page_bytes;
}

std::optional<std::string> missing_log(const fs::path& database, LogState state) {
    if (state == LogState::moved) return std::nullopt;
    const fs::path file = log_of(database);
    std::error_code error;
    const bool exists = fs::exists(file, error);
    if (error) return std::nullopt;
    const std::string consequence =
        ", though the last daemon did not end well enough to do without: events that were answered may be "
        "missing with it";
    if (!exists) return "the journal's log " + file.string() + " is missing" + consequence;
    // A log is shortened to nothing only after its state was recorded as `exists`.
    if (state == LogState::exists || may_hold_commit(database)) return std::nullopt;
    return "the journal's log " + file.string() + " was cut to " + std::to_string(size_of(file)) + " bytes" +
           consequence;
}

void report_missing_log(const fs::path& database, LogState state, OnDamage on_damage) {
    const auto what = missing_log(database, state);
    if (!what) return;
    if (on_damage == OnDamage::stop) {
        throw OpenError(ExitCode::io_error, *what + "; put it back, or set journal.on_damage: go_on");
    }
    log(LogLevel::error, "journal_log_missing", {{"reason", *what}});
}

void recover(const fs::path& database, OnDamage on_damage) {
    const WalReport report = scan_log(database);
    if (report.verdict == WalReport::Verdict::clean) return;
    if (report.verdict == WalReport::Verdict::torn_tail) {
        log(LogLevel::info, "journal_log_torn", {{"reason", describe(report)}});
        return;
    }
    const fs::path copies = keep_copies(database);
    log(LogLevel::error, "journal_log_damaged", {{"reason", describe(report)}, {"copies", copies.string()}});
    if (on_damage == OnDamage::go_on) return;
    throw OpenError(ExitCode::io_error,
                    "the journal's log " + log_of(database).string() + " is " + describe(report) +
                        "; copies of database and log are in " + copies.string() +
                        "; check the disk, then set journal.on_damage: go_on to start with what can be "
                        "read, or restore a backup");
}

}  // namespace chathook::disk
