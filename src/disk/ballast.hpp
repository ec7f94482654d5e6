// A file that reserves room on the disk: on a full disk SQLite can neither delete nor checkpoint, so
// retention could never free any. The room is released when the disk is full; the file is made again when
// there is room for it twice over. Writer thread only.
#pragma once

#include <cstdint>
#include <optional>

#include "disk/words.hpp"

namespace chathook::disk {

class Ballast {
public:
    // `directory`: a descriptor of the journal's directory, open as long as this lives, because a path may
    // lead elsewhere by now.
    Ballast(int directory, const JournalSettings& settings);

    // Released and not made again yet: meanwhile the room is for purging, not for events.
    bool released() const noexcept { return released_; }

    // The room needed to make the ballast again; as much free space inside the database is as good.
    std::uint64_t room_to_make() const noexcept { return 2 * bytes_; }

    // Releases the room; false if there is none.
    bool release();

    // Releases the room when the disk is nearly full. First checks that the file is still there.
    void release_if_needed();

    // Writes a piece if there is room for all of the file twice over above min_free_disk. Returns whether
    // more should be written now.
    bool grow();

private:
    bool write_piece();
    std::optional<std::uint64_t> size() const noexcept;
    bool truncate() const noexcept;

    int directory_;
    std::uint64_t bytes_, min_free_disk_;
    std::uint64_t written_ = 0;
    bool released_ = false;
};

}  // namespace chathook::disk
