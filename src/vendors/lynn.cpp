#include "vendors/lynn.hpp"

#include <cstddef>
#include <vector>

#include "normalize/vendor_time.hpp"
#include "vendors/answers.hpp"
#include "vendors/sample_texts.hpp"

namespace chathook::vendors {
namespace {

constexpr Sample lynn_samples[] = {{"handover", "handover.requested", samples::lynn_handover}};

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

}  // namespace

// The page does not say whether the MAC is written in hex or in base64.
constinit const VendorDefinition lynn{
    .name = "lynn",
    .title = "Lynn",
    .rules = {.header = "x-lynn-hmac-sha256", .encoding = verify::Encoding::hex_or_base64},
    .samples = lynn_samples,
    .normalize = read_lynn,
    .accepted = success,
    .refused = invalid_signature(401),
};

}  // namespace chathook::vendors
