// Lists of a running daemon, page by page. One thread.
#pragma once

#include <functional>
#include <string>

#include <chathook/json.hpp>

#include "cli/filters.hpp"

namespace chathook::cli {

// Hands each row of `list` at `path` to `print`: the newest `filters.lines`, or all when there is a --since.
// `number` is the member that counts the rows. Vendors' own JSON may hold what stricter readers than ecma's
// refuse.
void for_each_row(const AdminClient& client, const std::string& path, const char* list, const char* number,
                  const Filters& filters, const std::function<void(const Json& row)>& print);

// A text from outside, safe for a terminal and at most `bytes_max` long.
std::string shown(std::string_view text, std::size_t bytes_max = 200);

// "2026-11-21 20:00:00Z" of an RFC 3339 time in UTC.
std::string shown_time(std::string_view rfc3339);

}  // namespace chathook::cli
