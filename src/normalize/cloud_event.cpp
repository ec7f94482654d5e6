#include "normalize/cloud_event.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "ecma/document.hpp"
#include "ecma/number.hpp"
#include "normalize/json_text.hpp"
#include "normalize/original.hpp"
#include "normalize/reading.hpp"
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

// The largest body whose base64 is part of the event's text: the default limit of a body.
constexpr std::size_t inner_base64_max = 1 << 20;

struct Member {
    std::string_view key;
    std::string_view text;
};

// Appends "key":"text" and a comma; nothing for an empty text.
void append_member(std::string& out, const Member& member) {
    if (member.text.empty()) return;
    out += '"';
    out += member.key;
    out += "\":";
    append_json_string(out, member.text);
    out += ',';
}

// The same for an attribute from outside; most texts are plain ASCII and need no conversion.
void append_attribute(std::string& out, std::string_view key, std::string_view text) {
    if (plain_ascii(text) != text.size()) return append_member(out, {key, attribute_text(text)});
    if (!text.empty()) out.append("\"").append(key).append("\":\"").append(text).append("\",");
}

// Closes the container whose head was appended at `start`, with a comma, or removes it if it is empty.
void close(std::string& out, std::size_t start, char bracket) {
    if (out.back() != ',') {
        out.resize(start);
        return;
    }
    out.back() = bracket;
    out += ',';
}

// `head` is the key with what is around it, in one piece: "\"bot\":{".
void append_group(std::string& out, std::string_view head, std::initializer_list<Member> members) {
    if (std::ranges::all_of(members, &std::string_view::empty, &Member::text)) return;
    out += head;
    for (const Member& member : members) append_member(out, member);
    out.back() = '}';
    out += ',';
}

// Copies a vendor's JSON values into the line, with the replacements that it needs.
struct Splice {
    const Original& original;
    const JsonDocument* document;

    void append(std::string& out, const Json& value) const {
        append_planned(out, original, *document, value);
    }
};

void append_message(std::string& out, const Message& message, const Splice& splice) {
    if (message.text.empty() && is_empty(message.resources)) return;
    out += '{';
    append_member(out, {"role", message.role});
    append_member(out, {"text", message.text});
    if (!is_empty(message.resources)) {
        out += "\"resources\":";
        splice.append(out, message.resources);
        out += ',';
    }
    out.back() = '}';
    out += ',';
}

void append_conversation(std::string& out, const Normalized& normalized, const Splice& splice) {
    const auto& conversation = normalized.conversation;
    if (conversation.id.empty() && conversation.messages.empty() && conversation.rating.empty()) return;
    const std::size_t start = out.size();
    out += "\"conversation\":{";
    append_member(out, {"id", conversation.id});
    const std::size_t messages = out.size();
    out += "\"messages\":[";
    for (const Message& message : conversation.messages) append_message(out, message, splice);
    close(out, messages, ']');
    if (!conversation.rating.empty() && ecma::is_portable_number(conversation.rating)) {
        out += "\"rating\":";
        out += conversation.rating;
        out += ',';
    }
    close(out, start, '}');
}

void append_lead(std::string& out, const Normalized& normalized) {
    const auto& lead = normalized.lead;
    const bool empty = lead.id.empty() && lead.status.empty() && lead.source.empty() &&
                       lead.company_id.empty() && lead.note.empty() && lead.source_url.empty() &&
                       lead.answers.empty();
    if (empty) return;
    const std::size_t start = out.size();
    out += "\"lead\":{";
    append_member(out, {"id", lead.id});
    append_member(out, {"status", lead.status});
    append_member(out, {"source", lead.source});
    append_member(out, {"company_id", lead.company_id});
    append_member(out, {"note", lead.note});
    append_member(out, {"source_url", lead.source_url});
    const std::size_t answers = out.size();
    out += "\"answers\":[";
    for (const Answer& answer : lead.answers) {
        if (answer.question.empty() && answer.answer.empty()) continue;
        out += '{';
        append_member(out, {"question", answer.question});
        append_member(out, {"answer", answer.answer});
        out.back() = '}';
        out += ',';
    }
    close(out, answers, ']');
    close(out, start, '}');
}

