#include "admin/long_answer.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "admin/office.hpp"

namespace chathook {

namespace {

// A text of this size, as JSON, with varying content.
std::string long_text(std::size_t bytes) {
    std::string text = "\"";
    for (std::size_t i = 0; text.size() < bytes; ++i) text += std::to_string(i) + " ";
    return text + '"';
}

std::vector<std::uint64_t> sequences_in(const nlohmann::json& rows) {
    std::vector<std::uint64_t> sequences;
    for (const auto& row : rows) sequences.push_back(row.at("sequence"));
    return sequences;
}

struct Told {
    std::string body;
    std::size_t pieces = 0;
    std::size_t longest = 0;
};

// The /proc directory of this process's thread of that name.
std::filesystem::path files_of_thread(std::string_view name) {
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string its_name;
        std::getline(std::ifstream(thread.path() / "comm") >> std::ws, its_name);
        if (its_name == name) return thread.path();
    }
    FAIL("no thread " << name);
    return {};
}

// Bytes that the thread has read by system calls, from files or the page cache.
std::uint64_t read_bytes_of(const std::filesystem::path& thread) {
    std::ifstream counts(thread / "io");
    std::string word;
    std::uint64_t bytes = 0;
    counts >> word >> bytes;
    REQUIRE(word == "rchar:");
    return bytes;
}

Told told(test::Office& office, std::string_view path, std::string_view query = "") {
    Told answer;
    const Reply reply = office.get(path, query);
    REQUIRE(reply.status == 200);
    answer.body = office.whole(reply, answer.pieces, answer.longest);
    return answer;
}

}  // namespace

TEST_CASE("a list of large and small events is written in pieces of one window, in order and complete",
          "[admin]") {
    test::Office office;
    const std::string large = long_text(200'000);
    for (int i = 0; i < 30; ++i) office.commit("lead.created", {}, i % 3 == 0 ? large : "{}");
    for (const char* query : {"limit=1000", "limit=30", "limit=1000&newest=1"}) {
        INFO(query);
        const Told list = told(office, "/api/v1/events", query);
        CHECK(list.pieces > 10 * 200'000 / admin::window_bytes);
        CHECK(list.longest <= admin::window_bytes);
        const auto events = nlohmann::json::parse(list.body).at("events");
        REQUIRE(events.size() == 30);
        for (std::uint64_t i = 0; i < 30; ++i) {
            CHECK(events[i].at("sequence") == i + 1);
            CHECK(events[i].at("event").at("data").dump() == (i % 3 == 0 ? large : "{}"));
        }
    }
}

TEST_CASE("the newest events, and those before a given one, are listed oldest first", "[admin]") {
    test::Office office;
    const std::string large = long_text(500'000);
    for (int i = 0; i < 12; ++i) office.commit(i % 2 == 0 ? "lead.created" : "lead.updated", {}, large);
    const auto listed = [&](const char* query) {
        return sequences_in(nlohmann::json::parse(told(office, "/api/v1/events", query).body).at("events"));
    };
    using Sequences = std::vector<std::uint64_t>;
    CHECK(listed("newest=1&limit=5") == Sequences{8, 9, 10, 11, 12});
    CHECK(listed("before=8&limit=5") == Sequences{3, 4, 5, 6, 7});
    CHECK(listed("before=3&limit=5") == Sequences{1, 2});
    CHECK(listed("newest=1&limit=3&type=lead.created") == Sequences{7, 9, 11});
    CHECK(listed("after=9&newest=1&limit=5") == Sequences{10, 11, 12});
    CHECK(listed("after=12").empty());
    CHECK(listed("before=1").empty());
}

TEST_CASE("a list reads each large event once, and a list of the newest events at most twice", "[admin]") {
    test::Office office;
    constexpr std::uint64_t large = 1'000'000;
    for (int i = 0; i < 12; ++i) office.commit("lead.created", {}, long_text(large));
    const auto reads = [&](const char* query) {
        // The desk's thread has its name by now, and its connection is open.
        (void)office.get("/api/v1/sinks");
        const auto desk = files_of_thread("admin-desk");
        const std::uint64_t before = read_bytes_of(desk);
        const auto list = nlohmann::json::parse(told(office, "/api/v1/events", query).body).at("events");
        CHECK(list.size() == 5);
        return read_bytes_of(desk) - before;
    };
    constexpr std::uint64_t pages = 200'000;  // pages of tables and indices
    CHECK(reads("limit=5") < 5 * large + pages);
    CHECK(reads("newest=1&limit=5") < 2 * 5 * large + pages);
}

TEST_CASE("dead letters of large events are complete, with those of all sinks for one event together",
          "[admin]") {
    test::Office office;
    const std::string large = long_text(300'000);
    for (int i = 0; i < 5; ++i) {
        const auto sequence = office.commit("lead.created", office.to_both(), large);
        office.give_up(office.crm, sequence);
        office.give_up(office.archive, sequence);
    }
    const Told list = told(office, "/api/v1/dead", "limit=3");
    CHECK(list.longest <= admin::window_bytes);
    const auto dead = nlohmann::json::parse(list.body).at("dead");
    CHECK(sequences_in(dead) == std::vector<std::uint64_t>{1, 1, 2, 2});
    CHECK(dead[3].at("sink") == "archive");
    CHECK(dead[3].at("event").at("data").dump() == large);
    const auto newest =
        nlohmann::json::parse(told(office, "/api/v1/dead", "newest=1&limit=3").body).at("dead");
    CHECK(sequences_in(newest) == std::vector<std::uint64_t>{4, 4, 5, 5});
    CHECK(nlohmann::json::parse(told(office, "/api/v1/dead/archive/2").body) == dead[3]);
}

TEST_CASE("an event and a kept refused request are written in pieces, too", "[admin]") {
    test::Office office;
    const std::string large = long_text(1'000'000);
    office.commit("lead.created", office.to_crm(), large);
    office.reject("192.0.2.1", "POST / HTTP/1.1\r\n\r\n" + std::string(1'000'000, 'r'));
    const Told event = told(office, "/api/v1/events/1");
    CHECK(event.longest <= admin::window_bytes);
    CHECK(nlohmann::json::parse(event.body).at("event").at("data").dump() == large);
    CHECK(nlohmann::json::parse(event.body).at("sinks")[0].at("state") == "waiting");
    const Told rejection = told(office, "/api/v1/rejections/1");
    CHECK(rejection.longest <= admin::window_bytes);
    CHECK(nlohmann::json::parse(rejection.body).at("request_base64").get<std::string>().size() > 1'333'333);
}

TEST_CASE("an answer that fits into a window has a Content-Length", "[admin]") {
    test::Office office;
    office.commit("lead.created");
    const Reply reply = office.get("/api/v1/events");
    CHECK(reply.stream == nullptr);
    CHECK(nlohmann::json::parse(reply.body).at("events").size() == 1);
}

TEST_CASE("an answer in the middle of an event that is erased is cut without a proper end", "[admin]") {
    test::Office office;
    office.commit("lead.created", {}, R"({"email":"ann@example.org","text":)" + long_text(1'000'000) + "}");
    const Reply reply = office.get("/api/v1/events");
    REQUIRE(reply.stream != nullptr);
    CHECK(test::await(reply.stream->next()).has_value());
    CHECK(office.posted("/api/v1/erase", {{"email", "ann@example.org"}}).at("events") == 1);
    CHECK_THROWS_AS(test::await(reply.stream->next()), std::runtime_error);
}

}  // namespace chathook
