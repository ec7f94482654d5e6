#include "admin/retaking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/acts.hpp"
#include "admin/answers.hpp"
#include "admin/named.hpp"
#include "admin/page.hpp"
#include "admin/query.hpp"
#include "support/log.hpp"

namespace chathook::admin {

namespace {

using journal::RecordedRejection;
using nlohmann::ordered_json;

// The result of one page.
struct Outcome {
    std::size_t found = 0;
    std::size_t kept = 0;  // of these, with their bytes: only these can be retried
    std::size_t accepted = 0;
    std::size_t duplicates = 0;
    std::map<std::string, std::size_t> refused;  // by reason
    std::vector<std::uint64_t> settled;          // numbers that leave the ledger
    std::optional<Errc> unavailable;
};

// Whether a failure is ours and says nothing about the request.
bool is_ours(Errc error) noexcept {
    return error == Errc::journal_full || error == Errc::journal_failed || error == Errc::commit_timeout ||
           error == Errc::shutting_down;
}

Result<std::vector<std::uint64_t>> numbers_of_page(journal::Reader& reader, RejectionOrder& order,
                                                   Page& page) {
    std::vector<std::uint64_t> numbers;
    const auto read = read_page(
        page, order.query.limit, order.up_to,
        [&](std::uint64_t after, std::size_t count) {
            order.query.after_number = after;
            order.query.limit = count;
            return reader.rejections(order.query);
        },
        [&](const RecordedRejection& row) { numbers.push_back(row.number); });
    if (!read) return read.error();
    return numbers;
}

void note(Outcome& outcome, std::uint64_t number, const Result<journal::Appended>& taken) {
    if (!taken) {
        if (is_ours(taken.error())) {
            outcome.unavailable = taken.error();
        } else {
            ++outcome.refused[std::string(reason_code(taken.error()))];
        }
        return;
    }
    outcome.settled.push_back(number);
    ++(taken->duplicate ? outcome.duplicates : outcome.accepted);
}

// Retries the request and waits for the disk, on this thread: the journal always answers append(), even when
// it stops.
Result<journal::Appended> wait_for(const decltype(Actions::retake)& retake, const journal::Rejection& kept) {
    boost::asio::io_context here{1};
    std::exception_ptr failure;
    Result<journal::Appended> taken = Errc::journal_failed;
    boost::asio::co_spawn(here, retake(kept),
                          [&](std::exception_ptr thrown, Result<journal::Appended> result) {
                              failure = std::move(thrown);
                              taken = std::move(result);
                          });
    here.run();
    if (failure) std::rethrow_exception(failure);
    return taken;
}

ordered_json outcome_json(const Outcome& outcome, bool dry_run) {
    ordered_json json = {{"rejections", outcome.found}, {"kept", outcome.kept}};
    if (dry_run) return json;
    std::size_t refused = 0;
    for (const auto& [reason, count] : outcome.refused) refused += count;
    json["accepted"] = outcome.accepted;
    json["duplicates"] = outcome.duplicates;
    json["refused"] = refused;
    json["reasons"] = outcome.refused;
    return json;
}

}  // namespace

Reply retake_rejections(journal::RejectionOrders& journal, const Actions& actions, std::string_view body) {
    auto asked = parse_rejection_order(body);
    if (!asked.query) return problem(400, asked.problem);
    RejectionOrder& order = *asked.query;
    if (!order.dry_run && !actions.retake) return problem(501, "refused requests cannot be taken again here");
    (void)journal.record_rejections_within(recording_patience);  // as for a list, see Admin::look_up()
    const auto reader = journal.open_reader();
    Page page{.after = order.query.after_number};
    Result<std::vector<std::uint64_t>> numbers = order.numbers;
    if (order.numbers.empty()) numbers = numbers_of_page(*reader, order, page);
    if (!numbers) return unreadable();

    Outcome outcome;
    Named<std::uint64_t> named(order.numbers);
    for (const std::uint64_t number : *numbers) {
        const auto rejection = reader->rejection(number);
        if (!rejection) return unreadable();
        if (!*rejection) continue;
        ++outcome.found;
        named.found(number);
        if (!(*rejection)->raw_kept) continue;
        ++outcome.kept;
        if (order.dry_run) continue;
        note(outcome, number, wait_for(actions.retake, (*rejection)->rejection));
        if (outcome.unavailable) break;
    }
    if (!outcome.settled.empty()) {
        log(LogLevel::info, "rejections_retried",
            {{"accepted", std::to_string(outcome.accepted)},
             {"duplicates", std::to_string(outcome.duplicates)}});
        const auto forgotten = journal.forget_rejections(std::move(outcome.settled));
        if (!forgotten) return unchangeable(forgotten.error());
    }
    if (outcome.unavailable) return unchangeable(*outcome.unavailable);
    ordered_json done = outcome_json(outcome, order.dry_run);
    named.write_into(done);
    page.write_into(done);
    return answer(done);
}

}  // namespace chathook::admin
