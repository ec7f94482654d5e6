#include "cli/listing.hpp"

#include <cstdio>

#include "cli/mistake.hpp"
#include "ecma/document.hpp"
#include "support/mask.hpp"

namespace chathook::cli {

namespace {

constexpr std::size_t page_rows = 500;

}  // namespace

void for_each_row(const AdminClient& client, const std::string& path, const char* list, const char* number,
                  const Filters& filters, const std::function<void(const Json& row)>& print) {
    const bool newest = filters.since.empty();
    const std::string fixed = path + "?limit=" + std::to_string(newest ? filters.lines : page_rows) +
                              (newest ? "&newest=1" : "") + as_query(filters);
    std::string after;
    for (;;) {
        const std::string body = client.asked(after.empty() ? fixed : fixed + "&after=" + after);
        const auto page = JsonDocument::parse_bytes(body);
        if (page == nullptr) throw Mistake(ExitCode::unavailable, client.name() + " did not answer in JSON");
        const Json rows = page->root()[list];
        for (Json row = rows.first(); row; row = row.next()) {
            after = row[number].id();
            print(row);
        }
        std::fflush(stdout);
        if (newest || rows.size() < page_rows) return;
    }
}

std::string shown(std::string_view text, std::size_t bytes_max) { return printable(text, bytes_max); }

std::string shown_time(std::string_view rfc3339) {
    constexpr std::size_t to_the_second = 19;
    std::string text = printable(rfc3339.substr(0, to_the_second), to_the_second);
    if (text.size() == to_the_second) text[10] = ' ';
    return text + "Z";
}

}  // namespace chathook::cli
