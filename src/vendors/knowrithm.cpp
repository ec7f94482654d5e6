#include "vendors/knowrithm.hpp"

#include <algorithm>
#include <iterator>

#include "normalize/reading.hpp"
#include "normalize/vendor_time.hpp"
#include "vendors/answers.hpp"
#include "vendors/sample_texts.hpp"

namespace chathook::vendors {
namespace {

// The vendor's pages have named different events over time; this is all of them, with their normalized types.
constexpr Sample knowrithm_events[] = {
    {"lead.created", "lead.created", samples::knowrithm_lead_created},
    {"lead.registered", "lead.created", samples::knowrithm_lead_registered},
    {"lead.updated", "lead.updated", samples::knowrithm_lead_updated},
    {"lead.status.updated", "lead.updated", samples::knowrithm_lead_status_updated},
    {"message.received", "message.received", samples::knowrithm_message_received},
    {"message.sent", "message.sent", samples::knowrithm_message_sent},
    {"conversation.started", "conversation.started", samples::knowrithm_conversation_started},
    {"conversation.ended", "conversation.ended", samples::knowrithm_conversation_ended},
    {"agent.created", "agent.created", samples::knowrithm_agent_created},
    {"agent.updated", "agent.updated", samples::knowrithm_agent_updated},
    {"document.processed", "document.processed", samples::knowrithm_document_processed},
};

void read_lead(Json data, Normalized& normalized) {
    normalized.contact.name = data["name"].text();
    normalized.contact.first_name = data["first_name"].text();
    normalized.contact.last_name = data["last_name"].text();
    normalized.contact.email = data["email"].text();
    normalized.contact.phone = data["phone"].id();
    normalized.lead.id = normalize::first_id(data, {"lead_id", "id"});
    normalized.lead.status = data["status"].text();
    normalized.lead.source = data["source"].text();
    normalized.lead.company_id = data["company_id"].id();
    normalized.lead.note = data["notes"].text();
    normalized.subject = normalized.lead.id;
}

void read_conversation(Json data, Normalized& normalized) {
    normalized.conversation.id = normalize::first_id(data, {"conversation_id", "id"});
    normalized.conversation.rating = normalize::number_text(data["rating"]);
    normalized.lead.id = data["lead_id"].id();
    normalized.agent.id = data["agent_id"].id();
    normalized.subject = normalized.conversation.id;
}

// No page shows the data of a message event: the REST API calls a message's text "content", in a later
// edition "message"; "text" is a guess.
void read_message(Json data, std::string_view role, Normalized& normalized) {
    normalized.conversation.id = data["conversation_id"].id();
    normalized.conversation.messages = {
        {role, normalize::first_text(data, {"content", "message", "text"}), {}}};
    normalized.lead.id = data["lead_id"].id();
    normalized.agent.id = data["agent_id"].id();
    normalized.subject = normalize::either(normalized.conversation.id, normalized.agent.id);
}

void read_agent(Json data, Normalized& normalized) {
    normalized.agent.id = normalize::first_id(data, {"agent_id", "id"});
    normalized.agent.name = data["name"].text();
    normalized.subject = normalized.agent.id;
}

void read_document(Json data, Normalized& normalized) {
    normalized.document.id = normalize::first_id(data, {"document_id", "id"});
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

constexpr std::string_view knowrithm_time[] = {"timestamp"};

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
    const auto* const known = std::ranges::find(knowrithm_events, normalized.vendor_type, &Sample::name);
    if (known == std::end(knowrithm_events)) return normalized;
    normalized.type = known->type;
    read_data(body["data"], normalized);
    return normalized;
}

}  // namespace

// One page shows a `signature` inside the body. It cannot be the MAC of that body, so it is never read.
constinit const VendorDefinition knowrithm{
    .name = "knowrithm",
    .title = "Knowrithm",
    .rules = {.header = "X-Knowrithm-Signature",
              .prefix = "sha256=",
              .time = {.in = verify::TimeRules::In::body, .path = knowrithm_time}},
    .samples = knowrithm_events,
    .normalize = read_knowrithm,
    .accepted = success,
    .refused = invalid_signature(403),
};

}  // namespace chathook::vendors
