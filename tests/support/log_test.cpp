#include "support/log.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "support/descriptor.hpp"

using chathook::LogFormat;
using chathook::LogLevel;
using chathook::LogSettings;
using chathook::test::CaughtDescriptor;

namespace {

// What a log with these settings writes to `fd`.
template <class Act>
std::string written(int fd, const LogSettings& settings, Act act) {
    CaughtDescriptor caught(fd);
    chathook::start_log(settings);
    act();
    chathook::stop_log();
    return caught.text();
}

void log_hello() { chathook::log(LogLevel::info, "hello", {{"name", "world"}}); }

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a log that is not running goes straight to stderr") {
    CaughtDescriptor caught(STDERR_FILENO);
    log_hello();
    const std::string text = caught.text();
    CHECK(text.ends_with("Z info hello name=world\n"));
    CHECK(lines_in(text) == 1);
}

TEST_CASE("the log goes to stdout") {
    CHECK(written(STDOUT_FILENO, {}, log_hello).ends_with("Z info hello name=world\n"));
    CHECK(written(STDERR_FILENO, {}, [] {}).empty());
}

TEST_CASE("the log goes to stderr when stdout carries events") {
    LogSettings settings;
    settings.to_stderr = true;
    CHECK(written(STDERR_FILENO, settings, log_hello).ends_with("Z info hello name=world\n"));
    CHECK(written(STDOUT_FILENO, settings, [] { CHECK(chathook::log_enabled(LogLevel::info)); }).empty());
}

TEST_CASE("lines below the level are not written") {
    LogSettings settings;
    settings.level = LogLevel::warning;
    settings.to_stderr = true;
    const std::string text = written(STDERR_FILENO, settings, [] {
        chathook::log(LogLevel::debug, "debug");
        chathook::log(LogLevel::info, "info");
        chathook::log(LogLevel::warning, "warned");
        chathook::log(LogLevel::error, "failed");
    });
    CHECK(lines_in(text) == 2);
    CHECK(text.find("warning warned") != std::string::npos);
    CHECK(text.find("error failed") != std::string::npos);
    CHECK_FALSE(chathook::log_enabled(LogLevel::info));
    CHECK(chathook::log_enabled(LogLevel::warning));
}

TEST_CASE("the json format writes one object a line") {
    LogSettings settings;
    settings.format = LogFormat::json;
    settings.to_stderr = true;
    const std::string text = written(STDERR_FILENO, settings, log_hello);
    const auto line = nlohmann::json::parse(text);
    CHECK(line.at("event") == "hello");
    CHECK(line.at("level") == "info");
    CHECK(line.at("name") == "world");
    CHECK(line.at("time").get<std::string>().size() == 27);
}

TEST_CASE("stopping the log writes every line that waited, from any thread, in its thread's order") {
    constexpr int threads_count = 4;
    constexpr int lines = 500;
    LogSettings settings;
    settings.to_stderr = true;
    const std::string text = written(STDERR_FILENO, settings, [] {
        std::vector<std::thread> threads;
        for (int thread = 0; thread < threads_count; ++thread) {
            threads.emplace_back([thread] {
                for (int line = 0; line < lines; ++line) {
                    chathook::log(LogLevel::info, "line",
                                  {{"thread", std::to_string(thread)}, {"number", std::to_string(line)}});
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
                "thread=" + std::to_string(thread) + " number=" + std::to_string(line) + "\n";
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
    CHECK(nlohmann::json::parse(caught.text()).at("event") == "hello");
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
