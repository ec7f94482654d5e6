// Makes readers of an open journal. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "journal/journal.hpp"
#include "journal/progress.hpp"
#include "journal/recent.hpp"

namespace chathook::journal {

// Throws SqliteError.
std::unique_ptr<Reader> make_sqlite_reader(const std::filesystem::path& file,
                                           std::shared_ptr<Progress> progress,
                                           std::shared_ptr<const Recent> recent);

}  // namespace chathook::journal
