#include "vendors/chatbase.hpp"

#include "normalize/reading.hpp"
#include "vendors/answers.hpp"
#include "vendors/sample_texts.hpp"

namespace chathook::vendors {
namespace {

constexpr Sample chatbase_samples[] = {{"leads.submit", "lead.created", samples::chatbase_leads_submit}};

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
    normalized.subject = normalize::either(normalized.conversation.id, normalized.bot.id);
    return normalized;
}

}  // namespace

// The vendor's page has two samples: the Next.js one signs the raw body, the Node.js one
// JSON.stringify(req.body).
constinit const VendorDefinition chatbase{
    .name = "chatbase",
    .title = "Chatbase",
    .rules = {.header = "x-chatbase-signature",
              .algorithm = verify::Algorithm::sha1,
              .body = verify::BodyForm::raw_or_stringified},
    .samples = chatbase_samples,
    .normalize = read_chatbase,
    .accepted = plain_ok,
    .refused = {.status = 400, .body = R"({"message":"Signature didn't match"})"},
};

}  // namespace chathook::vendors
