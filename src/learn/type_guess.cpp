#include "learn/type_guess.hpp"

#include <algorithm>
#include <initializer_list>

#include "support/ascii.hpp"

namespace chathook::learn {
namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool is_change(std::string_view text) { return has_any(text, {"updat", "chang", "edit", "modif"}); }

std::string_view type_of_appointment(std::string_view text) {
    if (has_any(text, {"cancel", "delet", "declin", "reject"})) return "appointment.canceled";
    if (is_change(text) || has_any(text, {"reschedul", "moved"})) return "appointment.updated";
    return "appointment.created";
}

std::string_view type_of_conversation(std::string_view text) {
    if (has_any(text, {"messag", "repl"})) return "message.received";
    if (has_any(text, {"end", "clos", "resolv", "finish", "complet"})) return "conversation.ended";
    if (has_any(text, {"start", "creat", "open", "new", "begin", "began"})) return "conversation.started";
    return {};
}

}  // namespace

std::string folded_key(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '_' || c == '-' || c == ' ') continue;
        out += to_lower(c);
    }
    return out;
}

std::string_view type_of_word(std::string_view word) {
    const std::string text = folded_key(word);
    // The word says that it did not happen, was undone or will happen.
    if (has_any(text, {"not", "fail", "undeliver", "remov", "remind", "reopen", "unsubscrib", "bounce",
                       "spam", "expired"}))
        return {};
    const bool is_deletion = has_any(text, {"delet"});
    if (has_any(text, {"accepted", "assigned", "joined"}) && has_any(text, {"agent", "operator", "handover"}))
        return "handover.accepted";
    if (has_any(text, {"handover", "handoff", "escalat", "takeover", "human", "liveagent", "transfer"}))
        return "handover.requested";
    if (has_any(text, {"appointment", "booking", "meeting", "invitee", "schedul", "reservation"}))
        return type_of_appointment(text);
    if (is_deletion) return {};
    if (has_any(text, {"transcript"})) return "transcript.created";
    if (has_any(text, {"ticket"})) return is_change(text) ? std::string_view() : "ticket.created";
    if (has_any(text, {"lead", "contact", "form", "submission", "signup", "subscriber"})) {
        return is_change(text) ? "lead.updated" : "lead.created";
    }
    if (has_any(text, {"conversation", "chat", "session", "call"})) return type_of_conversation(text);
    if (!has_any(text, {"messag"})) return {};
    return has_any(text, {"sent", "outgoing", "outbound", "operator", "bot"}) ? "message.sent"
                                                                              : "message.received";
}

}  // namespace chathook::learn
