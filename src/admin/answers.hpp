// Answers in JSON. Pure; any thread.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include <chathook/reply.hpp>

namespace chathook::admin {

// Text from others may be invalid UTF-8; invalid bytes are replaced.
inline std::string as_text(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// How long a query for refused requests waits until the newest are recorded.
inline constexpr std::chrono::milliseconds recording_patience{500};

inline Reply answer(const nlohmann::ordered_json& json) { return {.body = as_text(json)}; }

inline Reply problem(unsigned status, const std::string& message) {
    Reply reply = answer({{"error", message}});
    reply.status = status;
    return reply;
}

inline Reply unreadable() { return problem(503, "the journal cannot be read now; see /readyz and the log"); }

}  // namespace chathook::admin
