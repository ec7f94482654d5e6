// Lets a sink that writes a file declare it, so that no other part of the program writes, renames or removes
// that file. Such a sink is both a Sink and a FileOwner; a caller that has the Sink finds out by
// dynamic_cast. All calls come before the first delivery, except where noted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/settings.hpp"

namespace chathook {

// The file itself, its rotated files (path.1 to path.ROTATED) and the torn lines moved out of it
// (path.torn-TIME).
struct OwnedFile {
    std::string_view key;  // of the option that names it
    std::filesystem::path path;
    std::uint64_t rotated = 0;
};

class FileOwner {
public:
    virtual ~FileOwner() = default;

    // Never changes.
    virtual OwnedFile file() const = 0;

    // Returns why another part owns the file at this moment ("PATH: is already the file of ..."), or nothing.
    // Call it each time before a file is opened, renamed or removed, because links change; on the sink's
    // thread.
    using Judge = std::function<std::optional<std::string>()>;
    virtual void be_judged_by(Judge judge) = 0;

    // What may surprise an operator about its files, one sentence each: for `check` and for the log at
    // start-up. Reads its own files, changes nothing. Not called if another part claims them.
    virtual std::vector<SettingsError> warnings() const = 0;
};

}  // namespace chathook
