#include "vendors/newoaks.hpp"

#include "normalize/reading.hpp"
#include "normalize/vendor_time.hpp"
#include "vendors/answers.hpp"
#include "vendors/sample_texts.hpp"

namespace chathook::vendors {
namespace {

constexpr Sample newoaks_samples[] = {
    {"Lead", "lead.created", samples::newoaks_lead},
    {"Appointment", "appointment.created", samples::newoaks_appointment},
};

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
    normalized.subject = normalize::either(normalized.conversation.id, normalized.bot.id);
    return normalized;
}

}  // namespace

// The vendor's page signs t + '.' + JSON.stringify(req.body), which is the raw body if the sender prints as
// V8 does. Newoaks reads the answer: it treats any other body as a failure and sends the webhook again.
constinit const VendorDefinition newoaks{
    .name = "newoaks",
    .title = "Newoaks AI",
    .rules = {.header = "X-Webhook-Signature",
              .shape = verify::HeaderShape::pairs,
              .signature_key = "v1",
              .text = verify::time_dot_body,
              .body = verify::BodyForm::raw_or_stringified,
              .time = {.in = verify::TimeRules::In::pair, .name = "t"}},
    .samples = newoaks_samples,
    .normalize = read_newoaks,
    .accepted = success,
    .refused = invalid_signature(401),
};

}  // namespace chathook::vendors
