// The log: one line per event, written by a thread of its own so that no request waits for a terminal. Text
// lines are time, level, event and key=value pairs; json lines are one object each. Any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "support/log_fields.hpp"
#include "support/log_keys.hpp"

namespace chathook {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    bool plain_personal_data = false;  // log.pii: plain
    bool to_stderr = false;            // when a stdout sink writes events to stdout, the log goes to stderr
};

// A named value of a log line, valid during one call of log(). Values are escaped, so that nothing a sender
// wrote can start a line or move a cursor, and cut at 4 KiB.
struct LogField {
    LogFieldName name;
    std::string_view value;  // empty: the field is left out
};

// Starts the writer thread. Before this, and after stop_log(), lines go straight to stderr. Called by the
// main thread only.
void start_log(const LogSettings& settings);

// Writes what is queued and ends the writer thread. The settings stay. Called by the thread that started it.
void stop_log() noexcept;

// When 8,192 lines wait, the oldest are dropped.
void log(LogLevel level, LogKey key, std::initializer_list<LogField> fields = {});
bool log_enabled(LogLevel level) noexcept;

// The text itself or its masked form, as log.pii says. Empty stays empty.
std::string log_email(std::string_view email);
std::string log_phone(std::string_view phone);

}  // namespace chathook
