#include "admin/retaking.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/acts.hpp"
#include "admin/answers.hpp"
#include "admin/page.hpp"
#include "admin/query.hpp"
#include "support/log.hpp"

namespace chathook::admin {

namespace {

using journal::RecordedRejection;
using nlohmann::ordered_json;

// What became of one page.
struct Outcome {
    std::size_t found = 0;
    std::size_t kept = 0;  // of these, with their bytes: the only ones that can be taken again
    std::size_t accepted = 0;
    std::size_t duplicates = 0;
    std::map<std::string, std::size_t> refused;  // by reason
    std::vector<std::uint64_t> settled;          // numbers that leave the ledger
    std::optional<Errc> unavailable;
};

// A failure that says nothing about the request.
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

ordered_json json_of(const Outcome& outcome, bool dry_run) {
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

Awaitable<Reply> retake_rejections(journal::Journal& journal, Desk& desk, const Actions& actions,
                                   std::string_view body) {
    auto asked = parse_rejection_order(body);
    if (!asked.query) co_return problem(400, asked.problem);
    RejectionOrder& order = *asked.query;
    if (!order.dry_run && !actions.retake)
        co_return problem(501, "refused requests cannot be taken again here");
    const auto reader = co_await desk.run([&] { return journal.open_reader(); });
    Page page{.after = order.query.after_number};
    Result<std::vector<std::uint64_t>> numbers = order.numbers;
    if (order.numbers.empty())
        numbers = co_await desk.run([&] { return numbers_of_page(*reader, order, page); });
    if (!numbers) co_return unreadable();

    Outcome outcome;
    for (const std::uint64_t number : *numbers) {
        const auto rejection = co_await desk.run([&] { return reader->rejection(number); });
        if (!rejection) co_return unreadable();
        if (!*rejection) continue;
        ++outcome.found;
        if (!(*rejection)->raw_kept) continue;
        ++outcome.kept;
        if (order.dry_run) continue;
        note(outcome, number, co_await actions.retake((*rejection)->rejection));
        if (outcome.unavailable) break;
    }
    if (!outcome.settled.empty()) {
        log(LogLevel::info, "rejections_retried",
            {{"accepted", std::to_string(outcome.accepted)},
             {"duplicates", std::to_string(outcome.duplicates)}});
        const auto forgotten =
            co_await desk.run([&] { return journal.forget_rejections(std::move(outcome.settled)); });
        if (!forgotten) co_return unchangeable(forgotten.error());
    }
    if (outcome.unavailable) co_return unchangeable(*outcome.unavailable);
    ordered_json done = json_of(outcome, order.dry_run);
    page.write_into(done);
    co_return answer(done);
}

}  // namespace chathook::admin
