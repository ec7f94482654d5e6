// A file that takes up room so that there is some to give back: on a full disk SQLite can neither delete nor
// checkpoint, so retention could never free one. Given back when the disk is full, made again when there is
// room for it twice over. Writer thread only.
#pragma once

#include <cstdint>
#include <filesystem>

#include "journal/journal.hpp"

namespace chathook::journal {

class Ballast {
public:
    explicit Ballast(const JournalSettings& settings);

    // Given back and not made again yet: its room is for purging then, not for events.
    bool released() const noexcept { return released_; }

    // Free inside the database this is as good as the ballast.
    std::uint64_t room_to_make() const noexcept { return 2 * bytes_; }

    // Gives the room back; nothing where there is none.
    void release();

    // The same when hardly anything is free on the disk.
    void release_if_needed();

    // Writes a piece when there is room for all of it twice over above min_free_disk. Answers whether more
    // is to be written now.
    bool grow();

private:
    bool write_piece();

    std::filesystem::path file_;
    std::uint64_t bytes_, min_free_disk_;
    std::uint64_t written_ = 0;
    bool released_ = false;
};

}  // namespace chathook::journal
