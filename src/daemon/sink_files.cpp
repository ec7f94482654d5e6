#include "daemon/sink_files.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <chathook/file_owner.hpp>

#include "config/file_claims.hpp"
#include "support/file_claim.hpp"
#include "support/line_memory.hpp"
#include "support/log.hpp"
#include "support/standard_streams.hpp"

namespace chathook::daemon {

namespace {

// The log, or what it is given in its place: `chathookd serve >> events.jsonl`.
bool is_standard_stream(const std::filesystem::path& path) {
    const auto id = file_id(path);
    return id && (id == file_id(STDOUT_FILENO) || id == file_id(STDERR_FILENO));
}

std::optional<std::string> others_claim(const FileClaim& mine, const std::vector<FileClaim>& others) {
    const std::string path = mine.path.string();
    for (const FileClaim& other : others) {
        if (const auto why = conflict(mine, other)) return path + ": " + *why;
    }
    if (is_standard_stream(mine.path)) return path + ": is where standard output or the log goes";
    return std::nullopt;
}

}  // namespace

void judge_files_of(std::vector<dispatch::SinkSetup>& sinks, const config::Config& config) {
    std::vector<FileClaim> claims;
    std::vector<FileOwner*> owners;
    for (const dispatch::SinkSetup& setup : sinks) {
        auto* owner = dynamic_cast<FileOwner*>(setup.sink.get());
        if (owner == nullptr) continue;
        const OwnedFile file = owner->file();
        claims.push_back({.owner = "sink '" + setup.name + "'", .path = file.path, .rotated = file.rotated});
        owners.push_back(owner);
    }
    for (std::size_t i = 0; i < claims.size(); ++i) {
        std::vector<FileClaim> others = config::claims_beside_sinks(config);
        for (std::size_t j = 0; j < claims.size(); ++j) {
            if (j != i) others.push_back(claims[j]);
        }
        owners[i]->be_judged_by(
            [mine = claims[i], others = std::move(others)] { return others_claim(mine, others); });
    }
}

void go_on_with_standard_output(const config::Config& config) {
    if (is_journal_stream(STDOUT_FILENO)) return;  // each process gets its own stream
    standard_output().go_on(std::make_unique<LineMemory>(config.journal.directory / "stdout", STDOUT_FILENO));
}

void warn_of_standard_output(const config::Config& config) {
    const auto sink = std::ranges::find(config.sinks, "stdout", &config::Sink::type);
    if (sink == config.sinks.end()) return;
    if (is_journal_stream(STDOUT_FILENO)) {
        log(LogLevel::warning, "stdout_is_the_journal",
            {{"sink", sink->name},
             {"reason",
              "the systemd journal drops lines above its rate limit, cuts long ones and keeps them by size"},
             {"hint", "use a sink of type file for events that have to last"}});
    } else if (is_null_device(STDOUT_FILENO)) {
        // What is opened in its place at the start cannot be written to (support/process_setup.cpp).
        const bool was_closed = (::fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY;
        log(LogLevel::warning, "stdout_goes_nowhere",
            {{"sink", sink->name},
             {"reason", was_closed
                            ? "standard output was closed at the start: the sink fails, its events wait"
                            : "standard output is /dev/null: what is delivered there is gone"},
             {"hint", "give the daemon a standard output, or take the sink out"}});
    }
}

}  // namespace chathook::daemon
