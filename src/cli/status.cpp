#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "cli/admin_client.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "status/text.hpp"

namespace chathook::cli {

namespace {

constexpr unsigned watch_seconds_max = 3600;

struct StatusOptions : AdminOptions {
    bool as_json = false;
    unsigned watch_seconds = 0;  // 0: once
};

// Less than the ten seconds after which monitoring systems give a plug-in up.
constexpr long patience_seconds = 8;

struct Said {
    std::string json;
    int exit_code = ExitCode::down;
};

Said said_by(std::string_view state, const std::string& reason, int exit_code) {
    const nlohmann::ordered_json json = {{"state", state}, {"reasons", {reason}}};
    return {json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), exit_code};
}

// The daemon's answer, or an answer of the same form that it is down. Throws Mistake where it could not
// be asked: a wrong token, or another program at that address, must not be taken for a daemon that is down.
Said ask(const AdminClient& client) {
    const HttpAnswer answer = client.get("/api/v1/status", patience_seconds);
    const auto document = JsonDocument::parse_bytes(answer.body);
    const bool is_ours = document != nullptr && (document->root()["state"] || document->root()["error"]);
    const bool is_answer = answer.status != 0 && answer.problem.empty();
    if (is_answer && answer.status != 401 && !is_ours)
        throw Mistake(ExitCode::unavailable, client.name() +
                                                 " did not answer with a status; is this the admin "
                                                 "address of a chathookd from 0.2 on?");
    if (answer.url_is_wrong || (answer.status >= 400 && answer.status < 500)) client.expect_ok(answer);
    try {
        client.expect_ok(answer);
    } catch (const Mistake& mistake) {
        return said_by("down", mistake.what(), ExitCode::down);
    }
    const std::string_view state = document->root()["state"].text();
    return {answer.body, state == "ok"         ? ExitCode::done
                         : state == "degraded" ? ExitCode::degraded
                                               : ExitCode::down};
}

int print_status(const StatusOptions& options, std::string_view before) {
    Said said;
    try {
        said = ask(AdminClient(options));
    } catch (const Mistake& mistake) {
        said = said_by("unknown", mistake.what(), ExitCode::unknown);
    }
    const auto document = JsonDocument::parse_bytes(said.json);
    const std::string text = options.as_json ? said.json + "\n" : status::text_of(document->root());
    std::printf("%s%s", std::string(before).c_str(), text.c_str());
    return said.exit_code;
}

int show_status(const StatusOptions& options) {
    if (options.watch_seconds == 0) return print_status(options, "");
    const bool redraws = isatty(STDOUT_FILENO) == 1 && !options.as_json;
    const std::string_view between = options.as_json ? "" : "\n";
    for (bool first = true;; first = false) {  // until interrupted, or nobody reads any more
        const int code = print_status(options, redraws ? "\033[H\033[2J" : first ? "" : between);
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return code;
        std::this_thread::sleep_for(std::chrono::seconds(options.watch_seconds));
    }
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("status",
                                       "Show whether all is well: readiness, sources, sinks, disk. Ends with "
                                       "0: ok, 1: degraded, 2: down, 3: unknown");
    auto& options = options_of<StatusOptions>(*command, action, show_status);
    add_admin_options(*command, options);
    command->add_flag("--json", options.as_json, "What /api/v1/status answers, as one JSON object");
    command
        ->add_flag("--watch{2}", options.watch_seconds,
                   "Draw it anew every 2 seconds, or --watch=SECONDS, until interrupted")
        ->check(CLI::Range(1u, watch_seconds_max));
}

}  // namespace chathook::cli
