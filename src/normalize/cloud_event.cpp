#include "normalize/cloud_event.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "normalize/json_text.hpp"
#include "normalize/original.hpp"
#include "support/clock.hpp"
#include "support/utf8.hpp"
#include "verify/digest.hpp"
#include "verify/encoding.hpp"

namespace chathook::normalize {
namespace {

using namespace std::chrono_literals;

constexpr Instant time_min = std::chrono::sys_days(1970y / 1 / 1);
constexpr Instant time_end = std::chrono::sys_days(10000y / 1 / 1);
constexpr std::string_view unrecognized = "unrecognized";

struct Member {
    std::string_view key;
    std::string_view text;
};

// "key":"text", with its comma; nothing for an empty text.
void append_member(std::string& out, const Member& member) {
    if (member.text.empty()) return;
    out += '"';
    out += member.key;
    out += "\":";
    append_json_string(out, member.text);
    out += ',';
}

// The same of a text from outside as an attribute; most are plain and need no second look.
void append_attribute(std::string& out, std::string_view key, std::string_view text) {
    if (plain_ascii(text) != text.size()) return append_member(out, {key, attribute_text(text)});
    if (!text.empty()) out.append("\"").append(key).append("\":\"").append(text).append("\",");
}

void open(std::string& out, std::string_view key, char bracket) {
    out += '"';
    out += key;
    out += "\":";
    out += bracket;
}

// Ends what open() began at `start`, comma included, or takes it back if nothing was put into it.
void close(std::string& out, std::size_t start, char bracket) {
    if (out.back() != ',') {
        out.resize(start);
        return;
    }
    out.back() = bracket;
    out += ',';
}

void append_group(std::string& out, std::string_view key, std::initializer_list<Member> members) {
    if (std::ranges::all_of(members, &std::string_view::empty, &Member::text)) return;
    open(out, key, '{');
    for (const Member& member : members) append_member(out, member);
    out.back() = '}';
    out += ',';
}

bool empty(Json value) noexcept {
    switch (value.kind()) {
        case Json::Kind::absent:
        case Json::Kind::null: return true;
        case Json::Kind::string: return value.text().empty();
        case Json::Kind::array:
        case Json::Kind::object: return value.size() == 0;
        case Json::Kind::boolean:
        case Json::Kind::number: return false;
    }
    return true;
}

void append_message(std::string& out, const Message& message) {
    if (message.text.empty() && empty(message.resources)) return;
    out += '{';
    append_member(out, {"role", message.role});
    append_member(out, {"text", message.text});
    if (!empty(message.resources)) {
        out += "\"resources\":";
        append_on_one_line(out, message.resources.source());
        out += ',';
    }
    out.back() = '}';
    out += ',';
}

void append_conversation(std::string& out, const Normalized& normalized) {
    const auto& conversation = normalized.conversation;
    const std::size_t start = out.size();
    open(out, "conversation", '{');
    append_member(out, {"id", conversation.id});
    const std::size_t messages = out.size();
    open(out, "messages", '[');
    for (const Message& message : conversation.messages) append_message(out, message);
    close(out, messages, ']');
    if (!conversation.rating.empty()) {
        out += "\"rating\":";
        out += conversation.rating;
        out += ',';
    }
    close(out, start, '}');
}

void append_neutral_fields(std::string& out, const Normalized& normalized) {
    append_group(out, "contact",
                 {{"name", normalized.contact.name},
                  {"first_name", normalized.contact.first_name},
                  {"last_name", normalized.contact.last_name},
                  {"email", normalized.contact.email},
                  {"phone", normalized.contact.phone}});
    append_conversation(out, normalized);
    append_group(out, "bot", {{"id", normalized.bot.id}, {"name", normalized.bot.name}});
    append_group(out, "workspace", {{"id", normalized.workspace.id}});
    append_group(out, "widget", {{"id", normalized.widget.id}});
    append_group(out, "handover",
                 {{"channel", normalized.handover.channel},
                  {"priority", normalized.handover.priority},
                  {"support_email", normalized.handover.support_email},
                  {"message", normalized.handover.message}});
    append_group(out, "lead",
                 {{"id", normalized.lead.id},
                  {"status", normalized.lead.status},
                  {"source", normalized.lead.source},
                  {"company_id", normalized.lead.company_id},
                  {"note", normalized.lead.note},
                  {"source_url", normalized.lead.source_url}});
    append_group(out, "appointment",
                 {{"note", normalized.appointment.note}, {"source_url", normalized.appointment.source_url}});
    append_group(out, "document", {{"id", normalized.document.id}});
    append_group(out, "agent", {{"id", normalized.agent.id}, {"name", normalized.agent.name}});
}

// Where a reader that takes the first of two values for a key sees something else than we did.
void append_ambiguous_keys(std::string& out, const Verified& verified) {
    const std::size_t start = out.size();
    open(out, "ambiguous_keys", '[');
    for (const std::string& pointer : verified.ambiguous_keys()) {
        append_json_string(out, pointer);
        out += ',';
    }
    close(out, start, ']');
}

// RFC 3339 without the fraction's trailing zeros: "2023-11-23T07:48:59.4Z".
void append_event_time(std::string& out, Instant instant) {
    append_rfc3339(out, instant);
    out.pop_back();
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    out += 'Z';
}

Instant event_time(const Normalized& normalized, Instant received) noexcept {
    const bool usable = normalized.time && *normalized.time >= time_min && *normalized.time < time_end;
    return usable ? *normalized.time : received;
}

void append_attributes(std::string& out, const Normalized& normalized, const Event& event) {
    out += R"({"specversion":"1.0",)";
    append_member(out, {"id", event.id});
    append_member(out, {"source", "/sources/" + event.source});
    append_member(out, {"type", event.type});
    out += R"("time":")";
    append_event_time(out, event_time(normalized, event.received));
    out += R"(",)";
    append_attribute(out, "subject", normalized.subject);
    out += R"("datacontenttype":"application/json",)";
    append_member(out, {"vendor", event.vendor});
    append_member(out, {"vendortype", event.vendor_type});
    append_member(out, {"sourcename", event.source});
    out += R"("receivedtime":")";
    append_rfc3339(out, event.received);
    out += R"(",)";
}

