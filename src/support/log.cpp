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

namespace chathook {
namespace {

struct LogState {
    LogSettings settings;
    bool colour = false;
    std::unique_ptr<LogWriter> writer;  // none: straight to stderr
};

// https://no-color.org: any value but the empty one turns colour off.
bool wants_colour(int fd) {
    const char* no_colour = std::getenv("NO_COLOR");
    return isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

std::atomic<const LogState*> current{nullptr};

// A state that was ever current lives as long as the process: a thread may be inside log() with it while it
// is replaced. There are two for each start_log(), so this stays tiny.
LogState& make_state(const LogSettings& settings, int fd) {
    static auto& states = *new std::vector<std::unique_ptr<LogState>>;
    states.push_back(std::make_unique<LogState>(LogState{settings, wants_colour(fd), nullptr}));
    return *states.back();
}

const LogState& state() {
    if (const LogState* started = current.load(std::memory_order_acquire)) return *started;
    static const LogState unstarted{{}, wants_colour(STDERR_FILENO), nullptr};
    return unstarted;
}

LogState* running = nullptr;  // the one with a writer; start_log()'s and stop_log()'s thread only

}  // namespace

void start_log(const LogSettings& settings) {
    stop_log();
    const int fd = settings.to_stderr ? STDERR_FILENO : STDOUT_FILENO;
    LogState& started = make_state(settings, fd);
    started.writer = std::make_unique<LogWriter>(fd);
    running = &started;
    current.store(running, std::memory_order_release);
}

void stop_log() noexcept {
    LogState* stopping = std::exchange(running, nullptr);
    if (stopping == nullptr) return;
    current.store(&make_state(stopping->settings, STDERR_FILENO), std::memory_order_release);
    stopping->writer->stop();
}

bool log_enabled(LogLevel level) noexcept { return level >= state().settings.level; }

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    const LogState& to = state();
    if (level < to.settings.level) return;
    const std::span<const LogField> all(fields.begin(), fields.size());
    std::string line = to.settings.format == LogFormat::json ? json_line(now(), level, event, all)
                                                             : text_line(now(), level, event, all, to.colour);
    if (to.writer != nullptr) {
        to.writer->write(line);
    } else {
        line += '\n';
        write_all(STDERR_FILENO, line);
    }
}

std::string log_email(std::string_view email) {
    return state().settings.plain_personal_data ? std::string(email) : mask_email(email);
}

std::string log_phone(std::string_view phone) {
    return state().settings.plain_personal_data ? std::string(phone) : mask_phone(phone);
}

}  // namespace chathook
