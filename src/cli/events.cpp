#include <cstdio>
#include <string>

#include "cli/campaign.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/listing.hpp"
#include "sinks/pretty_line.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

void print_event(const Json& row) {
    std::printf("%s  %s\n", shown(row["event"]["id"].text()).c_str(),
                event_line(row["event"].source()).c_str());
}

int list_events(const Filters& options) {
    return list_rows(options, "/api/v1/events", "sequence", print_event);
}

// "crm  dead since 2026-11-21 20:00:00Z, 3 attempts: status 400", or of an event that is due
// "crm  waiting, 3 attempts since 2026-11-21 20:00:00Z: status 503; next attempt at 2026-11-21 20:05:00Z"
void print_fate(const Json& fate) {
    std::string line = shown(fate["state"].text());
    if (fate["attempts"]) {
        const std::string_view count = fate["attempts"].id();
        const std::string attempts = ", " + shown(count) + (count == "1" ? " attempt" : " attempts");
        const std::string since = " since " + shown_time(fate["at"].text());
        line += (fate["state"].text() == "dead" ? since + attempts : attempts + since) + ": " +
                shown(fate["reason"].text());
    }
    if (fate["next_try"]) line += "; next attempt at " + shown_time(fate["next_try"].text());
    if (fate["delivered_before"]) line += ", after it was delivered before";
    print_fact(shown(fate["sink"].text()), line);
}

void print_whole_event(const Json& answer) {
    const Json event = answer["event"];
    std::printf("%s\n\n", sinks::pretty_line(event.source(), {}).c_str());
    print_fact("id", shown(event["id"].text()));
    print_fact("sequence", shown(answer["sequence"].id()));
    print_fact("received", shown_time(event["receivedtime"].text()));
    for (Json fate = answer["sinks"].first(); fate; fate = fate.next()) print_fate(fate);
    std::printf("\n%s\n", std::string(event.source()).c_str());
}

int show_event(const Filters& options) { return show_one(options, "/api/v1/events", print_whole_event); }

std::string plan_of_replay(const ordered_json& plan) {
    return counted(number_in(plan, "events"), "event") + ", received from " +
           shown_time(plan.value("oldest", "")) + " to " + shown_time(plan.value("newest", "")) +
           ", will be delivered to the sink " + shown(plan.value("sink", "")) +
           " once more, under their old ids:\na receiver that remembers ids takes them for repeats.";
}

std::string receipt_of_replay(const ordered_json& receipt) {
    const std::uint64_t matched = number_in(receipt, "events");
    const std::uint64_t due = number_in(receipt, "due");
    std::string text = counted(due, "event") + (due == 1 ? " is" : " are") + " due for " +
                       shown(receipt.value("sink", "")) + " now; new events go first.";
    if (matched > due) {
        text += "\n" + std::to_string(matched - due) + " left out: due anyway, or no longer kept.";
    }
    return text;
}

int replay(const ActOptions& options) {
    const AdminClient client(options);
    Campaign campaign;
    campaign.path = "/api/v1/events/replay";
    campaign.order = as_order(options);
    campaign.counted = "events";
    campaign.tell_plan = plan_of_replay;
    campaign.tell_receipt = receipt_of_replay;
    campaign.no_such = "no kept event that the other options select has the id";
    campaign.nothing = "No event matches; journal.retain_delivered says how long events are kept.";
    return carry_out(client, campaign, options.campaign);
}

}  // namespace

void add_events(CLI::App& app, Action& action) {
    auto* events =
        app.add_subcommand("events", "Look at the events that are kept, and deliver them once more");
    events->require_subcommand(1);

    auto* list = events->add_subcommand("list", "One line an event, oldest first, its id in front");
    auto& listed = options_of<Filters>(*list, action, list_events);
    add_admin_options(*list, listed);
    add_event_filters(*list, listed);
    add_list_options(*list, listed);

    auto* show = events->add_subcommand("show", "One event whole, and how far it is with each sink");
    auto& named = options_of<Filters>(*show, action, show_event);
    add_admin_options(*show, named);
    add_show_options(*show, named, "event", "Its id, or its sequence");

    auto* again =
        events->add_subcommand("replay", "Deliver events to a sink once more; prints its plan first");
    auto& chosen = options_of<ActOptions>(*again, action, replay);
    add_admin_options(*again, chosen);
    again->add_option("--sink", chosen.sink, "Who gets them: a name under sinks")->required();
    add_event_filters(*again, chosen);
    again->add_option("ids", chosen.ids, "Only these events, by their whole ids");
    add_campaign_options(*again, chosen.campaign);
}

}  // namespace chathook::cli
