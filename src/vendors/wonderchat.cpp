#include "vendors/wonderchat.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "normalize/reading.hpp"
#include "normalize/vendor_time.hpp"
#include "vendors/answers.hpp"
#include "vendors/sample_texts.hpp"

namespace chathook::vendors {
namespace {

constexpr Sample wonderchat_samples[] = {
    {"LIVE_CHAT_INITIATED", "handover.requested", samples::wonderchat_live_chat_initiated},
    {"USER_MESSAGE_SENT", "message.received", samples::wonderchat_user_message_sent},
    {"HUMAN_HANDOVER", "handover.requested", samples::wonderchat_human_handover},
};

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

constexpr std::string_view wonderchat_time[] = {"timestamp"};

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
    normalized.subject = normalize::either(normalized.conversation.id, normalized.bot.id);
    return normalized;
}

}  // namespace

// X-Wonderchat-Timestamp is not part of what is signed, so it proves nothing and is not read.
constinit const VendorDefinition wonderchat{
    .name = "wonderchat",
    .title = "Wonderchat",
    .rules = {.header = "X-Wonderchat-Signature",
              .body = verify::BodyForm::raw_or_stringified,
              .time = {.in = verify::TimeRules::In::body, .path = wonderchat_time}},
    .samples = wonderchat_samples,
    .normalize = read_wonderchat,
    .accepted = plain_ok,
    .refused = invalid_signature(401),
};

}  // namespace chathook::vendors
