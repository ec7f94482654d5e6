#include <cstdio>
#include <string>

#include "cli/campaign.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/listing.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

void print_letter(const Json& letter) {
    const Json event = letter["event"];
    const std::string what = event["id"]
                                 ? shown(event["id"].text()) + "  " + event_line(event.source())
                                 : "sequence " + shown(letter["sequence"].id()) + ": the record is damaged";
    std::printf("%s  %s  %s attempts  %s  |  %s\n", shown_time(letter["at"].text()).c_str(),
                shown(letter["sink"].text()).c_str(), shown(letter["attempts"].id()).c_str(),
                shown(letter["reason"].text(), 80).c_str(), what.c_str());
}

void print_whole_letter(const Json& letter) {
    print_fact("sink", shown(letter["sink"].text()));
    print_fact("given up", shown_time(letter["at"].text()));
    print_fact("attempts", shown(letter["attempts"].id()));
    print_fact("reason", shown(letter["reason"].text(), 1000));
    print_fact("sequence", shown(letter["sequence"].id()) + "\n");
    print_line(letter["event"].source());
}

int list_dead(const Filters& options) { return list_rows(options, "/api/v1/dead", "sequence", print_letter); }

int show_dead(const Filters& options) { return show_one(options, "/api/v1/dead", print_whole_letter); }

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

Campaign campaign_of(const ActOptions& options, const std::string& path) {
    Campaign campaign;
    campaign.path = path;
    campaign.order = as_order(options);
    campaign.counted = "dead_letters";
    campaign.no_such = "no dead letter that the other options select has the event id";
    campaign.nothing = "No dead letter matches.";
    return campaign;
}

int retry(const ActOptions& options) {
    const AdminClient client(options);
    Campaign campaign = campaign_of(options, "/api/v1/dead/retry");
    campaign.tell_plan = [](const ordered_json& plan) { return plan_of(plan, "delivered again"); };
    campaign.tell_receipt = [](const ordered_json& receipt) {
        const std::uint64_t due = number_in(receipt, "due");
        return counted(due, "dead letter") + (due == 1 ? " is" : " are") + " due again; new events go first.";
    };
    return carry_out(client, campaign, options.campaign);
}

int discard(const ActOptions& options) {
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
             int (*act)(const ActOptions&)) {
    auto* command = dead.add_subcommand(name, help);
    auto& options = options_of<ActOptions>(*command, action, act);
    add_admin_options(*command, options);
    command->add_option("--sink", options.sink, "Only this sink's; else all");
    add_event_filters(*command, options);
    command->add_option("ids", options.ids, "Only these events, by their whole ids");
    add_campaign_options(*command, options.campaign);
}

}  // namespace

void add_dead(CLI::App& app, Action& action) {
    auto* dead =
        app.add_subcommand("dead", "Look at the dead letters: deliver them again, or throw them away");
    dead->require_subcommand(1);

    auto* list = dead->add_subcommand("list", "One line a dead letter: when, for whom, why, and the event");
    auto& listed = options_of<Filters>(*list, action, list_dead);
    add_admin_options(*list, listed);
    list->add_option("--sink", listed.sink, "Only this sink's");
    add_event_filters(*list, listed);
    add_list_options(*list, listed);

    auto* show = dead->add_subcommand("show", "One dead letter whole");
    auto& named = options_of<Filters>(*show, action, show_dead);
    add_admin_options(*show, named);
    add_show_options(*show, named, "letter", "The sink, and the event's id or sequence", 2);

    add_act(*dead, action, "retry", "Deliver dead letters again; prints its plan first", retry);
    add_act(*dead, action, "discard", "Throw dead letters away; prints its plan first", discard);
}

}  // namespace chathook::cli
