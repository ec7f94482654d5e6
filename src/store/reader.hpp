// Opens readers of an open journal. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "journal/recent.hpp"
#include "store/words.hpp"

namespace chathook::store {

// Throws SqliteError.
std::unique_ptr<Reader> make_sqlite_reader(const std::filesystem::path& file, const journal::Shared& shared);

}  // namespace chathook::store
