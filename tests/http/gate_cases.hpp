// Helpers for gate tests: tables of heads, each named by what is wrong with it and by the section that says
// so. RFC numbers without a name are RFC 9112.
#pragma once

#include <catch2/catch.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/gate.hpp"

namespace chathook::http::test {

struct Case {
    const char* name;
    std::string bytes;
    unsigned status;  // 0: passes
    std::string_view reason;
};

struct Result {
    std::optional<Refusal> refusal;
    bool complete = false;
};

// Like a session: finds the end, then reads.
inline Result pass(const std::string& bytes, Head& head, const GateLimits& limits = {}) {
    HeadProgress progress;
    if (auto refusal = find_head_end(bytes, limits, progress)) return {refusal, false};
    if (progress.size == 0) return {std::nullopt, false};
    return {read_head(std::string_view(bytes).substr(0, progress.size), limits, head), true};
}

// A head of the given lines, each ended with CRLF, and the empty line.
inline std::string lines(std::initializer_list<std::string> all) {
    std::string head;
    for (const std::string& line : all) head += line + "\r\n";
    return head + "\r\n";
}

inline std::string post(std::initializer_list<std::string> fields) {
    std::string head = "POST /hook HTTP/1.1\r\nHost: a\r\n";
    for (const std::string& field : fields) head += field + "\r\n";
    return head + "\r\n";
}

inline std::string target(const std::string& text) {
    return lines({"POST " + text + " HTTP/1.1", "Host: a"});
}

inline void check_all(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        INFO(one.name);
        Head head;
        const Result result = pass(one.bytes, head);
        if (one.status == 0) {
            CHECK(result.complete);
            if (result.refusal) FAIL_CHECK("refused: " << result.refusal->reason);
            continue;
        }
        if (!result.refusal) {
            FAIL_CHECK("it passed");
            continue;
        }
        CHECK(result.refusal->status == one.status);
        CHECK(result.refusal->reason == one.reason);
    }
}

}  // namespace chathook::http::test
