// Checks whether a file sink can write to its path, as far as can be seen before its first event. Only looks
// (stat, access): the sink creates its file with the first event. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace chathook::sinks {

// Why nothing can be written at `path` now, with the fix, as a text that follows the path ("its directory ...
// does not exist"); nullopt if nothing prevents it. Permissions are those of this process's user, and the
// sentence names that user: `check` may be run by another user than the daemon. `rotates`: the file and its
// rotated files are renamed, so the directory must be writable.
std::optional<std::string> why_not_writable(const std::string& path, bool rotates);

// Why the name of the file at `path`, with its suffix for torn lines or for `rotated` numbered files, is too
// long for its file system, as a text of the same form; nullopt if all names fit.
std::optional<std::string> why_too_long(const std::string& path, std::uint64_t rotated);

}  // namespace chathook::sinks
