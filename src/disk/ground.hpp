// Checks that the paths of the journal still lead to the open files. What is written to a file without a name
// is gone when the process ends, and the next start opens whatever a path leads to then. So 200 is answered
// only after this check, which follows the sync: what was answered then was in files that had their names.
// The files must also not be shorter than before: SQLite reads a truncated part as zeros, and would move
// these into the database. One thread.
#pragma once

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "disk/files.hpp"
#include "support/file_descriptor.hpp"

namespace chathook::disk {

class Ground {
public:
    enum class Index : std::uint8_t { on_disk, in_memory };

    // Opens what the paths lead to. SQLite must have opened the database and created log and index by now.
    // Throws OpenError.
    Ground(const DirectoryLock& lock, Index index);

    // The descriptor of the directory (O_PATH), whatever its path leads to by now.
    int directory() const noexcept { return places_.front().held.get(); }

    struct Loss {
        std::string reason;        // which path, what happened, what to do
        bool log_removed = false;  // nothing but the log's name is missing: what to do depends on whether
                                   // what it holds can still be saved, and is not in `reason`
    };

    // nullopt while every path leads to the open file and nothing was truncated, which takes few system
    // calls. A log truncated to nothing looks as SQLite itself leaves it; the next write to it fails instead
    // (write_combining.hpp).
    std::optional<Loss> lost();

    // The Loss to report when that write failed.
    Loss log_cut() const;

private:
    struct Place {
        std::string what;  // "the journal's log"
        std::filesystem::path path;
        std::string advice;
        Descriptor held;  // O_PATH
        struct stat known {};
        bool only_grows = false;
        std::string name{};  // in the journal's directory; empty: of another place
    };
    using LogHead = std::array<char, 32>;

    void hold(std::string what, std::filesystem::path path, std::string advice);
    Loss describe(const Place& place, int error, const struct stat& now) const;
    static Loss cut(const Place& place);
    bool was_cut(Place& place, const struct stat& now);
    bool log_was_cut(const struct stat& now);
    LogHead read_log_head() const;

    std::vector<Place> places_;  // the directory comes first
    std::size_t log_ = 0;        // index of the log's place
    Descriptor log_file_;        // for reading; SQLite has no locks on the log
    // First bytes of the log's file; SQLite changes them when it restarts the log.
    LogHead log_head_{};
    off_t log_bytes_ = 0;  // the largest size seen under that head
};

}  // namespace chathook::disk
