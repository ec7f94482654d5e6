// A vendor file proposed for an unknown vendor, and what it makes of requests that were kept. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/request.hpp>
#include <chathook/secret.hpp>
#include <chathook/time.hpp>

#include "learn/lesson.hpp"
#include "learn/search.hpp"
#include "yaml/problem.hpp"

namespace chathook::learn {

// What one kept request became.
struct Verdict {
    std::string refusal;     // the reason's code; empty: verified
    bool is_late = false;    // verified, but its time is too old, or ahead of the time of receipt
    std::string type;        // of its first event
    std::size_t events = 0;  // that it became
    bool mapped = false;     // some field was found in it
};

struct Proposal {
    Lesson lesson;
    std::string text;                     // the vendor file
    std::vector<yaml::Problem> problems;  // that reading it gives: a rule that would let a forger in, for one
    std::vector<Verdict> verdicts;        // one for each request, in order; empty if a problem is an error

    // Without an error and without an obstacle, and some request is verified.
    bool is_usable() const noexcept;
    std::size_t verified() const noexcept;
};

// The requests to learn from, newest first. All of one source; they may be forgeries.
struct Lessons {
    std::span<const Request> requests;
    std::span<const Secret> secrets;
    std::size_t public_from = 0;  // see Evidence
    std::string_view public_url;
    std::string_view title;  // of the vendor
    std::span<const std::string>
        origins{};  // of each request, for the file's first line: "refused request 17"
};

struct Outcome {
    std::vector<Proposal> proposals;   // the one that verifies the most requests first
    std::vector<std::string> remarks;  // why there is none
    std::size_t taught = 0;            // the request that the proposals come from
    bool complete = true;              // false: the search was ended
};

// Learns from the first request that gives a lesson, and tries the proposal with all of them. The limit of
// the search is one for all of them.
Outcome propose(const Lessons& lessons);

}  // namespace chathook::learn