void append_original(Event& event, const Original& original, std::string_view accepted) {
    if (!original.json) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(accepted.data());
        event.json += R"("original_base64":")";
        event.json += verify::encode_base64({bytes, accepted.size()});
        event.json += '"';
    } else {
        event.json += R"("original":)";
        event.original_at = event.json.size();
        if (original.verbatim) {
            event.json += original.text;
        } else {
            append_on_one_line(event.json, original.text);
        }
        event.original_size = event.json.size() - event.original_at;
    }
    if (!original.verbatim) {
        event.original_at = 0;
        event.original_size = 0;
        event.raw = accepted;
    }
}

}  // namespace

std::array<std::uint8_t, 16> dedupe_key(const Normalized& normalized, const Verified& verified,
                                        std::string_view source_name) {
    verify::ListHash hash;
    hash.add(source_name);
    if (normalized.identity.empty()) hash.add(verified.body());
    for (const std::string_view part : normalized.identity) hash.add(part);
    const verify::Sha256 digest = hash.finish();
    std::array<std::uint8_t, 16> key{};
    std::copy_n(digest.begin(), key.size(), key.begin());
    return key;
}

Event make_event(const Normalized& normalized, const Verified& verified, std::string_view source_name,
                 std::string_view vendor, std::string id, Instant received) {
    const Original original = plan_original(verified);
    const std::string_view accepted = verified.body();

    Event event;
    event.id = std::move(id);
    event.source = source_name;
    event.vendor = vendor;
    event.type = original.json ? normalized.type : unrecognized;
    event.vendor_type = attribute_text(normalized.vendor_type);
    event.received = received;
    event.dedupe_key = dedupe_key(normalized, verified, source_name);

    // The original, at most once more as neutral fields, and the attributes.
    event.json.reserve(2 * accepted.size() + 1024);
    append_attributes(event.json, normalized, event);
    event.json += R"("data":{)";
    if (original.json) append_neutral_fields(event.json, normalized);
    append_ambiguous_keys(event.json, verified);
    append_original(event, original, accepted);
    event.json += "}}";
    return event;
}

}  // namespace chathook::normalize
