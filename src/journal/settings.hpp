// The settings of a journal, and the error with which opening one fails. Plain values; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/exit_codes.hpp"

namespace chathook::journal {

// What to do if the log was damaged after it had been synced, so that answered events cannot be read any
// more.
enum class OnDamage : std::uint8_t {
    stop,   // throw OpenError and touch nothing
    go_on,  // continue without them; copies of the files are kept
};

struct JournalSettings {
    std::filesystem::path directory = "/var/lib/chathook";  // created 0700
    std::chrono::milliseconds commit_timeout{2000};         // server.limits.commit_timeout
    std::chrono::seconds dedupe_window{7 * 24 * 3600};
    std::chrono::seconds retain_delivered{24 * 3600};
    std::chrono::seconds retain_dead{30 * 24 * 3600};
    // How long an erasure waits for sinks that are delivering what it erases: slightly longer than the stdout
    // sink waits for its reader.
    std::chrono::milliseconds recall_patience{6000};

    std::size_t rejections_keep = 1000;  // the newest ones; 0: none is recorded
    std::chrono::seconds rejections_age{7 * 24 * 3600};

    // How long after the last sink_number() all configured sinks are assumed to be known. From then on, what
    // waited longer than retain_dead for another sink becomes a dead letter.
    std::chrono::milliseconds sinks_known_after{60'000};

    std::uint64_t min_free_disk = 256ull << 20;  // bytes; below it append() fails with journal_full
    std::uint64_t max_size = 4ull << 30;         // bytes of the database file
    std::uint64_t ballast_bytes = 16ull << 20;   // reserved for a full disk, see ballast.hpp; 0: none
    OnDamage on_damage = OnDamage::stop;
    std::size_t queue_events_max = 16384;  // waiting for the writer; beyond: journal_full
    std::size_t queue_bytes_max = 64ull << 20;
    std::size_t batch_events_max = 256;  // of one commit
    std::size_t batch_bytes_max = 1ull << 20;
};

// Thrown if a journal cannot be opened: has an ExitCode and a sentence.
class OpenError : public std::runtime_error {
public:
    OpenError(int exit_code, const std::string& message)
        : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

}  // namespace chathook::journal
