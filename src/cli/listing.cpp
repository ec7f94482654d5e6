#include "cli/listing.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "cli/cli.hpp"
#include "cli/mistake.hpp"
#include "sinks/pretty_line.hpp"
#include "support/mask.hpp"
#include "verify/encoding.hpp"

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
        const AdminClient::RowsRead read = client.rows(target, [&](const Json& row) {
            const std::uint64_t place = number_of(row, number);
            if (known > 0 && place == mark.number) {
                --known;
                return;
            }
            known = 0;
            mark.pass(place);
            left -= std::min<std::size_t>(left, 1);
            print(row);
        });
        // The reader of stdout is gone.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return;
        if (read.whole && (newest || read.rows < limit)) return;
        known = read.whole ? 0 : mark.printed;
        newest = false;
    }
}

int list_rows(const Filters& options, const std::string& path, const char* number,
              void (*print)(const Json& row)) {
    const AdminClient client(options);
    for_each_row(client, path, number, options, [&](const Json& row) {
        if (options.as_json) {
            print_line(row.source());
        } else {
            print(row);
        }
    });
    return ExitCode::done;
}

int show_one(const Filters& options, std::string path, void (*print)(const Json& answer)) {
    const AdminClient client(options);
    for (const std::string& word : options.words) path += "/" + percent_encoded(word);
    const std::string body = client.asked(path);
    if (options.as_json) {
        print_line(body);
    } else {
        print(client.parsed(body)->root());
    }
    return ExitCode::done;
}

void print_fact(std::string_view name, std::string_view text) {
    std::printf("%-12s%s\n", std::string(name).c_str(), std::string(text).c_str());
}

void print_line(std::string_view text) { std::printf("%s\n", std::string(text).c_str()); }

std::string event_line(std::string_view event) {
    return sinks::pretty_line(event, {.colour = isatty(STDOUT_FILENO) == 1});
}

std::uint64_t number_of(const Json& row, const char* name) {
    return std::stoull("0" + std::string(row[name].id()));
}

std::string shown(std::string_view text, std::size_t bytes_max) { return printable(text, bytes_max); }

std::string decoded_base64(std::string_view base64) {
    const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0;
    std::vector<std::uint8_t> bytes(base64.size() / 4 * 3 - padding);
    if (!verify::decode_base64(base64, bytes))
        throw Mistake(ExitCode::unavailable, "the daemon did not answer in base64");
    return {bytes.begin(), bytes.end()};
}

std::string shown_time(std::string_view rfc3339) {
    constexpr std::size_t to_the_second = 19;
    std::string text = printable(rfc3339.substr(0, to_the_second), to_the_second);
    if (text.size() == to_the_second) text[10] = ' ';
    return text + "Z";
}

}  // namespace chathook::cli
