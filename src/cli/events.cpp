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

struct EventsOptions : Filters {
    CampaignOptions campaign;
};

void print_row(const Json& row, bool as_json) {
    if (as_json) {
        std::printf("%s\n", std::string(row.source()).c_str());
        return;
    }
    const sinks::PrettyStyle style{.colour = isatty(STDOUT_FILENO) == 1};
    std::printf("%s  %s\n", shown(row["event"]["id"].text()).c_str(),
                sinks::pretty_line(row["event"].source(), style).c_str());
}

int list_events(const EventsOptions& options) {
    const AdminClient client(options);
    for_each_row(client, "/api/v1/events", "sequence", options,
                 [&](const Json& row) { print_row(row, options.as_json); });
    return ExitCode::done;
}

// "crm  dead since 2026-11-21 20:00:00Z, 3 attempts: status 400"
void print_fate(const Json& fate) {
    std::string line = shown(fate["state"].text());
    if (fate["state"].text() == "dead") {
        line += " since " + shown_time(fate["at"].text()) + ", " + shown(fate["attempts"].id()) +
                " attempts: " + shown(fate["reason"].text());
    }
    if (fate["delivered_before"]) line += ", after it was delivered before";
    std::printf("%-12s%s\n", shown(fate["sink"].text()).c_str(), line.c_str());
}

int show_event(const EventsOptions& options) {
    const AdminClient client(options);
    const std::string body = client.asked("/api/v1/events/" + percent_encoded(options.words.front()));
    if (options.as_json) {
        std::printf("%s\n", body.c_str());
        return ExitCode::done;
    }
    const auto answer = JsonDocument::parse_bytes(body);
    if (answer == nullptr) throw Mistake(ExitCode::unavailable, client.name() + " did not answer in JSON");
    const Json root = answer->root();
    const Json event = root["event"];
    std::printf("%s\n\n", sinks::pretty_line(event.source(), {}).c_str());
    std::printf("%-12s%s\n", "id", shown(event["id"].text()).c_str());
    std::printf("%-12s%s\n", "sequence", shown(root["sequence"].id()).c_str());
    std::printf("%-12s%s\n", "received", shown_time(event["receivedtime"].text()).c_str());
    for (Json fate = root["sinks"].first(); fate; fate = fate.next()) print_fate(fate);
    std::printf("\n%s\n", std::string(event.source()).c_str());
    return ExitCode::done;
}

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

int replay(const EventsOptions& options) {
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
    auto options = std::make_shared<EventsOptions>();
    add_admin_options(*list, *options);
    add_event_filters(*list, *options);
    add_list_options(*list, *options);
    list->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return list_events(*options); }); };
    });

    auto* show = events->add_subcommand("show", "One event whole, and how far it is with each sink");
    options = std::make_shared<EventsOptions>();
    add_admin_options(*show, *options);
    show->add_option("event", options->words, "Its id, or its sequence")->required()->expected(1);
    show->add_flag("--json", options->as_json, "One JSON object");
    show->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return show_event(*options); }); };
    });

    auto* again =
        events->add_subcommand("replay", "Deliver events to a sink once more; prints its plan first");
    options = std::make_shared<EventsOptions>();
    add_admin_options(*again, *options);
    again->add_option("--sink", options->sink, "Who gets them: a name under sinks")->required();
    add_event_filters(*again, *options);
    again->add_option("ids", options->ids, "Only these events, by their whole ids");
    add_campaign_options(*again, options->campaign);
    again->callback([&action, options] {
        action = [options] { return reporting_mistakes([&] { return replay(*options); }); };
    });
}

}  // namespace chathook::cli
