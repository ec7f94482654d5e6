#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/campaign.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/listing.hpp"
#include "cli/mistake.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

struct ShowOptions : Filters {
    bool request_only = false;
};

struct RetryOptions : ActOptions {
    std::vector<std::uint64_t> numbers;
};

void print_rejection(const Json& row) {
    const std::string source = shown(row["source"].text());
    std::printf("%6s  %s  %-16s %-22s %s  %s bytes from %s%s\n", shown(row["number"].id()).c_str(),
                shown_time(row["received"].text()).c_str(), source.empty() ? "-" : source.c_str(),
                shown(row["reason"].text()).c_str(), shown(row["status"].id()).c_str(),
                shown(row["body_size"].id()).c_str(), shown(row["client"].text()).c_str(),
                row["kept"].source() == "true" ? ", kept whole" : "");
}

int list_rejections(const Filters& options) {
    return list_rows(options, "/api/v1/rejections", "number", print_rejection);
}

void print_request(const Json& row) {
    if (!row["request_base64"]) {
        throw Mistake(ExitCode::bad_input,
                      "this request was not kept; keep_rejected: true on its source keeps those to come");
    }
    const std::string request = decoded_base64(row["request_base64"].text());
    std::fwrite(request.data(), 1, request.size(), stdout);
}

void print_whole_rejection(const Json& row) {
    for (Json member = row.first(); member; member = member.next()) {
        if (member.key() == "request_base64") continue;
        const bool text = member.kind() == Json::Kind::string;
        std::printf("%-12s  %s\n", shown(member.key()).c_str(),
                    shown(text ? member.text() : member.source(), 1100).c_str());
    }
    if (row["request_base64"]) std::printf("\n--request prints it as it came.\n");
}

int show_rejection(const ShowOptions& options) {
    Filters named = options;
    named.as_json = options.as_json && !options.request_only;
    return show_one(named, "/api/v1/rejections",
                    options.request_only ? print_request : print_whole_rejection);
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

int retry(const RetryOptions& options) {
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
    auto& listed = options_of<Filters>(*list, action, list_rejections);
    add_admin_options(*list, listed);
    add_rejection_filters(*list, listed);
    add_list_options(*list, listed);

    auto* show = rejections->add_subcommand("show", "One refused request");
    auto& named = options_of<ShowOptions>(*show, action, show_rejection);
    add_admin_options(*show, named);
    show->add_flag("--request", named.request_only,
                   "Only the request as it came: head lines, empty line, body");
    add_show_options(*show, named, "number", "Its number in the list");

    auto* again = rejections->add_subcommand(
        "retry", "Verify refused requests again after a secret was corrected; prints its plan first");
    auto& chosen = options_of<RetryOptions>(*again, action, retry);
    add_admin_options(*again, chosen);
    add_rejection_filters(*again, chosen);
    again->add_option("numbers", chosen.numbers, "Only these, by their numbers");
    add_campaign_options(*again, chosen.campaign);
}

}  // namespace chathook::cli
