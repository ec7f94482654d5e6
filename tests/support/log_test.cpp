#include "support/log.hpp"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "support/descriptor.hpp"
#include "support/standard_streams.hpp"

using chathook::LogFormat;
using chathook::LogLevel;
using chathook::LogSettings;
using chathook::test::CaughtDescriptor;

namespace {

// Returns what a log with these settings writes to `fd`.
template <class Act>
std::string written(int fd, const LogSettings& settings, Act act) {
    CaughtDescriptor caught(fd);
    chathook::start_log(settings);
    act();
    chathook::stop_log();
    return caught.text();
}

void log_hello() { chathook::log(LogLevel::info, "ready", {{"sink", "world"}}); }

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a log that is not running goes straight to stderr") {
    CaughtDescriptor caught(STDERR_FILENO);
    log_hello();
    const std::string text = caught.text();
    CHECK(text.ends_with("Z info ready sink=world\n"));
    CHECK(lines_in(text) == 1);
}

TEST_CASE("the log goes to stdout") {
    CHECK(written(STDOUT_FILENO, {}, log_hello).ends_with("Z info ready sink=world\n"));
    CHECK(written(STDERR_FILENO, {}, [] {}).empty());
}

TEST_CASE("the log goes to stderr when stdout carries events") {
    LogSettings settings;
    settings.to_stderr = true;
    CHECK(written(STDERR_FILENO, settings, log_hello).ends_with("Z info ready sink=world\n"));
    CHECK(written(STDOUT_FILENO, settings, [] { CHECK(chathook::log_enabled(LogLevel::info)); }).empty());
}

TEST_CASE("lines below the level are not written") {
    LogSettings settings;
    settings.level = LogLevel::warning;
    settings.to_stderr = true;
    const std::string text = written(STDERR_FILENO, settings, [] {
        chathook::log(LogLevel::debug, "stopping");
        chathook::log(LogLevel::info, "stopped");
        chathook::log(LogLevel::warning, "refused");
        chathook::log(LogLevel::error, "unavailable");
    });
    CHECK(lines_in(text) == 2);
    CHECK(text.find("warning refused") != std::string::npos);
    CHECK(text.find("error unavailable") != std::string::npos);
    CHECK_FALSE(chathook::log_enabled(LogLevel::info));
    CHECK(chathook::log_enabled(LogLevel::warning));
}

TEST_CASE("the json format writes one object per line") {
    LogSettings settings;
    settings.format = LogFormat::json;
    settings.to_stderr = true;
    const std::string text = written(STDERR_FILENO, settings, log_hello);
    const auto line = nlohmann::json::parse(text);
    CHECK(line.at("event") == "ready");
    CHECK(line.at("level") == "info");
    CHECK(line.at("sink") == "world");
    CHECK(line.at("time").get<std::string>().size() == 27);
}

TEST_CASE("stopping the log writes every queued line, in the order of each thread") {
    constexpr int threads_count = 4;
    constexpr int lines = 500;
    LogSettings settings;
    settings.to_stderr = true;
    const std::string text = written(STDERR_FILENO, settings, [] {
        std::vector<std::thread> threads;
        for (int thread = 0; thread < threads_count; ++thread) {
            threads.emplace_back([thread] {
                for (int line = 0; line < lines; ++line) {
                    chathook::log(LogLevel::info, "accepted",
                                  {{"sink", std::to_string(thread)}, {"sequence", std::to_string(line)}});
                }
            });
        }
        for (auto& thread : threads) thread.join();
    });
    REQUIRE(lines_in(text) == threads_count * lines);
    for (int thread = 0; thread < threads_count; ++thread) {
        std::size_t from = 0;
        for (int line = 0; line < lines; ++line) {
            const std::string mark =
                "sink=" + std::to_string(thread) + " sequence=" + std::to_string(line) + "\n";
            from = text.find(mark, from);
            INFO(mark);
            REQUIRE(from != std::string::npos);
        }
    }
}

TEST_CASE("a stopped log keeps its settings and goes straight to stderr") {
    LogSettings settings;
    settings.format = LogFormat::json;
    settings.to_stderr = true;
    written(STDERR_FILENO, settings, log_hello);
    CaughtDescriptor caught(STDERR_FILENO);
    log_hello();
    CHECK(nlohmann::json::parse(caught.text()).at("event") == "ready");
}

TEST_CASE("personal data is masked unless the configuration says plain") {
    LogSettings settings;
    settings.to_stderr = true;
    written(STDERR_FILENO, settings, [] {});
    CHECK(chathook::log_email("visitor@example.com") == "v***@example.com");
    CHECK(chathook::log_phone("+1 234 567 890") == "***90");
    CHECK(chathook::log_email("").empty());

    settings.plain_personal_data = true;
    written(STDERR_FILENO, settings, [] {});
    CHECK(chathook::log_email("visitor@example.com") == "visitor@example.com");
    CHECK(chathook::log_phone("+1 234 567 890") == "+1 234 567 890");
}

TEST_CASE("in the systemd journal each line has a priority") {
    struct stat status {};
    CaughtDescriptor caught(STDERR_FILENO);
    const bool examined = ::fstat(STDERR_FILENO, &status) == 0;
    const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    LogSettings settings;
    settings.to_stderr = true;
    settings.level = LogLevel::debug;
    chathook::start_log(settings);
    ::unsetenv("JOURNAL_STREAM");
    chathook::log(LogLevel::debug, "stopping");
    chathook::log(LogLevel::info, "stopped");
    chathook::log(LogLevel::warning, "refused");
    chathook::log(LogLevel::error, "unavailable");
    chathook::stop_log();
    const std::string text = caught.text();
    REQUIRE(examined);
    CHECK(lines_in(text) == 4);
    CHECK_THAT(text, Catch::StartsWith("<7>2") && Catch::Contains("Z debug stopping\n<6>2") &&
                         Catch::Contains("Z info stopped\n<4>2") &&
                         Catch::Contains("Z warning refused\n<3>2"));
}

TEST_CASE("log lines and events on one stream never interleave within a line") {
    const std::string event(20'000, 'e');
    CaughtDescriptor out(STDOUT_FILENO);
    std::string text;
    {
        CaughtDescriptor error(STDERR_FILENO);
        ::dup2(STDOUT_FILENO, STDERR_FILENO);
        LogSettings settings;
        settings.to_stderr = true;
        chathook::start_log(settings);
        std::jthread events([&] {
            for (int i = 0; i < 200; ++i) {
                chathook::standard_output().write(event + '\n', chathook::LineStream::for_ever, {});
            }
        });
        for (int i = 0; i < 2000; ++i) log_hello();
        events.join();
        chathook::stop_log();
    }
    text = out.text();
    std::size_t events = 0;
    std::size_t logged = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != std::string::npos);
        const std::string_view line = std::string_view(text).substr(at, end - at);
        events += line == event ? 1 : 0;
        logged += line.ends_with("Z info ready sink=world") && line.starts_with("2") ? 1 : 0;
        at = end + 1;
    }
    CHECK(events == 200);
    CHECK(logged == 2000);
    CHECK(lines_in(text) == 2200);
}
