#include "admin/ledgers.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "admin/acts.hpp"
#include "admin/answers.hpp"
#include "admin/listing.hpp"
#include "admin/parameters.hpp"
#include "admin/query.hpp"
#include "support/clock.hpp"
#include "support/mask.hpp"
#include "verify/encoding.hpp"

namespace chathook::admin {

namespace {

using nlohmann::ordered_json;

// `head` with one more member, whose value is the part's text.
Part with_long_member(const ordered_json& head, std::string_view name, Part part) {
    part.before = as_text(head);
    part.before.back() = ',';
    part.before.append("\"").append(name).append("\":");
    part.after = "}";
    return part;
}

Part event_part(const std::shared_ptr<const Event>& event, std::uint64_t sequence) {
    return {.before = {}, .text = json_of(event), .of = LongText::Of::event, .number = sequence, .after = {}};
}

Part part_of(const journal::Reader::Row& row) {
    return with_long_member({{"sequence", row.sequence}}, "event", event_part(row.event, row.sequence));
}

Part part_of(const journal::DeadLetter& letter) {
    static const auto damaged = std::make_shared<const std::string>("null");
    const ordered_json head = {{"sequence", letter.sequence},
                               {"sink", letter.sink},
                               {"attempts", letter.attempts},
                               {"reason", letter.reason},
                               {"at", to_rfc3339(letter.at)}};
    Part part{.before = {}, .text = damaged, .after = {}};
    if (letter.event) part = event_part(letter.event, letter.sequence);
    return with_long_member(head, "event", std::move(part));
}

ordered_json fate_json(const journal::Fate& fate) {
    ordered_json json = {{"sink", fate.sink}, {"state", journal::name_of(fate.state)}};
    if (fate.delivered_before) json["delivered_before"] = true;
    if (fate.state != journal::Fate::State::dead && fate.attempts == 0) return json;
    json["attempts"] = fate.attempts;
    json["reason"] = fate.reason;
    json["at"] = to_rfc3339(fate.at);
    if (fate.next_try) json["next_try"] = to_rfc3339(*fate.next_try);
    return json;
}

ordered_json rejection_json(const journal::RecordedRejection& recorded) {
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

Part part_of(const journal::RecordedRejection& recorded) {
    return {.before = as_text(rejection_json(recorded)), .text = nullptr, .after = {}};
}

constexpr auto to_part = [](const auto& row) { return part_of(row); };

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

// A query for a sequence that does not exist finds the next one.
bool is_asked_for(std::uint64_t sequence, std::string_view name) {
    const auto asked = whole_number(name);
    return !asked || *asked == sequence;
}

Reply no_event(std::string_view name) {
    return problem(404, "no event " + printable(name, shown_bytes_max) +
                            " is kept; journal.retain_delivered says how long they are");
}

// Why a query for this sink cannot be answered; null `reader`: the journal has stopped.
std::optional<Reply> objection_to_sink(journal::Reader* reader, const std::string& name) {
    if (reader == nullptr) return unreadable();
    const auto known = reader->sinks();
    if (!known) return unreadable();
    auto found = find_sink(*known, name, false);
    if (found.sink) return std::nullopt;
    return std::move(found.problem);
}

// What is known of the deliveries to a sink of the configuration.
void write_status(const dispatch::SinkStatus& status, ordered_json& json) {
    json["state"] = status.failing ? "failing" : "working";
    if (!status.failing) return;
    json["reason"] = status.reason;
    json["failures"] = status.failures;
    if (status.since) json["since"] = to_rfc3339(*status.since);
    if (status.next_try) json["next_try"] = to_rfc3339(*status.next_try);
    json["breaker_open"] = status.breaker_open;
}

}  // namespace

// `reader` is the one that `part` was read with; it is kept, so that no other is opened for the rest.
Answer Ledgers::of_one(Part part, std::shared_ptr<journal::Reader> reader) const {
    std::vector<Part> parts;
    parts.push_back(std::move(part));
    const auto once = [parts = std::move(parts), reader = std::move(reader)](journal::Reader&,
                                                                             std::size_t) mutable {
        return Result<Batch>(Batch{std::exchange(parts, {}), false});
    };
    return {{}, std::make_shared<Pieces>(texts_, once)};
}

Answer Ledgers::events(std::string_view query) const {
    const auto asked = parse_event_query(query, actions_.known_vendors());
    if (!asked.query) return {problem(400, asked.problem), {}};
    return {{},
            std::make_shared<Pieces>(texts_, list("events", *asked.query, &journal::Reader::find, to_part))};
}

Answer Ledgers::dead_letters(std::string_view query) const {
    const auto asked = parse_dead_query(query, actions_.known_vendors());
    if (!asked.query) return {problem(400, asked.problem), {}};
    if (!asked.query->sink.empty()) {
        if (auto objection = objection_to_sink(texts_.reader().get(), asked.query->sink))
            return {std::move(*objection), {}};
    }
    return {{},
            std::make_shared<Pieces>(texts_, list("dead", *asked.query, &journal::Reader::dead, to_part))};
}

Answer Ledgers::rejections(std::string_view query) const {
    const auto asked = parse_rejection_query(query);
    if (!asked.query) return {problem(400, asked.problem), {}};
    return {{},
            std::make_shared<Pieces>(
                texts_, list("rejections", *asked.query, &journal::Reader::rejections, to_part))};
}

Answer Ledgers::event(std::string_view name) const {
    journal::Query query;
    ask_for_one(query, name);
    const auto reader = texts_.reader();
    if (!reader) return {unreadable(), {}};
    const auto rows = reader->find(query);
    if (!rows) return {unreadable(), {}};
    if (rows->empty() || !is_asked_for(rows->front().sequence, name)) return {no_event(name), {}};
    const journal::Reader::Row& row = rows->front();
    const auto fates = reader->fates(row.sequence);
    if (!fates) return {unreadable(), {}};
    ordered_json sinks = ordered_json::array();
    for (const journal::Fate& fate : *fates) sinks.push_back(fate_json(fate));
    const ordered_json head = {{"sequence", row.sequence}, {"sinks", std::move(sinks)}};
    return of_one(with_long_member(head, "event", event_part(row.event, row.sequence)), reader);
}

Answer Ledgers::dead_letter(std::string_view name) const {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view event = name.substr(std::min(slash + 1, name.size()));
    journal::DeadQuery query;
    query.sink = name.substr(0, slash);
    ask_for_one(query, event);
    const auto reader = texts_.reader();
    if (auto objection = objection_to_sink(reader.get(), query.sink)) return {std::move(*objection), {}};
    for (;;) {
        const auto letters = reader->dead(query);
        if (!letters) return {unreadable(), {}};
        if (!letters->empty() && is_asked_for(letters->front().sequence, event))
            return of_one(part_of(letters->front()), reader);
        query.after_sequence = letters->passed;
        if (letters->empty() && letters->more) continue;
        return {problem(404, "no dead letter " + printable(event, shown_bytes_max) +
                                 " is kept for the sink " + printable(query.sink, shown_bytes_max)),
                {}};
    }
}

Answer Ledgers::rejection(std::string_view number) const {
    const auto asked = whole_number(number);
    const auto reader = texts_.reader();
    if (!reader) return {unreadable(), {}};
    const auto found = reader->rejection(asked.value_or(0));
    if (!found) return {unreadable(), {}};
    if (!*found) {
        return {problem(404, "no refused request " + printable(number, shown_bytes_max) +
                                 " is remembered; journal.rejections says how many are, and for how long"),
                {}};
    }
    const journal::RecordedRejection& recorded = **found;
    if (!recorded.raw_kept) return of_one(part_of(recorded), reader);
    Part part{.before = {},
              .text = base64_of(recorded.rejection),
              .of = LongText::Of::rejection,
              .number = recorded.number,
              .after = {}};
    part = with_long_member(rejection_json(recorded), "request_base64", std::move(part));
    part.before += '"';
    part.after.insert(0, 1, '"');
    return of_one(std::move(part), reader);
}

Answer Ledgers::sinks() const {
    const auto reader = texts_.reader();
    if (!reader) return {unreadable(), {}};
    const auto known = reader->sinks();
    if (!known) return {unreadable(), {}};
    const auto statuses = actions_.sink_status ? actions_.sink_status() : std::vector<dispatch::SinkStatus>();
    ordered_json sinks = ordered_json::array();
    for (const journal::KnownSink& sink : *known) {
        const auto backlog = reader->backlog(sink.number);
        if (!backlog) return {unreadable(), {}};
        ordered_json json = {{"sink", sink.name},
                             {"configured", sink.configured},
                             {"waiting", backlog->events},
                             {"again", backlog->again},
                             {"dead", backlog->dead}};
        if (backlog->oldest_received) json["oldest"] = to_rfc3339(*backlog->oldest_received);
        const auto status = std::ranges::find(statuses, sink.name, &dispatch::SinkStatus::name);
        if (status != statuses.end()) write_status(*status, json);
        sinks.push_back(std::move(json));
    }
    return {answer({{"sinks", std::move(sinks)}}), {}};
}

}  // namespace chathook::admin
