// What an error number of the system means for a journal, in words. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace chathook::disk {

// Whether the error is only a lack of room: on the disk, in a quota, or below a file size limit. Such a write
// is worth retrying later.
bool is_lack_of_room(int error) noexcept;

std::string mebibytes(std::uint64_t bytes);  // "16 MiB", rounded down

// "; about 524288 bytes are needed and 126976 are free": the end of a sentence about a start that found no
// room. `place`: the journal's directory.
std::string room_needed(const std::string& place, unsigned long long bytes);

}  // namespace chathook::disk