void append_neutral_fields(std::string& out, const Normalized& normalized, const Splice& splice) {
    append_group(out, "\"contact\":{",
                 {{"name", normalized.contact.name},
                  {"first_name", normalized.contact.first_name},
                  {"last_name", normalized.contact.last_name},
                  {"email", normalized.contact.email},
                  {"phone", normalized.contact.phone}});
    append_conversation(out, normalized, splice);
    append_group(out, "\"bot\":{", {{"id", normalized.bot.id}, {"name", normalized.bot.name}});
    append_group(out, "\"workspace\":{", {{"id", normalized.workspace.id}});
    append_group(out, "\"widget\":{", {{"id", normalized.widget.id}});
    append_group(out, "\"handover\":{",
                 {{"channel", normalized.handover.channel},
                  {"priority", normalized.handover.priority},
                  {"support_email", normalized.handover.support_email},
                  {"message", normalized.handover.message}});
    append_lead(out, normalized);
    append_group(out, "\"appointment\":{",
                 {{"id", normalized.appointment.id},
                  {"status", normalized.appointment.status},
                  {"starts", normalized.appointment.starts},
                  {"ends", normalized.appointment.ends},
                  {"note", normalized.appointment.note},
                  {"source_url", normalized.appointment.source_url}});
    append_group(out, "\"ticket\":{",
                 {{"id", normalized.ticket.id},
                  {"status", normalized.ticket.status},
                  {"title", normalized.ticket.title},
                  {"note", normalized.ticket.note}});
    append_group(out, "\"document\":{", {{"id", normalized.document.id}});
    append_group(out, "\"agent\":{", {{"id", normalized.agent.id}, {"name", normalized.agent.name}});
}

void append_request(std::string& out, const Normalized& normalized) {
    const auto& request = normalized.request;
    if (request.count == 0) return;
    out += "\"request\":{";
    append_member(out, {"id", request.id});
    out +=
        "\"index\":" + std::to_string(request.index) + ",\"count\":" + std::to_string(request.count) + "},";
}

// Lists the duplicate keys for which a reader that takes the first value sees another one than we did.
void append_ambiguous_keys(std::string& out, const Verified& verified) {
    const std::vector<std::string> pointers = verified.ambiguous_keys();
    if (pointers.empty()) return;
    out += "\"ambiguous_keys\":[";
    for (const std::string& pointer : pointers) {
        append_json_string(out, pointer);
        out += ',';
    }
    out.back() = ']';
    out += ',';
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

// The base64 of a long body is left out of the text, where it would take more memory than everything else.
void append_base64(Event& event) {
    event.text += R"("original_base64":")";
    if (event.raw.size() > inner_base64_max) {
        event.original_at = event.text.size();
    } else {
        event.text += verify::encode_base64(
            {reinterpret_cast<const std::uint8_t*>(event.raw.data()), event.raw.size()});
    }
    event.text += '"';
}

void append_original(Event& event, const Original& original, const Verified& verified, std::string body) {
    const std::string_view accepted = verified.body();
    if (original.verbatim()) {
        event.text += R"("original":)";
        event.original_at = event.text.size();
        event.original_size = accepted.size();
        event.text += accepted;
        return;
    }
    const bool is_accepted = body.data() == accepted.data() && body.size() == accepted.size();
    event.raw = is_accepted ? std::move(body) : std::string(accepted);
    if (!original.json) return append_base64(event);
    event.text += R"("original":)";
    append_planned(event.text, original, *verified.document(), verified.document()->root());
    event.text += ',';
    append_base64(event);
    event.text += R"(,"original_changed":)";
    append_changes(event.text, original);
}

}  // namespace

std::array<std::uint8_t, 16> dedupe_key(const Normalized& normalized, const Verified& verified,
                                        std::string_view source_name) {
    verify::ListHash hash;
    hash.add(source_name);
    const auto& request = normalized.request;
    if (normalized.identity.empty() && request.count > 0) {
        hash.add(request.body_digest);
        hash.add(std::to_string(request.index));
    } else if (normalized.identity.empty()) {
        // Anybody could write a signed form in another spelling, and so make it new.
        hash.add(verified.signed_form().empty() ? verified.body() : verified.signed_form());
    }
    for (const std::string_view part : normalized.identity) hash.add(part);
    const verify::Sha256 digest = hash.finish();
    std::array<std::uint8_t, 16> key{};
    std::copy_n(digest.begin(), key.size(), key.begin());
    return key;
}

std::shared_ptr<const Event> make_event(const Normalized& normalized, const Verified& verified,
                                        std::string_view source_name, std::string_view vendor, std::string id,
                                        Instant received, std::string body) {
    const Original original = plan_original(verified);

    auto made = std::make_shared<Event>();
    Event& event = *made;
    event.id = std::move(id);
    event.source = source_name;
    event.vendor = vendor;
    event.type = original.json ? normalized.type : unrecognized;
    event.vendor_type = attribute_text(normalized.vendor_type);
    event.received = received;
    event.dedupe_key = dedupe_key(normalized, verified, source_name);

    // Room for the original, the neutral fields, which repeat it at most once, the attributes, and 4/3 for
    // base64.
    const bool inside = verified.body().size() <= inner_base64_max;
    const std::size_t texts = original.verbatim() ? 2 : (original.json ? 2 : 0) + (inside ? 2 : 0);
    event.text.reserve(texts * verified.body().size() + 1024);
    append_attributes(event.text, normalized, event);
    event.text += R"("data":{)";
    if (original.json) append_neutral_fields(event.text, normalized, {original, verified.document()});
    append_request(event.text, normalized);
    append_ambiguous_keys(event.text, verified);
    append_original(event, original, verified, std::move(body));
    event.text += "}}";
    return made;
}

}  // namespace chathook::normalize
