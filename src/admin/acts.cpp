#include "admin/acts.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/answers.hpp"
#include "admin/named.hpp"
#include "admin/page.hpp"
#include "admin/parameters.hpp"
#include "admin/query.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::admin {

namespace {

using nlohmann::ordered_json;

// An operation on dead letters.
struct Deed {
    bool needs_receiver;      // the sink must be configured
    const char* answer_name;  // the JSON key of the number of letters affected
    LogKey log_key;
    Result<std::size_t> (journal::Orders::*act)(journal::SinkNumber, std::vector<std::uint64_t>);
};
constexpr Deed retry{true, "due", "dead_letters_retried", &journal::Orders::redeliver};
constexpr Deed discard{false, "discarded", "dead_letters_discarded", &journal::Orders::discard};

using BySink = std::map<std::string, std::vector<std::uint64_t>>;

// Applies `deed` to all of `by_sink` and reports it in `done`.
std::optional<Reply> act(journal::Orders& journal, const Deed& deed,
                         const std::vector<journal::KnownSink>& known, BySink by_sink, bool dry_run,
                         ordered_json& done) {
    std::size_t total = 0;
    ordered_json sinks = ordered_json::array();
    for (const journal::KnownSink& sink : known) {
        auto& sequences = by_sink[sink.name];
        if (sequences.empty()) continue;
        ordered_json json = {{"sink", sink.name}, {"dead_letters", sequences.size()}};
        const bool idle = deed.needs_receiver && !sink.configured;
        if (idle) json["configured"] = false;
        sinks.push_back(std::move(json));
        if (dry_run || idle) continue;
        const auto changed = (journal.*deed.act)(sink.number, std::move(sequences));
        if (!changed) return unchangeable(changed.error());
        total += *changed;
        if (*changed == 0) continue;
        log(LogLevel::info, deed.log_key, {{"sink", sink.name}, {"events", std::to_string(*changed)}});
    }
    if (!dry_run) done[deed.answer_name] = total;
    done["sinks"] = std::move(sinks);
    return std::nullopt;
}

// The answer when an order cannot read the journal; while the journal stops, the same as for a change.
Reply not_read(Errc error) { return error == Errc::shutting_down ? unchangeable(error) : unreadable(); }

Reply act_on_dead_letters(journal::Orders& journal, std::string_view body, Vendors vendors,
                          const Deed& deed) {
    auto asked = parse_order(body, vendors);
    if (!asked.query) return problem(400, asked.problem);
    Order& order = *asked.query;
    const auto reader = journal.open_reader();
    const auto known = reader->sinks();
    if (!known) return not_read(known.error());
    if (!order.query.sink.empty()) {
        if (auto found = find_sink(*known, order.query.sink, deed.needs_receiver); !found.sink)
            return found.problem;
    }
    Page page{.after = order.query.after_sequence};
    std::size_t letters = 0;
    BySink by_sink;
    Named<std::string> ids(order.query.ids);
    const auto read = read_page(
        page, order.query.limit, order.up_to,
        [&](std::uint64_t after, std::size_t count) {
            order.query.after_sequence = after;
            order.query.limit = count;
            return reader->dead(order.query);
        },
        [&](const journal::DeadLetter& letter) {
            by_sink[letter.sink].push_back(letter.sequence);
            if (letter.event) ids.found(letter.event->id);
            ++letters;
        });
    if (!read) return not_read(read.error());
    ordered_json done = {{"dead_letters", letters}};
    if (auto failed = act(journal, deed, *known, std::move(by_sink), order.dry_run, done)) return *failed;
    ids.write_into(done);
    page.write_into(done);
    return answer(done);
}

}  // namespace

SinkOrProblem find_sink(const std::vector<journal::KnownSink>& known, const std::string& name,
                        bool must_be_configured) {
    std::string names;
    for (const journal::KnownSink& sink : known) {
        if (must_be_configured && !sink.configured) continue;
        if (sink.name == name) return {sink, {}};
        names += (names.empty() ? "" : ", ") + sink.name;
    }
    return {std::nullopt, problem(404, "sink: unknown name '" + printable(name, shown_bytes_max) +
                                           "'; there are: " + names)};
}

Reply unchangeable(Errc error) {
    return problem(503, "the journal cannot be changed now: " + std::string(reason_code(error)));
}

Reply replay_events(journal::Orders& journal, std::string_view body, Vendors vendors) {
    auto asked = parse_order(body, vendors);
    if (!asked.query) return problem(400, asked.problem);
    Order& order = *asked.query;
    if (order.query.sink.empty()) return problem(400, "sink: missing; name the one that receives the events");
    const auto reader = journal.open_reader();
    const auto known = reader->sinks();
    if (!known) return not_read(known.error());
    const SinkOrProblem to = find_sink(*known, order.query.sink, true);
    if (!to.sink) return to.problem;

    Page page{.after = order.query.after_sequence};
    std::vector<std::uint64_t> sequences;
    Named<std::string> ids(order.query.ids);
    const auto read = read_page(
        page, order.query.limit, order.up_to,
        [&](std::uint64_t after, std::size_t count) {
            order.query.after_sequence = after;
            order.query.limit = count;
            return reader->find(order.query);
        },
        [&](const journal::Reader::Row& row) {
            sequences.push_back(row.sequence);
            ids.found(row.event->id);
        });
    if (!read) return not_read(read.error());
    ordered_json done = {{"sink", to.sink->name}, {"events", sequences.size()}};
    if (!order.dry_run) {
        Result<std::size_t> due = 0;
        if (!sequences.empty()) due = journal.redeliver(to.sink->number, std::move(sequences));
        if (!due) return unchangeable(due.error());
        done["due"] = *due;
        if (*due > 0)
            log(LogLevel::info, "replayed", {{"sink", to.sink->name}, {"events", std::to_string(*due)}});
    }
    ids.write_into(done);
    page.write_into(done);
    return answer(done);
}

Reply retry_dead_letters(journal::Orders& journal, std::string_view body, Vendors vendors) {
    return act_on_dead_letters(journal, body, vendors, retry);
}

Reply discard_dead_letters(journal::Orders& journal, std::string_view body, Vendors vendors) {
    return act_on_dead_letters(journal, body, vendors, discard);
}

}  // namespace chathook::admin
