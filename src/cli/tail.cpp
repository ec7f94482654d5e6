#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/listing.hpp"

namespace chathook::cli {

namespace {

constexpr std::size_t page_events = 1000;
constexpr std::chrono::seconds pause_before_reconnecting{1};

struct TailOptions : Filters {
    bool follow = false;
};

class Tail {
public:
    explicit Tail(const TailOptions& options)
        : options_(options), client_(options), filters_(as_query(options)) {}

    int run() {
        // An answer that was cut, because it was not read for a while, is continued after the last event
        // received.
        if (options_.since.empty()) {
            std::size_t left = options_.lines;
            for (auto read = print_page("newest=1&limit=" + std::to_string(left)); !read.whole;
                 read = print_page("limit=" + std::to_string(left))) {
                left -= std::min(left, read.rows);
                if (left == 0) break;
            }
        } else {
            for (bool more = true; more;) {
                const auto read = print_page("limit=" + std::to_string(page_events));
                more = (!read.whole || read.rows == page_events) && std::ferror(stdout) == 0;
            }
        }
        if (std::ferror(stdout) != 0) return ExitCode::io_error;
        return options_.follow ? follow() : static_cast<int>(ExitCode::done);
    }

private:
    AdminClient::RowsRead print_page(const std::string& parameters) {
        std::string target = "/api/v1/events?" + parameters + filters_;
        if (sequence_ > 0) target += "&after=" + std::to_string(sequence_);
        const auto read = client_.rows(target, [&](const Json& row) {
            sequence_ = number_of(row, "sequence");
            print(row["event"].source());
        });
        std::fflush(stdout);
        return read;
    }

    // Runs until interrupted: waits for a daemon that restarts, and misses nothing that it accepts meanwhile.
    int follow() {
        for (;;) {
            std::string pending;
            const std::string target = "/api/v1/stream?after=" + std::to_string(sequence_) + filters_;
            const HttpAnswer answer = client_.stream(target, [&](std::string_view piece) {
                pending += piece;
                print_complete(pending);
                return !std::ferror(stdout);
            });
            if (std::ferror(stdout)) return ExitCode::io_error;
            if (answer.status != 0 && answer.status != 200) client_.expect_ok(answer);
            if (isatty(STDERR_FILENO)) std::fprintf(stderr, "-- waiting for %s\n", client_.name().c_str());
            std::this_thread::sleep_for(pause_before_reconnecting);
        }
    }

    // Removes the complete server-sent events from the front of `pending`.
    void print_complete(std::string& pending) {
        for (std::size_t end = pending.find("\n\n"); end != std::string::npos; end = pending.find("\n\n")) {
            take(std::string_view(pending).substr(0, end));
            pending.erase(0, end + 2);
        }
        std::fflush(stdout);
    }

    void take(std::string_view message) {
        while (!message.empty()) {
            const std::string_view line = message.substr(0, message.find('\n'));
            message.remove_prefix(std::min(message.size(), line.size() + 1));
            if (line.starts_with("id: ")) sequence_ = std::stoull(std::string(line.substr(4)));
            if (line.starts_with("data: ")) print(line.substr(6));
        }
    }

    void print(std::string_view event) {
        print_line(options_.as_json ? std::string(event) : event_line(event));
    }

    TailOptions options_;
    AdminClient client_;
    std::string filters_;
    std::uint64_t sequence_ = 0;  // of the last event printed
};

}  // namespace

void add_tail(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("tail", "Print the newest events, one readable line each");
    auto& options = options_of<TailOptions>(*command, action,
                                            [](const TailOptions& chosen) { return Tail(chosen).run(); });
    add_admin_options(*command, options);
    command->add_flag("-f,--follow", options.follow, "Go on with what comes in, until interrupted");
    add_origin_filters(*command, options);
    command->add_option("--since", options.since,
                        "Everything since: 2h, 30m, 2026-11-21, 2026-11-21T20:00:00Z");
    command->add_option("-n,--lines", options.lines, "How many of the newest to begin with")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    command->add_flag("--json", options.as_json, "The CloudEvents as JSON, one a line");
}

}  // namespace chathook::cli
