#include "support/log.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "support/clock.hpp"
#include "support/log_line.hpp"
#include "support/log_writer.hpp"
#include "support/mask.hpp"
#include "support/standard_streams.hpp"

namespace chathook {
namespace {

struct LogState {
    LogSettings settings;
    bool colour = false;
    bool to_journal = false;            // each line begins with its priority
    bool ended = false;                 // the program is about to end
    std::unique_ptr<LogWriter> writer;  // null: lines go straight to stderr
};

// https://no-color.org: any value but the empty one turns colour off.
bool wants_colour(int fd) {
    const char* no_colour = std::getenv("NO_COLOR");
    return isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

std::atomic<const LogState*> current{nullptr};

// A state that was ever current lives as long as the process: a thread may be inside log() with it while it
// is replaced. Each start_log() makes two, so this stays tiny.
LogState& make_state(const LogSettings& settings, int fd) {
    static auto& states = *new std::vector<std::unique_ptr<LogState>>;
    states.push_back(std::make_unique<LogState>(
        LogState{.settings = settings, .colour = wants_colour(fd), .to_journal = is_journal_stream(fd)}));
    return *states.back();
}

const LogState& state() {
    if (const LogState* started = current.load(std::memory_order_acquire)) return *started;
    static const LogState unstarted{.colour = wants_colour(STDERR_FILENO)};
    return unstarted;
}

// The prefix from which the systemd journal reads the line's priority and which it strips
// (SyslogLevelPrefix=, systemd.exec(5)).
std::string_view priority_prefix(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::debug: return "<7>";
        case LogLevel::info: return "<6>";
        case LogLevel::warning: return "<4>";
        case LogLevel::error: return "<3>";
    }
    return "";
}

std::string line_of(const LogState& to, LogLevel level, LogKey key, std::span<const LogField> fields) {
    std::string line = to.settings.format == LogFormat::json
                           ? json_line(now(), level, key.text(), fields)
                           : text_line(now(), level, key.text(), fields, to.colour);
    if (to.to_journal) line.insert(0, priority_prefix(level));
    return line;
}

void write_unqueued(const LogState& from, std::string line) {
    line += '\n';
    if (from.ended) {
        standard_error().write(line, log_end_patience, {});
    } else {
        write_all(STDERR_FILENO, line);
    }
}

LogState* running = nullptr;  // the one with a writer; start_log()'s and stop_log()'s thread only

}  // namespace

void start_log(const LogSettings& settings) {
    stop_log();
    const int fd = settings.to_stderr ? STDERR_FILENO : STDOUT_FILENO;
    LogState& started = make_state(settings, fd);
    LineStream& stream = settings.to_stderr ? standard_error() : standard_output();
    started.writer = std::make_unique<LogWriter>(stream, [&started](std::size_t lines) {
        const std::string count = std::to_string(lines);
        const LogField total{"lines_lost", count};
        return line_of(started, LogLevel::warning, "log_overrun", {&total, 1});
    });
    running = &started;
    current.store(running, std::memory_order_release);
}

void stop_log() noexcept {
    LogState* stopping = std::exchange(running, nullptr);
    if (stopping == nullptr) return;
    LogState& after = make_state(stopping->settings, STDERR_FILENO);
    after.ended = true;
    current.store(&after, std::memory_order_release);
    stopping->writer->stop();
}

bool log_enabled(LogLevel level) noexcept { return level >= state().settings.level; }

void log(LogLevel level, LogKey key, std::initializer_list<LogField> fields) {
    const LogState& to = state();
    if (level < to.settings.level) return;
    std::string line = line_of(to, level, key, {fields.begin(), fields.size()});
    if (to.writer != nullptr) {
        to.writer->write(line);
    } else {
        write_unqueued(to, std::move(line));
    }
}

std::size_t log_lines_lost() {
    const LogState& of = state();
    return of.writer == nullptr ? 0 : of.writer->lines_lost();
}

std::string log_email(std::string_view email) {
    return state().settings.plain_personal_data ? std::string(email) : mask_email(email);
}

std::string log_phone(std::string_view phone) {
    return state().settings.plain_personal_data ? std::string(phone) : mask_phone(phone);
}

}  // namespace chathook
