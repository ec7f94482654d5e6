// Answers in JSON. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include <chathook/reply.hpp>

namespace chathook::admin {

// What others wrote may be no UTF-8; it is replaced.
inline std::string as_text(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// `object` with one more member, whose value is JSON already: an event is answered as it was written.
inline std::string with_member(const nlohmann::ordered_json& object, std::string_view name,
                               std::string_view value) {
    std::string text = as_text(object);
    text.back() = object.empty() ? ' ' : ',';
    return text.append("\"").append(name).append("\":").append(value).append("}");
}

inline Reply answer(const nlohmann::ordered_json& json) { return {.body = as_text(json)}; }

inline Reply problem(unsigned status, const std::string& message) {
    Reply reply = answer({{"error", message}});
    reply.status = status;
    return reply;
}

inline Reply unreadable() { return problem(503, "the journal cannot be read now; see /readyz and the log"); }

}  // namespace chathook::admin
