#include "mapping/vocabulary.hpp"

#include <algorithm>
#include <array>

namespace chathook::mapping {
namespace {

constexpr std::array<Word, 3> channels{"webhook", "live_chat", "email"};
constexpr std::array<Word, 3> priorities{"low", "medium", "high"};
constexpr std::array<Word, 4> all_roles{"user", "bot", "agent", "system"};
constexpr std::array<Word, 7> subjects{"conversation.id", "lead.id",  "appointment.id", "ticket.id",
                                       "document.id",     "agent.id", "bot.id"};

constexpr std::array<Word, 16> all_types{
    "handover.requested",  "handover.accepted",   "lead.created",         "lead.updated",
    "appointment.created", "appointment.updated", "appointment.canceled", "ticket.created",
    "message.received",    "message.sent",        "conversation.started", "conversation.ended",
    "transcript.created",  "agent.created",       "agent.updated",        "document.processed"};

// NAME is as in the event's data, MEMBER as in Normalized: they are the same but for dots.
#define CHATHOOK_TARGET(MEMBER, ...)                                                                     \
    Target {                                                                                             \
#MEMBER, [](Normalized &                                                                         \
                    normalized) noexcept -> std::string_view& { return normalized.MEMBER; }, __VA_ARGS__ \
    }

constexpr std::array all_targets{
    CHATHOOK_TARGET(contact.name, Kind::text),
    CHATHOOK_TARGET(contact.first_name, Kind::text),
    CHATHOOK_TARGET(contact.last_name, Kind::text),
    CHATHOOK_TARGET(contact.email, Kind::text),
    CHATHOOK_TARGET(contact.phone, Kind::id),
    CHATHOOK_TARGET(conversation.id, Kind::id),
    CHATHOOK_TARGET(conversation.rating, Kind::number),
    CHATHOOK_TARGET(bot.id, Kind::id),
    CHATHOOK_TARGET(bot.name, Kind::text),
    CHATHOOK_TARGET(agent.id, Kind::id),
    CHATHOOK_TARGET(agent.name, Kind::text),
    CHATHOOK_TARGET(workspace.id, Kind::id),
    CHATHOOK_TARGET(widget.id, Kind::id),
    CHATHOOK_TARGET(document.id, Kind::id),
    CHATHOOK_TARGET(handover.channel, Kind::text, channels),
    CHATHOOK_TARGET(handover.priority, Kind::text, priorities),
    CHATHOOK_TARGET(handover.support_email, Kind::text),
    CHATHOOK_TARGET(handover.message, Kind::text),
    CHATHOOK_TARGET(lead.id, Kind::id),
    CHATHOOK_TARGET(lead.status, Kind::text),
    CHATHOOK_TARGET(lead.source, Kind::text),
    CHATHOOK_TARGET(lead.company_id, Kind::id),
    CHATHOOK_TARGET(lead.note, Kind::text),
    CHATHOOK_TARGET(lead.source_url, Kind::text),
    CHATHOOK_TARGET(appointment.id, Kind::id),
    CHATHOOK_TARGET(appointment.status, Kind::text),
    CHATHOOK_TARGET(appointment.starts, Kind::text),
    CHATHOOK_TARGET(appointment.ends, Kind::text),
    CHATHOOK_TARGET(appointment.note, Kind::text),
    CHATHOOK_TARGET(appointment.source_url, Kind::text),
    CHATHOOK_TARGET(ticket.id, Kind::id),
    CHATHOOK_TARGET(ticket.status, Kind::text),
    CHATHOOK_TARGET(ticket.title, Kind::text),
    CHATHOOK_TARGET(ticket.note, Kind::text),
};
#undef CHATHOOK_TARGET

}  // namespace

std::span<const Target> targets() noexcept { return all_targets; }

const Target* find_target(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(all_targets, name, &Target::name);
    return found == all_targets.end() ? nullptr : found;
}

std::span<const Word> default_subject() noexcept { return subjects; }
std::span<const Word> types() noexcept { return all_types; }
std::span<const Word> roles() noexcept { return all_roles; }

}  // namespace chathook::mapping
