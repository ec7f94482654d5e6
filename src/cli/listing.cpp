#include "cli/listing.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "cli/mistake.hpp"
#include "ecma/document.hpp"
#include "support/mask.hpp"

namespace chathook::cli {

namespace {

constexpr std::size_t page_rows = 500;

// The position at which a cut list continues: after all rows with smaller numbers and the first `printed`
// rows with this one. A dead letter's number is that of its event, so those of several sinks may be equal.
struct Mark {
    std::uint64_t number = 0;
    std::size_t printed = 0;

    void pass(std::uint64_t next) {
        printed = next == number ? printed + 1 : 1;
        number = next;
    }
};

}  // namespace

void for_each_row(const AdminClient& client, const std::string& path, const char* number,
                  const Filters& filters, const std::function<void(const Json& row)>& print) {
    bool newest = filters.since.empty();
    std::size_t left = newest ? filters.lines : SIZE_MAX;
    Mark mark;
    std::size_t known = 0;  // rows with mark.number that are repeated and skipped
    while (left > 0) {
        const std::size_t limit = newest ? left : std::min(left, page_rows) + known;
        std::string target = path + "?limit=" + std::to_string(limit) + (newest ? "&newest=1" : "");
        target += as_query(filters);
        const std::uint64_t after = mark.number - (known > 0 ? 1 : 0);
        if (after > 0) target += "&after=" + std::to_string(after);
        const AdminClient::RowsRead read = client.rows(target, [&](std::string_view text) {
            const auto row = JsonDocument::parse_bytes(text);
            if (row == nullptr)
                throw Mistake(ExitCode::unavailable, client.name() + " did not answer in JSON");
            const std::uint64_t place = std::stoull("0" + std::string(row->root()[number].id()));
            if (known > 0 && place == mark.number) {
                --known;
                return;
            }
            known = 0;
            mark.pass(place);
            left -= std::min<std::size_t>(left, 1);
            print(row->root());
        });
        // The reader of stdout is gone.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return;
        if (read.whole && (newest || read.rows < limit)) return;
        known = read.whole ? 0 : mark.printed;
        newest = false;
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
