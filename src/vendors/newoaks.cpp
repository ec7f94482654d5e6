#include "vendors/newoaks.hpp"

#include "normalize/reading.hpp"
#include "normalize/vendor_time.hpp"
#include "vendors/sample_texts.hpp"
#include "vendors/scheme_vendor.hpp"

namespace chathook::vendors {
namespace {

constexpr Sample newoaks_samples[] = {
    {"Lead", "lead.created", samples::newoaks_lead},
    {"Appointment", "appointment.created", samples::newoaks_appointment},
};

class Newoaks final : public SchemeVendor {
public:
    // The vendor's page signs t + '.' + JSON.stringify(req.body), which is the raw body if the sender prints
    // as V8 does.
    explicit Newoaks(const VendorSettings& settings)
        : SchemeVendor(newoaks_facts,
                       {.shape = verify::HeaderShape::pairs, .body = verify::BodyForm::raw_or_stringified},
                       settings) {}

    // Conversation webhooks have the same signature and undocumented fields: they stay unrecognized.
    Normalized normalize(const Verified& verified) const override {
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
        normalized.subject = normalize::either(normalized.conversation.id, normalized.bot.id);
        return normalized;
    }

    // Newoaks reads the answer: it treats any other body as a failure and sends the webhook again.
    Reply accepted() const override { return json_reply(200, success_body); }
    Reply refused() const override { return json_reply(401, refused_body); }
};

}  // namespace

constinit const VendorFacts newoaks_facts{
    .name = "newoaks",
    .title = "Newoaks AI",
    .signature_header = "X-Webhook-Signature",
    .algorithm = "HMAC-SHA256",
    .encoding = "hex",
    .signed_text = "t + \".\" + raw body, else t + \".\" + its JSON.stringify form",
    .signs_stringified = true,
    .signs_time = true,
    .samples = newoaks_samples,
};

std::unique_ptr<Vendor> make_newoaks(VendorSettings settings) { return std::make_unique<Newoaks>(settings); }

}  // namespace chathook::vendors
