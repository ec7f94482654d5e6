#include "vendors/lynn.hpp"

#include <cstddef>
#include <vector>

#include "normalize/vendor_time.hpp"
#include "vendors/sample_texts.hpp"
#include "vendors/scheme_vendor.hpp"

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

class Lynn final : public SchemeVendor {
public:
    // The page does not say whether the MAC is written in hex or in base64.
    explicit Lynn(const VendorSettings& settings)
        : SchemeVendor(lynn_facts, {.encoding = verify::Encoding::hex_or_base64}, settings) {}

    // The body does not name an event: there is only one, recognised by its shape.
    Normalized normalize(const Verified& verified) const override {
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

    Reply accepted() const override { return json_reply(200, success_body); }
    Reply refused() const override { return json_reply(401, refused_body); }
};

}  // namespace

constinit const VendorFacts lynn_facts{
    .name = "lynn",
    .title = "Lynn",
    .signature_header = "x-lynn-hmac-sha256",
    .algorithm = "HMAC-SHA256",
    .encoding = "hex or base64",
    .signed_text = "raw body",
    .samples = lynn_samples,
};

std::unique_ptr<Vendor> make_lynn(VendorSettings settings) { return std::make_unique<Lynn>(settings); }

}  // namespace chathook::vendors
