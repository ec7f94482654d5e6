#include "learn/type_guess.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "mapping/vocabulary.hpp"

namespace chathook::learn {

TEST_CASE("the type of an event is guessed from the vendor's word for it") {
    const std::pair<std::string_view, std::string_view> guesses[]{
        {"lead.captured", "lead.created"},
        {"CONTACT_UPDATED", "lead.updated"},
        {"form_response", "lead.created"},
        {"conversation.escalated", "handover.requested"},
        {"CONVERSATION_TRANSFERRED", "handover.requested"},
        {"agent_joined", "handover.accepted"},
        {"BOOKING_CREATED", "appointment.created"},
        {"booking.rescheduled", "appointment.updated"},
        {"invitee.canceled", "appointment.canceled"},
        {"ticket:create", "ticket.created"},
        {"chat:start", "conversation.started"},
        {"chatClosed", "conversation.ended"},
        {"chat.message", "message.received"},
        {"message_sent", "message.sent"},
        {"post_call_transcription", "transcript.created"},
        {"chat.transcript", "transcript.created"},
        {"invoice.paid", ""},
        {"ticket.updated", ""},
        {"lead_deleted", ""},
        {"appointment.deleted", "appointment.canceled"},
        {"appointment.reminder", ""},
        {"user.message.not_delivered", ""},
        {"conversation.reopened", ""},
        {"", ""},
    };
    for (const auto& [word, type] : guesses) {
        INFO(word);
        CHECK(type_of_word(word) == type);
        CHECK((type.empty() || std::ranges::find(mapping::types(), type) != mapping::types().end()));
    }
}

TEST_CASE("keys are compared without case, underscores and hyphens") {
    CHECK(folded_key("First_Name") == "firstname");
    CHECK(folded_key("first-name") == folded_key("firstName"));
}

}  // namespace chathook::learn
