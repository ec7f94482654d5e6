#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "cli/admin_client.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/listing.hpp"
#include "status/text.hpp"

namespace chathook::cli {

namespace {

constexpr unsigned watch_seconds_max = 3600;

struct StatusOptions : AdminOptions {
    bool as_json = false;
    unsigned watch_seconds = 0;  // 0: once
};

// What the daemon says of itself, or in the same form that it says nothing. Throws Mistake where the command
// line is wrong: a monitoring plug-in must not take a wrong token for a daemon that is down.
std::string ask(const AdminClient& client) {
    const HttpAnswer answer = client.get("/api/v1/status");
    if (answer.url_is_wrong || (answer.status >= 400 && answer.status < 500)) client.expect_ok(answer);
    try {
        client.expect_ok(answer);
        return answer.body;
    } catch (const Mistake& mistake) {
        const nlohmann::ordered_json down = {{"state", "down"}, {"reasons", {mistake.what()}}};
        return down.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    }
}

int print_status(const AdminClient& client, const StatusOptions& options, std::string_view before) {
    const std::string body = ask(client);
    const auto document = client.parsed(body);
    const std::string text = options.as_json ? body + "\n" : status::text_of(document->root());
    std::printf("%s%s", std::string(before).c_str(), text.c_str());
    const std::string_view state = document->root()["state"].text();
    return state == "ok" ? ExitCode::done : state == "degraded" ? ExitCode::degraded : ExitCode::down;
}

int show_status(const StatusOptions& options) {
    const AdminClient client(options);
    if (options.watch_seconds == 0) return print_status(client, options, "");
    const bool redraws = isatty(STDOUT_FILENO) == 1 && !options.as_json;
    const std::string_view between = options.as_json ? "" : "\n";
    for (bool first = true;; first = false) {  // until interrupted, or nobody reads any more
        const int code = print_status(client, options, redraws ? "\033[H\033[2J" : first ? "" : between);
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return code;
        std::this_thread::sleep_for(std::chrono::seconds(options.watch_seconds));
    }
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "status", "Is all well: readiness, sources, sinks, disk. Ends with 0: ok, 1: degraded, 2: down");
    auto& options = options_of<StatusOptions>(*command, action, show_status);
    add_admin_options(*command, options);
    command->add_flag("--json", options.as_json, "What /api/v1/status answers, as one JSON object");
    command
        ->add_flag("--watch{2}", options.watch_seconds,
                   "Draw it anew every 2 seconds, or --watch=SECONDS, until interrupted")
        ->check(CLI::Range(1u, watch_seconds_max));
}

}  // namespace chathook::cli
