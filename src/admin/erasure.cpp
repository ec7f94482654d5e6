#include "admin/erasure.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/acts.hpp"
#include "admin/answers.hpp"
#include "admin/page.hpp"
#include "admin/places.hpp"
#include "admin/query.hpp"
#include "support/clock.hpp"
#include "support/log.hpp"

namespace chathook::admin {

namespace {

using journal::Erased;
using journal::Fate;
using nlohmann::ordered_json;

constexpr std::uint64_t no_end = UINT64_MAX;

// What contains the person on one page.
struct Found {
    std::vector<std::uint64_t> events;
    std::vector<std::uint64_t> rejections;
};

Result<void> find_events(journal::Reader& reader, const ErasureOrder& order, Page& page, Found& found) {
    return read_page(
        page, order.limit, no_end,
        [&](std::uint64_t after, std::size_t count) {
            journal::Query query;
            query.after_sequence = after;
            query.limit = count;
            return reader.find(query);
        },
        [&](const journal::Reader::Row& row) {
            if (order.person.is_in(*row.event)) found.events.push_back(row.sequence);
        });
}

Result<void> find_rejections(journal::Reader& reader, const ErasureOrder& order, Page& page, Found& found) {
    return read_page(
        page, order.limit, no_end,
        [&](std::uint64_t after, std::size_t count) {
            journal::RejectionQuery query;
            query.after_number = after;
            query.limit = count;
            query.with_raw = true;
            return reader.rejections(query);
        },
        [&](const journal::RecordedRejection& row) {
            if (order.person.is_in_request(row.rejection.raw)) found.rejections.push_back(row.number);
        });
}

// The receipt that erasing `found` would produce.
Result<Erased> foreseen(journal::Reader& reader, const Found& found) {
    Erased erased;
    erased.events = found.events.size();
    erased.rejections = found.rejections.size();
    std::map<std::string, Erased::AtSink> sinks;
    for (const std::uint64_t sequence : found.events) {
        const auto fates = reader.fates(sequence);
        if (!fates) return fates.error();
        for (const Fate& fate : *fates) {
            Erased::AtSink& at = sinks[fate.sink];
            at.sink = fate.sink;
            if (fate.state == Fate::State::delivered || fate.delivered_before) ++at.delivered;
            if (fate.state == Fate::State::waiting || fate.state == Fate::State::again) ++at.skipped;
            if (fate.given_up_before) ++at.tried;
            if (fate.state == Fate::State::dead) ++erased.dead_letters;
            const bool ended = fate.state == Fate::State::dead || fate.state == Fate::State::discarded;
            if (ended && !fate.delivered_before) ++at.given_up;
        }
    }
    for (auto& [name, at] : sinks) erased.sinks.push_back(std::move(at));
    return erased;
}

// Logs what the receipt says about a sink, because the client may be gone before the answer.
void tell_of(const Erased::AtSink& at) {
    log(LogLevel::info, "erased_at_sink",
        {{"sink", at.sink},
         {"delivered", std::to_string(at.delivered)},
         {"skipped", std::to_string(at.skipped)},
         {"tried", std::to_string(at.tried)},
         {"under_way", std::to_string(at.under_way)},
         {"given_up", std::to_string(at.given_up)}});
}

Result<Erased> erase(journal::Orders& journal, Found found) {
    if (found.events.empty() && found.rejections.empty()) return Erased{};
    const auto erased = journal.erase(std::move(found.events), std::move(found.rejections));
    if (erased) {
        log(LogLevel::info, "erased",
            {{"events", std::to_string(erased->events)}, {"rejections", std::to_string(erased->rejections)}});
        for (const Erased::AtSink& at : erased->sinks) tell_of(at);
    }
    return erased;
}

ordered_json receipt_of(const Erased& erased) {
    ordered_json sinks = ordered_json::array();
    for (const Erased::AtSink& at : erased.sinks) {
        sinks.push_back({{"sink", at.sink},
                         {"delivered", at.delivered},
                         {"skipped", at.skipped},
                         {"tried", at.tried},
                         {"under_way", at.under_way},
                         {"given_up", at.given_up}});
    }
    return {{"found", erased.events + erased.rejections},
            {"events", erased.events},
            {"dead_letters", erased.dead_letters},
            {"rejections", erased.rejections},
            {"sinks", std::move(sinks)}};
}

ordered_json not_reached() {
    ordered_json named = ordered_json::array();
    for (const Place& place : places) {
        if (place.reach != Place::Reach::named) continue;
        named.push_back({{"place", place.name}, {"what", place.what}, {"how", place.how}});
    }
    return named;
}

// Erased data can no longer be queried by now; this overwrites its bytes on the disk.
void seal(journal::Orders& journal, ordered_json& done) {
    const auto sealed = journal.seal_erasure();
    done["sealed"] = sealed.has_value();
    if (!sealed) {
        done["unsealed_because"] = reason_code(sealed.error());
        done["unsealed_text"] = sealed.error() == Errc::commit_timeout
                                    ? "other programs were reading the journal all the time"
                                    : "the journal's disk failed, see the log";
        return;
    }
    ordered_json copies = ordered_json::array();
    for (const auto& copy : sealed->copies) copies.push_back(copy.string());
    done["copies"] = std::move(copies);
}

}  // namespace

Reply erase_person(journal::Orders& journal, journal::RejectionOrders& refusals, std::string_view body) {
    const auto asked = parse_erasure(body);
    if (!asked.query) return problem(400, asked.problem);
    const ErasureOrder& order = *asked.query;
    const auto reader = journal.open_reader();
    Found found;
    Page events{.after = order.after};
    Page rejections{.after = order.after_rejection, .more = true};
    const Instant at = now();
    // A recent refusal cannot be found before it is recorded. This change comes after everything that the
    // writer was asked for before, so an event whose sender got a commit timeout is found, too.
    if (const auto recorded = refusals.record_rejections(); !recorded) return unchangeable(recorded.error());
    if (!find_events(*reader, order, events, found)) return unreadable();
    if (!events.more && !find_rejections(*reader, order, rejections, found)) return unreadable();

    const auto erased = order.dry_run ? foreseen(*reader, found) : erase(journal, std::move(found));
    if (!erased) return order.dry_run ? unreadable() : unchangeable(erased.error());
    ordered_json done = receipt_of(*erased);
    done["after"] = events.after;
    done["after_rejection"] = rejections.after;
    done["more"] = rejections.more;
    if (order.dry_run || rejections.more) return answer(done);
    done["at"] = to_rfc3339(at);
    seal(journal, done);
    done["not_reached"] = not_reached();
    return answer(done);
}

}  // namespace chathook::admin
