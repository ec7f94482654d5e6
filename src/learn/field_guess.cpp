#include "learn/field_guess.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include "learn/type_guess.hpp"
#include "support/ascii.hpp"
#include "support/clock.hpp"
#include "verify/timestamp.hpp"

namespace chathook::learn {
namespace {

using Words = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view text, Words words) { return std::ranges::find(words, text) != words.end(); }

bool ends_in_one_of(std::string_view text, Words words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return text.ends_with(word); });
}

bool is_person(std::string_view owner) {
    return ends_in_one_of(
        owner, {"contact", "visitor", "user", "customer", "lead", "person", "requester", "sender", "client",
                "invitee", "attendee", "subscriber", "profile", "from"});
}

bool is_staff(std::string_view owner) {
    return ends_in_one_of(owner, {"agent", "operator", "assignee", "teammate", "owner", "admin"});
}

bool is_conversation(std::string_view owner) {
    return ends_in_one_of(owner, {"conversation", "chat", "session", "thread", "call"});
}

std::string_view person_field(std::string_view key, std::string_view owner, std::string_view text) {
    if (is_staff(owner) || is_staff(key)) return {};
    if ((key.find("email") != key.npos || key == "mail") && text.find('@') != text.npos)
        return "contact.email";
    if (is_one_of(key, {"tel", "mobile", "msisdn"}) || key.find("phone") != key.npos) return "contact.phone";
    if (ends_in_one_of(key, {"firstname", "givenname"})) return "contact.first_name";
    if (ends_in_one_of(key, {"lastname", "surname", "familyname"})) return "contact.last_name";
    if (is_one_of(key, {"fullname", "visitorname", "customername", "contactname", "username", "leadname"}))
        return "contact.name";
    return is_one_of(key, {"name", "displayname"}) && is_person(owner) ? "contact.name" : std::string_view();
}

std::string_view id_field(std::string_view key, std::string_view owner) {
    const bool is_id = is_one_of(key, {"id", "uuid", "uid"});
    if (is_one_of(key, {"conversationid", "chatid", "sessionid", "threadid", "callid"}) ||
        (is_id && is_conversation(owner)) || is_conversation(key)) {
        return "conversation.id";
    }
    if (is_one_of(key, {"botid", "chatbotid"}) || (is_id && ends_in_one_of(owner, {"bot"}))) return "bot.id";
    if (is_one_of(key, {"name", "title"}) && ends_in_one_of(owner, {"bot"})) return "bot.name";
    if (is_one_of(key, {"agentid", "operatorid"}) || (is_id && is_staff(owner))) return "agent.id";
    if (is_one_of(key, {"name", "fullname"}) && is_staff(owner)) return "agent.name";
    if (key == "ticketid" || (is_id && owner.ends_with("ticket"))) return "ticket.id";
    if (key == "leadid" || (is_id && owner.ends_with("lead"))) return "lead.id";
    if (is_one_of(key, {"appointmentid", "bookingid"}) ||
        (is_id && ends_in_one_of(owner, {"appointment", "booking", "meeting"}))) {
        return "appointment.id";
    }
    return {};
}

std::string_view field_of_type(std::string_view key, std::string_view owner, std::string_view text,
                               std::string_view type) {
    if (type.starts_with("appointment.")) {
        const bool is_time = parse_rfc3339(text).has_value();
        if (is_time && is_one_of(key, {"start", "starts", "startsat", "starttime", "from"}))
            return "appointment.starts";
        if (is_time && is_one_of(key, {"end", "ends", "endsat", "endtime", "to", "until"}))
            return "appointment.ends";
        if (is_one_of(key, {"note", "notes"})) return "appointment.note";
    }
    if (type == "handover.requested" && is_one_of(key, {"reason", "why", "note", "message", "summary"}))
        return "handover.message";
    if (type.starts_with("lead.") && is_one_of(key, {"note", "notes", "message", "comment"}))
        return "lead.note";
    if (type == "ticket.created" && is_one_of(key, {"subject", "title"})) return "ticket.title";
    if (type.starts_with("message.") && is_one_of(key, {"text", "message", "content", "body"}) &&
        !is_person(owner)) {
        return "messages.text";
    }
    return {};
}

}  // namespace

std::string_view field_of(const Leaf& leaf, std::string_view type) {
    const std::string key = folded_key(leaf.key), owner = folded_key(leaf.owner);
    const std::string_view text = leaf.value.id();
    if (text.empty()) return {};
    for (const std::string_view field :
         {person_field(key, owner, text), id_field(key, owner), field_of_type(key, owner, text, type)}) {
        const bool takes_numbers = field == "contact.phone" || field.ends_with(".id");
        if (!field.empty() && (takes_numbers || leaf.value.kind() == Json::Kind::string)) return field;
    }
    return {};
}

unsigned word_rank(const Leaf& leaf) {
    constexpr std::array<std::string_view, 14> keys{
        "eventtype", "eventname", "event", "triggerevent", "eventfqn", "type",   "topic",
        "action",    "kind",      "what",  "hook",         "trigger",  "status", "state"};
    const std::string_view word = leaf.value.text();
    const auto is_letter = [](char c) {
        constexpr std::string_view marks = "_-.:/";
        return is_alphanumeric(c) || marks.find(c) != marks.npos;
    };
    if (word.empty() || word.size() > 64 || !std::ranges::all_of(word, is_letter)) return 0;
    const auto* const found = std::ranges::find(keys, std::string_view(folded_key(leaf.key)));
    return found == keys.end() ? 0 : static_cast<unsigned>(keys.end() - found);
}

bool is_event_time(const Leaf& leaf) {
    const std::string key = folded_key(leaf.key);
    const bool named = is_one_of(key, {"time", "date", "at", "ts", "when"}) || key.ends_with("timestamp") ||
                       ends_in_one_of(key, {"createdat", "occurredat", "sentat", "eventtime", "firedat"});
    const std::string_view text = leaf.value.id();
    return named && (parse_rfc3339(text) || (text.size() >= 10 && verify::parse_timestamp(text)));
}

}  // namespace chathook::learn
