#include <cstdio>
#include <string>

#include "cli/campaign.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/listing.hpp"
#include "cli/mistake.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

struct EraseOptions : AdminOptions {
    CampaignOptions campaign;
    std::string email, phone;
};

std::string what_of(const ordered_json& answer) {
    return counted(number_in(answer, "events"), "event") + ", " +
           counted(number_in(answer, "dead_letters"), "dead letter") + " and " +
           counted(number_in(answer, "rejections"), "refused request");
}

// The deliveries that cannot be taken back, by sink.
std::string reached(const ordered_json& answer) {
    std::string text;
    for (const ordered_json& sink : answer.value("sinks", ordered_json::array())) {
        const std::uint64_t delivered = number_in(sink, "delivered");
        const std::uint64_t skipped = number_in(sink, "skipped");
        const std::uint64_t tried = number_in(sink, "tried");
        const std::uint64_t under_way = number_in(sink, "under_way");
        const std::uint64_t given_up = number_in(sink, "given_up");
        std::string what;
        const auto add = [&](std::uint64_t count, const std::string& words) {
            if (count > 0) what += (what.empty() ? "" : "; ") + std::to_string(count) + words;
        };
        add(delivered, " delivered already, to be deleted there");
        add(under_way, " under way and not to be stopped, may arrive yet: to be deleted there");
        add(given_up, " given up after failed attempts, each of which may have left a copy: look there");
        add(skipped, " waiting, which it will not get");
        if (tried > 0) what += " (" + std::to_string(tried) + " of them tried before: look there)";
        text += "\n  " + shown(sink.value("sink", "")) + ": " + what;
    }
    return text.empty() ? "\nNo sink was to get any of them." : "\nSinks:" + text;
}

std::string plan_of(const ordered_json& plan) {
    return what_of(plan) + " name this person and will be erased for good." + reached(plan);
}

// The time up to which the erasure applies, and the places that it did not reach.
std::string reach_of(const ordered_json& receipt) {
    std::string text =
        "\nThis holds for all that was answered before " + shown(receipt.value("at", "")) + ".";
    const auto places = receipt.value("not_reached", ordered_json::array());
    if (!places.empty()) text += "\nNot reached by this order:";
    for (const ordered_json& place : places) {
        text += "\n  " + shown(place.value("place", "")) + ": " + shown(place.value("what", ""), 300) + "; " +
                shown(place.value("how", ""), 300);
    }
    return text;
}

std::string receipt_of(const ordered_json& receipt) {
    std::string text = "Erased: " + what_of(receipt) + "." + reached(receipt);
    if (!receipt.value("sealed", false)) {
        return text + "\nThe journal's files may still hold bytes of it (" +
               shown(receipt.value("unsealed_text", "")) + "): run the same command again.";
    }
    text += "\nNo byte of it is left in the journal's files.";
    for (const ordered_json& copy : receipt.value("copies", ordered_json::array()))
        text += "\nA copy of damaged files may hold it, delete it by hand: " +
                shown(copy.get<std::string>(), 1000);
    return text + reach_of(receipt);
}

int erase(const EraseOptions& options) {
    const AdminClient client(options);
    bool sealed = true;
    Campaign campaign;
    campaign.path = "/api/v1/erase";
    campaign.order = ordered_json::object();
    if (!options.email.empty()) campaign.order["email"] = options.email;
    if (!options.phone.empty()) campaign.order["phone"] = options.phone;
    campaign.counted = "found";
    campaign.tell_plan = plan_of;
    campaign.tell_receipt = [&](const ordered_json& receipt) {
        sealed = receipt.value("sealed", false);
        return receipt_of(receipt);
    };
    campaign.nothing =
        "Nothing in the journal names this person. The order completes an erasure that was interrupted.";
    campaign.has_end = false;
    campaign.even_for_nothing = true;  // an erasure that was interrupted is completed by the next one
    const int code = carry_out(client, campaign, options.campaign);
    return sealed ? code : ExitCode::unavailable;
}

}  // namespace

void add_erase(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "erase",
        "Take everything that names a person out of the journal; prints its plan first, then a receipt");
    auto& options = options_of<EraseOptions>(*command, action, erase);
    add_admin_options(*command, options);
    auto* whom = command->add_option_group("whom");
    whom->add_option("--email", options.email, "An address, in any case, wherever it stands in an event");
    whom->add_option("--phone", options.phone,
                     "A number, by its digits; give each form that the person used");
    whom->require_option(1);
    add_campaign_options(*command, options.campaign);
}

}  // namespace chathook::cli
