#include "support/log_line.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <vector>

using chathook::LogField;
using chathook::LogLevel;

namespace {

constexpr chathook::Instant time_of_line{std::chrono::microseconds{1'795'291'200'123'456}};

std::string text(const std::vector<LogField>& fields, LogLevel level = LogLevel::info) {
    return chathook::text_line(time_of_line, level, "accepted", fields, false);
}

std::string json(const std::vector<LogField>& fields) {
    return chathook::json_line(time_of_line, LogLevel::error, "accepted", fields);
}

// The form of `value` in a text line.
std::string shown(const std::string& value) {
    const std::string line = text({{"key", value}});
    return line.substr(line.find("key=") + 4);
}

}  // namespace

TEST_CASE("a text line is time, level, event, then the fields") {
    CHECK(text({{"source", "lynn-support"}, {"type", "handover.requested"}}) ==
          "2026-11-21T20:00:00.123456Z info accepted source=lynn-support type=handover.requested");
    CHECK(text({}, LogLevel::warning) == "2026-11-21T20:00:00.123456Z warning accepted");
}

TEST_CASE("a field without a value is left out") {
    CHECK(text({{"email", ""}, {"client", "192.0.2.1"}}) ==
          "2026-11-21T20:00:00.123456Z info accepted client=192.0.2.1");
    CHECK(nlohmann::json::parse(json({{"email", ""}, {"client", "192.0.2.1"}})).contains("email") == false);
}

TEST_CASE("a value of a text line is quoted when it could be misread") {
    CHECK(shown("plain:/?[]{}'") == "plain:/?[]{}'");
    CHECK(shown("two words") == R"("two words")");
    CHECK(shown("a=b") == R"("a=b")");
    CHECK(shown(R"(say "hi" \ there)") == R"("say \"hi\" \\ there")");
    CHECK(shown("caf\u00e9") == "\"caf\u00e9\"");
}

TEST_CASE("a value cannot start a line, move a cursor or change the direction of text") {
    CHECK(shown("a\nb\r\tc") == R"("a\nb\r\tc")");
    CHECK(shown("\x1b[2J") == R"("\u001b[2J")");
    CHECK(shown(std::string("\0x", 2)) == R"("\u0000x")");
    CHECK(shown("\x7f") == R"("\u007f")");
    CHECK(shown("\u009b31m") == R"("\u009b31m")");
    CHECK(shown("\u2028\u202e\u2066") == R"("\u2028\u202e\u2066")");
    CHECK(shown("\xff\xc3") == R"("\ufffd\ufffd")");
}

TEST_CASE("a long value is cut between two characters") {
    const std::string fits(chathook::log_value_bytes_max, 'a');
    CHECK(shown(fits) == fits);
    CHECK(shown(fits + "b") == '"' + fits + "...\"");
    const std::string straddling = std::string(chathook::log_value_bytes_max - 1, 'a') + "\u20ac";
    CHECK(shown(straddling) == '"' + std::string(chathook::log_value_bytes_max - 1, 'a') + "...\"");
    const std::string continuations(chathook::log_value_bytes_max + 9, '\x80');
    CHECK(shown(continuations).ends_with("...\""));
}

TEST_CASE("the level is coloured on a terminal only") {
    CHECK(chathook::text_line(time_of_line, LogLevel::error, "failed", {}, true) ==
          "2026-11-21T20:00:00.123456Z \x1b[31merror\x1b[0m failed");
    CHECK(text({}, LogLevel::error).find('\x1b') == std::string::npos);
}

TEST_CASE("a json line is one object with time, level, event and the fields in order") {
    CHECK(json({{"source", "a"}, {"client", "::1"}}) ==
          R"({"time":"2026-11-21T20:00:00.123456Z","level":"error","event":"accepted",)"
          R"("source":"a","client":"::1"})");
}

TEST_CASE("a json line is valid JSON on one line for any value") {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    for (const std::string& value : {every_byte, std::string("\"\\\n\u2029\x1b"), std::string(10'000, '"')}) {
        const std::string line = json({{"reason", value}});
        CHECK(line.find('\n') == std::string::npos);
        const auto parsed = nlohmann::json::parse(line);  // throws on invalid UTF-8 too
        CHECK(parsed.at("reason").is_string());
    }
    CHECK(nlohmann::json::parse(json({{"reason", "a\"\\\n\u00e9"}})).at("reason") == "a\"\\\n\u00e9");
}
