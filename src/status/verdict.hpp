// Says of a report whether all is well, and if not, why not, in words for an operator. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "status/report.hpp"

namespace chathook::status {

struct Verdict {
    enum class State : std::uint8_t {
        ok,
        degraded,  // it takes webhooks, and somebody has to look at something
        down,      // it takes no webhooks
    };
    State state = State::ok;
    std::vector<std::string> reasons;  // the most urgent first; empty: ok
};

constexpr std::string_view name_of(Verdict::State state) noexcept {
    switch (state) {
        case Verdict::State::ok: return "ok";
        case Verdict::State::degraded: return "degraded";
        case Verdict::State::down: return "down";
    }
    return "unknown";
}

Verdict judge(const Report& report);

}  // namespace chathook::status
