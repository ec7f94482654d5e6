#include "vendors/chatbase.hpp"

#include "normalize/reading.hpp"
#include "vendors/sample_texts.hpp"
#include "vendors/scheme_vendor.hpp"

namespace chathook::vendors {
namespace {

constexpr Sample chatbase_samples[] = {{"leads.submit", "lead.created", samples::chatbase_leads_submit}};

class Chatbase final : public SchemeVendor {
public:
    // The vendor's page has two samples: the Next.js one signs the raw body, the Node.js one
    // JSON.stringify(req.body).
    explicit Chatbase(const VendorSettings& settings)
        : SchemeVendor(chatbase_facts,
                       {.algorithm = verify::Algorithm::sha1, .body = verify::BodyForm::raw_or_stringified},
                       settings) {}

    Normalized normalize(const Verified& verified) const override {
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
        normalized.subject = normalize::either(normalized.conversation.id, normalized.bot.id);
        return normalized;
    }

    Reply accepted() const override { return text_reply(200, "OK"); }
    Reply refused() const override { return json_reply(400, R"({"message":"Signature didn't match"})"); }
};

}  // namespace

constinit const VendorFacts chatbase_facts{
    .name = "chatbase",
    .title = "Chatbase",
    .signature_header = "x-chatbase-signature",
    .algorithm = "HMAC-SHA1",
    .encoding = "hex",
    .signed_text = "raw body, else its JSON.stringify form",
    .signs_stringified = true,
    .samples = chatbase_samples,
};

std::unique_ptr<Vendor> make_chatbase(VendorSettings settings) {
    return std::make_unique<Chatbase>(settings);
}

}  // namespace chathook::vendors
