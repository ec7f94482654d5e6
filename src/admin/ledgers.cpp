#include "admin/ledgers.hpp"

#include <charconv>
#include <span>
#include <vector>

#include "admin/answers.hpp"
#include "admin/query.hpp"
#include "support/clock.hpp"
#include "support/mask.hpp"
#include "verify/encoding.hpp"

namespace chathook::admin {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t shown_bytes_max = 64;

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// {"name":[rows]}
template <class Rows, class ToText>
Reply listed(std::string_view name, const Rows& rows, const ToText& to_text) {
    std::string body = "{\"" + std::string(name) + "\":[";
    for (const auto& row : rows) {
        if (&row != &rows.front()) body += ',';
        body += to_text(row);
    }
    return {.body = body + "]}"};
}

std::string text_of(const journal::Reader::Row& row) {
    return with_member({{"sequence", row.sequence}}, "event", row.event->json);
}

std::string text_of(const journal::DeadLetter& letter) {
    const ordered_json head = {{"sequence", letter.sequence},
                               {"sink", letter.sink},
                               {"attempts", letter.attempts},
                               {"reason", letter.reason},
                               {"at", to_rfc3339(letter.at)}};
    return with_member(head, "event", letter.event ? std::string_view(letter.event->json) : "null");
}

ordered_json json_of(const journal::Fate& fate) {
    ordered_json json = {{"sink", fate.sink}, {"state", journal::name_of(fate.state)}};
    if (fate.delivered_before) json["delivered_before"] = true;
    if (fate.state != journal::Fate::State::dead) return json;
    json["attempts"] = fate.attempts;
    json["reason"] = fate.reason;
    json["at"] = to_rfc3339(fate.at);
    return json;
}

ordered_json json_of(const journal::RecordedRejection& recorded) {
    const journal::Rejection& rejection = recorded.rejection;
    return {{"number", recorded.number},
            {"received", to_rfc3339(rejection.received)},
            {"source", rejection.source},
            {"reason", rejection.reason},
            {"status", rejection.status},
            {"client", rejection.client},
            {"headers", rejection.header_names},
            {"body_size", rejection.body_size},
            {"body_sha256", verify::encode_hex(rejection.body_sha256)},
            {"kept", recorded.raw_kept}};
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Makes `query` ask for one event: by its sequence, or by its id.
void ask_for_one(journal::Query& query, std::string_view name) {
    const auto sequence = whole_number(name);
    if (sequence && *sequence > 0) {
        query.after_sequence = *sequence - 1;
    } else {
        query.ids = {std::string(name)};
    }
    query.limit = 1;
}

// With a sequence asked for, the next one there is was found.
bool is_asked_for(std::uint64_t sequence, std::string_view name) {
    const auto asked = whole_number(name);
    return !asked || *asked == sequence;
}

Reply no_event(std::string_view name) {
    return problem(404, "no event " + printable(name, shown_bytes_max) +
                            " is kept; journal.retain_delivered says how long they are");
}

}  // namespace

Reply Ledgers::events(std::string_view query) const {
    const auto asked = parse_event_query(query);
    if (!asked.query) return problem(400, asked.problem);
    const auto rows = journal_.open_reader()->find(*asked.query);
    if (!rows) return unreadable();
    return listed("events", *rows, [](const auto& row) { return text_of(row); });
}

Reply Ledgers::dead_letters(std::string_view query) const {
    const auto asked = parse_dead_query(query);
    if (!asked.query) return problem(400, asked.problem);
    const auto letters = journal_.open_reader()->dead(*asked.query);
    if (!letters) return unreadable();
    return listed("dead", *letters, [](const auto& letter) { return text_of(letter); });
}

Reply Ledgers::rejections(std::string_view query) const {
    const auto asked = parse_rejection_query(query);
    if (!asked.query) return problem(400, asked.problem);
    const auto rows = journal_.open_reader()->rejections(*asked.query);
    if (!rows) return unreadable();
    return listed("rejections", *rows, [](const auto& row) { return as_text(json_of(row)); });
}

Reply Ledgers::event(std::string_view name) const {
    journal::Query query;
    ask_for_one(query, name);
    const auto reader = journal_.open_reader();
    const auto rows = reader->find(query);
    if (!rows) return unreadable();
    if (rows->empty() || !is_asked_for(rows->front().sequence, name)) return no_event(name);
    const auto fates = reader->fates(rows->front().sequence);
    if (!fates) return unreadable();
    ordered_json sinks = ordered_json::array();
    for (const journal::Fate& fate : *fates) sinks.push_back(json_of(fate));
    const ordered_json head = {{"sequence", rows->front().sequence}, {"sinks", std::move(sinks)}};
    return {.body = with_member(head, "event", rows->front().event->json)};
}

Reply Ledgers::dead_letter(std::string_view name) const {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view event = name.substr(std::min(slash + 1, name.size()));
    journal::DeadQuery query;
    query.sink = name.substr(0, slash);
    ask_for_one(query, event);
    const auto letters = journal_.open_reader()->dead(query);
    if (!letters) return unreadable();
    if (letters->empty() || !is_asked_for(letters->front().sequence, event)) {
        return problem(404, "no dead letter " + printable(event, shown_bytes_max) + " is kept for the sink " +
                                printable(query.sink, shown_bytes_max));
    }
    return {.body = text_of(letters->front())};
}

Reply Ledgers::rejection(std::string_view number) const {
    const auto asked = whole_number(number);
    const auto found = journal_.open_reader()->rejection(asked.value_or(0));
    if (!found) return unreadable();
    if (!*found) {
        return problem(404, "no refused request " + printable(number, shown_bytes_max) +
                                " is remembered; journal.rejections says how many are, and for how long");
    }
    ordered_json json = json_of(**found);
    if ((*found)->raw_kept) json["request_base64"] = verify::encode_base64(bytes_of((*found)->rejection.raw));
    return answer(json);
}

Reply Ledgers::sinks() const {
    const auto reader = journal_.open_reader();
    const auto known = reader->sinks();
    if (!known) return unreadable();
    ordered_json sinks = ordered_json::array();
    for (const journal::KnownSink& sink : *known) {
        const auto backlog = reader->backlog(sink.number);
        if (!backlog) return unreadable();
        ordered_json json = {{"sink", sink.name},
                             {"configured", sink.configured},
                             {"waiting", backlog->events},
                             {"again", backlog->again},
                             {"dead", backlog->dead}};
        if (backlog->oldest_received) json["oldest"] = to_rfc3339(*backlog->oldest_received);
        sinks.push_back(std::move(json));
    }
    return answer({{"sinks", std::move(sinks)}});
}

}  // namespace chathook::admin
