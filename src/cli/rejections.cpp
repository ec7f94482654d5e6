#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/campaign.hpp"
#include "cli/cli.hpp"
#include "cli/filters.hpp"
#include "cli/listing.hpp"
#include "cli/mistake.hpp"
#include "ecma/document.hpp"
#include "verify/encoding.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

struct RejectionsOptions : Filters {
    CampaignOptions campaign;
    std::vector<std::uint64_t> numbers;
    bool request_only = false;
};

int list_rejections(const RejectionsOptions& options) {
    const AdminClient client(options);
    for_each_row(client, "/api/v1/rejections", "number", options, [&](const Json& row) {
        if (options.as_json) {
            std::printf("%s\n", std::string(row.source()).c_str());
            return;
        }
        const std::string source = shown(row["source"].text());
        std::printf("%6s  %s  %-16s %-22s %s  %s bytes from %s%s\n", shown(row["number"].id()).c_str(),
                    shown_time(row["received"].text()).c_str(), source.empty() ? "-" : source.c_str(),
                    shown(row["reason"].text()).c_str(), shown(row["status"].id()).c_str(),
                    shown(row["body_size"].id()).c_str(), shown(row["client"].text()).c_str(),
                    row["kept"].source() == "true" ? ", kept whole" : "");
    });
    return ExitCode::done;
}

// Decodes a base64 text written by the daemon.
std::string decoded(std::string_view base64) {
    const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0;
    std::vector<std::uint8_t> bytes(base64.size() / 4 * 3 - padding);
    if (!verify::decode_base64(base64, bytes))
        throw Mistake(ExitCode::unavailable, "the daemon did not answer in base64");
    return {bytes.begin(), bytes.end()};
}

int print_request(const Json& row) {
    if (!row["request_base64"]) {
        throw Mistake(ExitCode::bad_input,
                      "this request was not kept; keep_rejected: true on its source keeps those to come");
    }
    const std::string request = decoded(row["request_base64"].text());
    std::fwrite(request.data(), 1, request.size(), stdout);
    return ExitCode::done;
}

int show_rejection(const RejectionsOptions& options) {
    const AdminClient client(options);
    const std::string body = client.asked("/api/v1/rejections/" + percent_encoded(options.words.front()));
    const auto answer = JsonDocument::parse_bytes(body);
    if (answer == nullptr) throw Mistake(ExitCode::unavailable, client.name() + " did not answer in JSON");
    const Json row = answer->root();
    if (options.request_only) return print_request(row);
    if (options.as_json) {
        std::printf("%s\n", body.c_str());
        return ExitCode::done;
    }
    for (Json member = row.first(); member; member = member.next()) {
        if (member.key() == "request_base64") continue;
        const bool text = member.kind() == Json::Kind::string;
        std::printf("%-12s  %s\n", shown(member.key()).c_str(),
                    shown(text ? member.text() : member.source(), 1100).c_str());
    }
    if (row["request_base64"]) std::printf("\n--request prints it as it came.\n");
    return ExitCode::done;
}

std::string plan_of(const ordered_json& plan) {
    const std::uint64_t kept = number_in(plan, "kept");
    std::string text =
        counted(number_in(plan, "rejections"), "refused request") + ", of which " + std::to_string(kept) +
        (kept == 1 ? " was" : " were") +
        " kept whole and will be verified again, with the secrets of now and the clock of then.";
    if (kept == 0) text += "\nkeep_rejected: true on a source keeps those to come.";
    return text;
}

std::string receipt_of(const ordered_json& receipt) {
    std::string text = std::to_string(number_in(receipt, "accepted")) + " accepted, " +
                       std::to_string(number_in(receipt, "duplicates")) + " had been accepted before, " +
                       std::to_string(number_in(receipt, "refused")) + " refused again";
    std::string reasons;
    const ordered_json refused = receipt.value("reasons", ordered_json::object());
    for (const auto& [reason, count] : refused.items())
        reasons += (reasons.empty() ? " (" : ", ") + shown(reason) + " " + count.dump();
    return text + reasons + (reasons.empty() ? "." : ").");
}

int retry(const RejectionsOptions& options) {
    const AdminClient client(options);
    Campaign campaign;
    campaign.path = "/api/v1/rejections/retry";
    campaign.order = as_order(options);
    if (!options.numbers.empty()) campaign.order["numbers"] = options.numbers;
    campaign.counted = "rejections";
    campaign.tell_plan = plan_of;
    campaign.tell_receipt = receipt_of;
    campaign.no_such = "no recorded refused request has the number";
    campaign.nothing = "No refused request matches.";
    campaign.has_end = options.numbers.empty();
    return carry_out(client, campaign, options.campaign);
}

}  // namespace

void add_rejections(CLI::App& app, Action& action) {
    auto* rejections =
        app.add_subcommand("rejections", "Look at the requests that were refused, and take them again");
    rejections->require_subcommand(1);

    auto* list = rejections->add_subcommand(
        "list", "One line a refused request: number, when, source, why, from where");
    auto options = std::make_shared<RejectionsOptions>();
    add_admin_options(*list, *options);
    add_rejection_filters(*list, *options);
    add_list_options(*list, *options);
    list->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return list_rejections(*options); }); };
    });

    auto* show = rejections->add_subcommand("show", "One refused request");
    options = std::make_shared<RejectionsOptions>();
    add_admin_options(*show, *options);
    show->add_option("number", options->words, "Its number in the list")->required()->expected(1);
    show->add_flag("--request", options->request_only,
                   "Only the request as it came: head lines, empty line, body");
    show->add_flag("--json", options->as_json, "One JSON object");
    show->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return show_rejection(*options); }); };
    });

    auto* again = rejections->add_subcommand(
        "retry", "Verify refused requests again after a secret was corrected; prints its plan first");
    options = std::make_shared<RejectionsOptions>();
    add_admin_options(*again, *options);
    add_rejection_filters(*again, *options);
    again->add_option("numbers", options->numbers, "Only these, by their numbers");
    add_campaign_options(*again, options->campaign);
    again->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return retry(*options); }); };
    });
}

}  // namespace chathook::cli
