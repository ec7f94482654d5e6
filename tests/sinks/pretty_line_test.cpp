#include "sinks/pretty_line.hpp"

#include <catch2/catch.hpp>

using chathook::sinks::pretty_line;

namespace {

std::string event(const std::string& type, const std::string& data) {
    return R"({"specversion":"1.0","type":")" + type +
           R"(","time":"2023-11-23T07:48:59.4Z","vendor":"lynn","vendortype":"handover",)"
           R"("sourcename":"lynn-support","receivedtime":"2026-11-21T20:00:01.123456Z","data":)" +
           data + "}";
}

std::string line(const std::string& data) { return pretty_line(event("handover.requested", data), {}); }

// The line without time, type and origin.
std::string who_and_what(const std::string& data) {
    const std::string text = line(data);
    const std::string head = "20:00:01  handover.requested    lynn/lynn-support       ";
    CHECK(text.substr(0, head.size()) == head);
    return text.size() < head.size() + 2 ? "" : text.substr(head.size() + 2);
}

}  // namespace

TEST_CASE("a line has time, type, vendor, source, contact and message") {
    CHECK(line(R"({"contact":{"name":"Ada","email":"ada@example.com","phone":"+1 23"},
                   "conversation":{"id":"c1","messages":[{"role":"user","text":"Hello"},
                   {"role":"user","text":"A person, please"},{"role":"bot","text":"One moment"}]}})") ==
          "20:00:01  handover.requested    lynn/lynn-support         Ada <ada@example.com> +1 23  "
          "\"A person, please\"");
}

TEST_CASE("a missing part leaves no gap") {
    struct Row {
        std::string data;
        std::string text;
    };
    for (const Row& row : {
             Row{R"({"contact":{"first_name":"Ada","last_name":"Lovelace"}})", "Ada Lovelace  handover"},
             Row{R"({"contact":{"last_name":"Lovelace"}})", "Lovelace  handover"},
             Row{R"({"contact":{"email":"a@b.c"},"lead":{"note":"wants a call"}})",
                 "a@b.c  \"wants a call\""},
             Row{R"({"contact":{"phone":"+123"},"appointment":{"note":"Monday"}})", "+123  \"Monday\""},
             Row{R"({"handover":{"message":"urgent"}})", "\"urgent\""},
             Row{R"({"conversation":{"messages":[{"role":"bot","text":"Hi"}]}})", "\"Hi\""},
             Row{R"({"lead":{"id":"7","status":"won"}})", "status won"},
             Row{R"({"agent":{"id":"9","name":"Helper"}})", "Helper"},
             Row{R"({"document":{"id":"d1"}})", "document d1"},
             Row{R"({"conversation":{"id":"c1"}})", "conversation c1"},
             Row{"{}", "handover"},
         }) {
        CAPTURE(row.data);
        CHECK(who_and_what(row.data) == row.text);
    }
}

TEST_CASE("a message of several lines becomes one line and a long one is cut between characters") {
    CHECK(who_and_what(R"({"lead":{"note":"  one\r\n\ttwo  three "}})") == "\"one two three\"");
    std::string hearts;
    std::string cut;
    for (int count = 0; count < 150; ++count) {
        hearts += "♥";
        if (count < 100) cut += "♥";
    }
    CHECK(who_and_what(R"({"lead":{"note":")" + hearts + "\"}}") == "\"" + cut + "…\"");
}

TEST_CASE("nothing a sender wrote can start a line, move the cursor or change the direction of text") {
    const std::string hostile = R"(a\u001b[2Jb\u0000c\u0085d\u202ee\nf\ud800g)";
    const std::string text = line(R"({"contact":{"name":")" + hostile + R"(","email":")" + hostile +
                                  R"("},"lead":{"note":")" + hostile + "\"}}");
    CAPTURE(text);
    for (const char byte : text) CHECK(static_cast<unsigned char>(byte) >= 0x20);
    CHECK(text.find("\xc2\x85") == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK(text.find("a?[2Jb?c?d?e") != std::string::npos);
}

TEST_CASE("the colour depends on the family of the type, and is used only on request") {
    const auto coloured = [](const std::string& type) {
        return pretty_line(event(type, "{}"), {.colour = true});
    };
    CHECK(coloured("handover.requested").find("\x1b[1;31mhandover.requested") != std::string::npos);
    CHECK(coloured("lead.created").find("\x1b[32mlead.created") != std::string::npos);
    CHECK(coloured("something.new").find("\x1b[34msomething.new") != std::string::npos);
    CHECK(line("{}").find('\x1b') == std::string::npos);
}

TEST_CASE(
    "the original may be anything that JSON.parse accepts, at any depth, and does not disturb the line") {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const std::string text =
        line(R"({"lead":{"note":"x"},"original":{"a":1e400,"b":"\ud800","a":2,"c":)" + deep + "}}");
    CHECK(text.ends_with("\"x\""));
}

TEST_CASE("text that is not an event gives a line that says so") {
    for (const std::string text : {"", "nonsense", "[]", "\x1b[2J"}) {
        CAPTURE(text);
        CHECK(pretty_line(text, {}) == "--:--:--  (an event that cannot be read)");
    }
    CHECK(pretty_line("{}", {}).starts_with("--:--:--"));
}
