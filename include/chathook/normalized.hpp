// What a vendor module reads out of a verified body: the vendor-neutral fields of an event. A plain struct of
// views into the Verified it was read from; normalize/ turns it into the CloudEvent. Empty means absent and
// is left out of the event.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "chathook/json.hpp"
#include "chathook/time.hpp"

namespace chathook {

struct Message {
    std::string_view role;  // user, bot, agent or system
    std::string_view text;
    Json resources;  // copied verbatim; absent or empty: left out
};

// What somebody answered in a form.
struct Answer {
    std::string_view question;
    std::string_view answer;
};

struct Normalized {
    std::string_view type = "unrecognized";  // docs/event-model.md lists them
    std::string_view vendor_type;            // the vendor's own name, kept even when the type is unrecognized
    std::optional<Instant> time;             // when the vendor says it happened; none: the time of receipt
    std::string_view subject;                // what it is about: the conversation, the lead, else the bot

    struct {
        std::string_view name, first_name, last_name, email, phone;
    } contact;
    struct {
        std::string_view id;
        std::vector<Message> messages;
        std::string_view rating;  // a JSON number's source text
    } conversation;
    struct {
        std::string_view id, name;
    } bot, agent;
    struct {
        std::string_view id;
    } workspace, widget, document;
    struct {
        std::string_view channel, priority, support_email, message;
    } handover;
    struct {
        std::string_view id, status, source, company_id, note, source_url;
        std::vector<Answer> answers;
    } lead;
    struct {
        std::string_view note, source_url, id, status, starts, ends;
    } appointment;
    struct {
        std::string_view id, status, title, note;
    } ticket;

    // Of an event that came with others in one request, or could have: the request's id, and which of its
    // events this is, from 0. count 0: the body is one event.
    struct {
        std::string_view id;
        std::size_t index = 0, count = 0;
        std::string_view body_digest;  // of the whole body
    } request;

    // What makes two deliveries the same event, in order. Empty: the whole accepted body, and which of its
    // events this is. The source's name is always part.
    std::vector<std::string_view> identity;
};

}  // namespace chathook
