// Reads lists from a running daemon page by page, and prints what they hold. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <chathook/json.hpp>

#include "cli/filters.hpp"

namespace chathook::cli {

// Passes each row of the list at `path` to `print` as it arrives: the newest `filters.lines` rows, or with
// --since all rows since then. `number` is the member that numbers the rows. A list that the daemon cuts
// because it was not read for a while, behind a pager, is continued where it was cut. Rows are parsed with
// ecma, because a vendor's JSON may contain text that stricter readers reject.
void for_each_row(const AdminClient& client, const std::string& path, const char* number,
                  const Filters& filters, const std::function<void(const Json& row)>& print);

// Print the rows of a list, or one item that `options.words` name below `path`: as the daemon sent them with
// --json, otherwise by `print`. Return the exit code.
int list_rows(const Filters& options, const std::string& path, const char* number,
              void (*print)(const Json& row));
int show_one(const Filters& options, std::string path, void (*print)(const Json& answer));

void print_line(std::string_view text);
void print_fact(std::string_view name, std::string_view text);  // a line of two columns

// One readable line of an event, in colour on a terminal.
std::string event_line(std::string_view event);

// The number under `name`, such as the sequence of an event; 0 if there is none.
std::uint64_t number_of(const Json& row, const char* name);

// A text from outside, made safe for a terminal and cut to `bytes_max`.
std::string shown(std::string_view text, std::size_t bytes_max = 200);

// Decodes a base64 text written by the daemon. Throws Mistake.
std::string decoded_base64(std::string_view base64);

// "2026-11-21 20:00:00Z" from an RFC 3339 time in UTC.
std::string shown_time(std::string_view rfc3339);

}  // namespace chathook::cli
