#include "mapping/former_readers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

#include "normalize/reading.hpp"
#include "normalize/vendor_time.hpp"

namespace chathook::test {
namespace {

// The first non-empty text among several members, for vendors whose pages use different names for one field.
std::string_view first_text(Json object, std::initializer_list<std::string_view> keys) noexcept {
    for (const std::string_view key : keys) {
        if (const std::string_view text = object[key].text(); !text.empty()) return text;
    }
    return {};
}

// Like first_text(), for identifiers, which may be numbers.
std::string_view first_id(Json object, std::initializer_list<std::string_view> keys) noexcept {
    for (const std::string_view key : keys) {
        if (const std::string_view id = object[key].id(); !id.empty()) return id;
    }
    return {};
}

// The first text, or the second if the first is empty.
std::string_view either(std::string_view first, std::string_view second) noexcept {
    return first.empty() ? second : first;
}

// support.lynn.chat/webhooks names "human" and "lynn". A third party in the conversation can only be staff.
std::string_view role_of(std::string_view sender) {
    if (sender == "human") return "user";
    if (sender == "lynn") return "bot";
    if (sender == "system") return "system";
    return "agent";
}

// Skips messages without content, which must not take memory: a body may contain half a million of them.
void read_messages(Json list, std::vector<Message>& messages) {
    std::size_t objects = 0;
    for (Json message = list.first(); message; message = message.next()) objects += message.is_object();
    messages.reserve(objects);
    for (Json message = list.first(); message; message = message.next()) {
        const std::string_view text = message["text"].text();
        const Json resources = message["resources"];
        if (text.empty() && !resources) continue;
        messages.push_back({role_of(message["senderRole"].text()), text, resources});
    }
}

// The body does not name an event: there is only one, recognised by its shape.
Normalized read_lynn(const Verified& verified) {
    const Json body = verified.json();
    const Json conversation_id = body["conversationId"];
    const Json messages = body["messages"];
    Normalized normalized;
    if (conversation_id.text().empty() && !messages.is_array()) return normalized;
    normalized.type = "handover.requested";
    normalized.vendor_type = "handover";
    normalized.time = normalize::vendor_time(body["updatedAt"]);
    if (!normalized.time) normalized.time = normalize::vendor_time(body["createdAt"]);
    normalized.subject = conversation_id.id();
    normalized.contact.email = body["contactEmail"].text();
    normalized.conversation.id = conversation_id.id();
    read_messages(messages, normalized.conversation.messages);
    normalized.workspace.id = body["workspaceId"].id();
    normalized.widget.id = body["widgetId"].id();
    normalized.handover.channel = "webhook";
    return normalized;
}

Normalized read_chatbase(const Verified& verified) {
    const Json body = verified.json();
    Normalized normalized;
    normalized.vendor_type = body["eventType"].text();
    if (normalized.vendor_type != "leads.submit") return normalized;
    const Json payload = body["payload"];
    normalized.type = "lead.created";
    normalized.contact.name = payload["customerName"].text();
    normalized.contact.email = payload["customerEmail"].text();
    normalized.contact.phone = payload["customerPhone"].id();
    normalized.conversation.id = payload["conversationId"].id();
    normalized.bot.id = body["chatbotId"].id();
    normalized.subject = either(normalized.conversation.id, normalized.bot.id);
    return normalized;
}

// Conversation webhooks have the same signature and undocumented fields: they stay unrecognized.
Normalized read_newoaks(const Verified& verified) {
    const Json body = verified.json();
    Normalized normalized;
    normalized.vendor_type = body["Type"].text();
    normalized.time = normalize::vendor_time(body["CreateTime"]);
    if (normalized.vendor_type == "Lead") {
        normalized.type = "lead.created";
        normalized.lead.note = body["Content"].text();
        normalized.lead.source_url = body["URI"].text();
    } else if (normalized.vendor_type == "Appointment") {
        normalized.type = "appointment.created";
        normalized.appointment.note = body["Content"].text();
        normalized.appointment.source_url = body["URI"].text();
    } else {
        return normalized;
    }
    normalized.contact.first_name = body["FirstName"].text();
    normalized.contact.last_name = body["LastName"].text();
    normalized.contact.email = body["Email"].text();
    normalized.contact.phone = body["PhoneNumber"].id();
    normalized.conversation.id = body["SessionID"].id();
    normalized.bot.id = body["SerialNumber"].id();
    normalized.subject = either(normalized.conversation.id, normalized.bot.id);
    return normalized;
}

// The vendor's pages have named different events over time; this is all of them, with their normalized types.
constexpr std::pair<std::string_view, std::string_view> knowrithm_events[] = {
    {"lead.created", "lead.created"},
    {"lead.registered", "lead.created"},
    {"lead.updated", "lead.updated"},
    {"lead.status.updated", "lead.updated"},
    {"message.received", "message.received"},
    {"message.sent", "message.sent"},
    {"conversation.started", "conversation.started"},
    {"conversation.ended", "conversation.ended"},
    {"agent.created", "agent.created"},
    {"agent.updated", "agent.updated"},
    {"document.processed", "document.processed"},
};

void read_lead(Json data, Normalized& normalized) {
    normalized.contact.name = data["name"].text();
    normalized.contact.first_name = data["first_name"].text();
    normalized.contact.last_name = data["last_name"].text();
    normalized.contact.email = data["email"].text();
    normalized.contact.phone = data["phone"].id();
    normalized.lead.id = first_id(data, {"lead_id", "id"});
    normalized.lead.status = data["status"].text();
    normalized.lead.source = data["source"].text();
    normalized.lead.company_id = data["company_id"].id();
    normalized.lead.note = data["notes"].text();
    normalized.subject = normalized.lead.id;
}

void read_conversation(Json data, Normalized& normalized) {
    normalized.conversation.id = first_id(data, {"conversation_id", "id"});
    normalized.conversation.rating = normalize::number_text(data["rating"]);
    normalized.lead.id = data["lead_id"].id();
    normalized.agent.id = data["agent_id"].id();
    normalized.subject = normalized.conversation.id;
}

// No page shows the data of a message event: the REST API calls a message's text "content", in a later
// edition "message"; "text" is a guess.
void read_message(Json data, std::string_view role, Normalized& normalized) {
    normalized.conversation.id = data["conversation_id"].id();
    normalized.conversation.messages = {{role, first_text(data, {"content", "message", "text"}), {}}};
    normalized.lead.id = data["lead_id"].id();
    normalized.agent.id = data["agent_id"].id();
    normalized.subject = either(normalized.conversation.id, normalized.agent.id);
}

void read_agent(Json data, Normalized& normalized) {
    normalized.agent.id = first_id(data, {"agent_id", "id"});
    normalized.agent.name = data["name"].text();
    normalized.subject = normalized.agent.id;
}

void read_document(Json data, Normalized& normalized) {
    normalized.document.id = first_id(data, {"document_id", "id"});
    normalized.agent.id = data["agent_id"].id();
    normalized.subject = normalized.document.id;
}

void read_data(Json data, Normalized& normalized) {
    if (normalized.type.starts_with("lead.")) read_lead(data, normalized);
    if (normalized.type.starts_with("conversation.")) read_conversation(data, normalized);
    if (normalized.type == "message.received") read_message(data, "user", normalized);
    if (normalized.type == "message.sent") read_message(data, "bot", normalized);
    if (normalized.type.starts_with("agent.")) read_agent(data, normalized);
    if (normalized.type == "document.processed") read_document(data, normalized);
}

// A repeated delivery increments `attempt`, so the whole body cannot be the identity. If one of the three
// fields is missing it must be, because two different events must never count as one.
void identify(Json body, Normalized& normalized) {
    const bool complete = !normalized.vendor_type.empty() && !body["timestamp"].id().empty() && body["data"];
    if (!complete) return;
    normalized.identity = {body["event"].source(), body["timestamp"].source(), body["data"].source()};
}

Normalized read_knowrithm(const Verified& verified) {
    const Json body = verified.json();
    Normalized normalized;
    normalized.vendor_type = body["event"].text();
    normalized.time = normalize::vendor_time(body["timestamp"]);
    identify(body, normalized);
    const auto* const known = std::ranges::find(knowrithm_events, normalized.vendor_type,
                                                &std::pair<std::string_view, std::string_view>::first);
    if (known == std::end(knowrithm_events)) return normalized;
    normalized.type = known->second;
    read_data(body["data"], normalized);
    return normalized;
}

// "LOW", "MEDIUM" and "HIGH" in lower case; empty for any other word.
std::string_view priority_of(std::string_view text) {
    constexpr std::array<std::string_view, 3> known{"low", "medium", "high"};
    const auto same = [](char left, char right) {
        return std::tolower(static_cast<unsigned char>(left)) == right;
    };
    const auto* const found = std::ranges::find_if(
        known, [&](std::string_view word) { return std::ranges::equal(text, word, same); });
    return found == known.end() ? std::string_view{} : *found;
}

Normalized read_wonderchat(const Verified& verified) {
    const Json body = verified.json();
    const Json data = body["data"];
    Normalized normalized;
    normalized.vendor_type = body["event"].text();
    normalized.time = normalize::vendor_time(body["timestamp"]);
    if (normalized.vendor_type == "USER_MESSAGE_SENT") {
        normalized.type = "message.received";
        normalized.conversation.messages = {{"user", data["userMessage"].text(), {}},
                                            {"bot", data["chatbotResponse"].text(), {}}};
    } else if (normalized.vendor_type == "LIVE_CHAT_INITIATED") {
        normalized.type = "handover.requested";
        normalized.handover.channel = "live_chat";
        normalized.handover.message = data["userMessage"].text();
    } else if (normalized.vendor_type == "HUMAN_HANDOVER") {
        normalized.type = "handover.requested";
        normalized.handover.channel = "email";
        normalized.handover.priority = priority_of(data["priority"].text());
        normalized.handover.support_email = data["supportEmail"].text();
        normalized.handover.message = data["userMessage"].text();
    } else {
        return normalized;
    }
    normalized.contact.name = data["name"].text();
    normalized.contact.email = data["email"].text();
    normalized.contact.phone = data["phoneNumber"].id();
    normalized.conversation.id = data["chatlogId"].id();
    normalized.bot.id = data["chatbotId"].id();
    normalized.bot.name = data["chatbotName"].text();
    normalized.subject = either(normalized.conversation.id, normalized.bot.id);
    return normalized;
}

}  // namespace

Normalized former_reading(std::string_view vendor, const Verified& verified) {
    if (vendor == "lynn") return read_lynn(verified);
    if (vendor == "chatbase") return read_chatbase(verified);
    if (vendor == "newoaks") return read_newoaks(verified);
    if (vendor == "knowrithm") return read_knowrithm(verified);
    return read_wonderchat(verified);
}

}  // namespace chathook::test
