#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "cli/campaign.hpp"
#include "cli/cli.hpp"
#include "cli/filters.hpp"
#include "cli/listing.hpp"
#include "cli/mistake.hpp"
#include "ecma/document.hpp"
#include "sinks/pretty_line.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

struct DeadOptions : Filters {
    CampaignOptions campaign;
};

void print_letter(const Json& letter, bool as_json) {
    if (as_json) {
        std::printf("%s\n", std::string(letter.source()).c_str());
        return;
    }
    const sinks::PrettyStyle style{.colour = isatty(STDOUT_FILENO) == 1};
    const Json event = letter["event"];
    const std::string what =
        event["id"] ? shown(event["id"].text()) + "  " + sinks::pretty_line(event.source(), style)
                    : "sequence " + shown(letter["sequence"].id()) + ": the record is damaged";
    std::printf("%s  %s  %s attempts  %s  |  %s\n", shown_time(letter["at"].text()).c_str(),
                shown(letter["sink"].text()).c_str(), shown(letter["attempts"].id()).c_str(),
                shown(letter["reason"].text(), 80).c_str(), what.c_str());
}

int list_dead(const DeadOptions& options) {
    const AdminClient client(options);
    for_each_row(client, "/api/v1/dead", "sequence", options,
                 [&](const Json& letter) { print_letter(letter, options.as_json); });
    return ExitCode::done;
}

int show_dead(const DeadOptions& options) {
    const AdminClient client(options);
    const std::string body = client.asked("/api/v1/dead/" + percent_encoded(options.words.at(0)) + "/" +
                                          percent_encoded(options.words.at(1)));
    if (options.as_json) {
        std::printf("%s\n", body.c_str());
        return ExitCode::done;
    }
    const auto answer = JsonDocument::parse_bytes(body);
    if (answer == nullptr) throw Mistake(ExitCode::unavailable, client.name() + " did not answer in JSON");
    const Json letter = answer->root();
    std::printf("%-12s%s\n", "sink", shown(letter["sink"].text()).c_str());
    std::printf("%-12s%s\n", "given up", shown_time(letter["at"].text()).c_str());
    std::printf("%-12s%s\n", "attempts", shown(letter["attempts"].id()).c_str());
    std::printf("%-12s%s\n", "reason", shown(letter["reason"].text(), 1000).c_str());
    std::printf("%-12s%s\n\n", "sequence", shown(letter["sequence"].id()).c_str());
    std::printf("%s\n", std::string(letter["event"].source()).c_str());
    return ExitCode::done;
}

// "crm 2, archive 1"
std::string by_sink(const ordered_json& answer) {
    std::string text;
    for (const ordered_json& sink : answer.value("sinks", ordered_json::array())) {
        text += (text.empty() ? "" : ", ") + shown(sink.value("sink", "")) + " " +
                std::to_string(number_in(sink, "dead_letters"));
        if (!sink.value("configured", true)) text += " (not in the configuration any more: left alone)";
    }
    return text;
}

std::string plan_of(const ordered_json& plan, const char* what) {
    return counted(number_in(plan, "dead_letters"), "dead letter") + ", given up from " +
           shown_time(plan.value("oldest", "")) + " to " + shown_time(plan.value("newest", "")) +
           ", will be " + what + ": " + by_sink(plan) + ".";
}

Campaign campaign_of(const DeadOptions& options, const std::string& path) {
    Campaign campaign;
    campaign.path = path;
    campaign.order = as_order(options);
    campaign.counted = "dead_letters";
    campaign.no_such = "no dead letter that the other options select has the event id";
    campaign.nothing = "No dead letter matches.";
    return campaign;
}

int retry(const DeadOptions& options) {
    const AdminClient client(options);
    Campaign campaign = campaign_of(options, "/api/v1/dead/retry");
    campaign.tell_plan = [](const ordered_json& plan) { return plan_of(plan, "delivered again"); };
    campaign.tell_receipt = [](const ordered_json& receipt) {
        const std::uint64_t due = number_in(receipt, "due");
        return counted(due, "dead letter") + (due == 1 ? " is" : " are") + " due again; new events go first.";
    };
    return carry_out(client, campaign, options.campaign);
}

int discard(const DeadOptions& options) {
    const AdminClient client(options);
    Campaign campaign = campaign_of(options, "/api/v1/dead/discard");
    campaign.tell_plan = [](const ordered_json& plan) { return plan_of(plan, "thrown away"); };
    campaign.tell_receipt = [](const ordered_json& receipt) {
        return counted(number_in(receipt, "discarded"), "dead letter") +
               " thrown away. Their events can be replayed as long as journal.retain_delivered keeps them.";
    };
    return carry_out(client, campaign, options.campaign);
}

void add_act(CLI::App& dead, Action& action, const char* name, const char* help,
             int (*act)(const DeadOptions&)) {
    auto* command = dead.add_subcommand(name, help);
    auto options = std::make_shared<DeadOptions>();
    add_admin_options(*command, *options);
    command->add_option("--sink", options->sink, "Only this sink's; else all");
    add_event_filters(*command, *options);
    command->add_option("ids", options->ids, "Only these events, by their whole ids");
    add_campaign_options(*command, options->campaign);
    command->callback([&action, options, act] {
        action = [options, act] { return reporting_mistakes([&] { return act(*options); }); };
    });
}

}  // namespace

void add_dead(CLI::App& app, Action& action) {
    auto* dead =
        app.add_subcommand("dead", "Look at the dead letters: deliver them again, or throw them away");
    dead->require_subcommand(1);

    auto* list = dead->add_subcommand("list", "One line a dead letter: when, for whom, why, and the event");
    auto options = std::make_shared<DeadOptions>();
    add_admin_options(*list, *options);
    list->add_option("--sink", options->sink, "Only this sink's");
    add_event_filters(*list, *options);
    add_list_options(*list, *options);
    list->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return list_dead(*options); }); };
    });

    auto* show = dead->add_subcommand("show", "One dead letter whole");
    options = std::make_shared<DeadOptions>();
    add_admin_options(*show, *options);
    show->add_option("letter", options->words, "The sink, and the event's id or sequence")
        ->required()
        ->expected(2);
    show->add_flag("--json", options->as_json, "One JSON object");
    show->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return show_dead(*options); }); };
    });

    add_act(*dead, action, "retry", "Deliver dead letters again; prints its plan first", retry);
    add_act(*dead, action, "discard", "Throw dead letters away; prints its plan first", discard);
}

}  // namespace chathook::cli
