#include "cli/campaign.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>

#include "cli/listing.hpp"
#include "cli/mistake.hpp"
#include "support/error_text.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

bool is_last_page_s(const std::string& name) {
    constexpr std::string_view names[] = {"after", "after_rejection", "up_to"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Adds up [{"sink":"crm","events":2}, ...] by sink.
void add_rows(ordered_json& sum, const ordered_json& rows) {
    for (const ordered_json& row : rows) {
        const auto same = std::find_if(sum.begin(), sum.end(), [&](const ordered_json& known) {
            return known.is_object() && row.is_object() && known.value("sink", "") == row.value("sink", "");
        });
        if (same == sum.end()) {
            sum.push_back(row);
        } else {
            add_page(*same, row);
        }
    }
}

// The names that both pages report as missing.
ordered_json missing_on_both(const ordered_json& sum, const ordered_json& page) {
    auto both = ordered_json::array();
    for (const ordered_json& name : sum) {
        if (std::find(page.begin(), page.end(), name) != page.end()) both.push_back(name);
    }
    return both;
}

ordered_json parsed(const AdminClient& client, const std::string& body) {
    ordered_json answer = ordered_json::parse(body, nullptr, false);
    if (!answer.is_object()) throw Mistake(ExitCode::unavailable, client.not_json());
    return answer;
}

// Sends the order until no page is left. `total` scales the progress bar; 0: no bar.
ordered_json all_pages(const AdminClient& client, const Campaign& campaign, ordered_json order,
                       std::uint64_t total) {
    const bool with_bar = total > 0 && isatty(STDERR_FILENO) == 1;
    ordered_json sum = ordered_json::object();
    for (;;) {
        const ordered_json page = parsed(client, client.ordered(campaign.path, order.dump()));
        add_page(sum, page);
        if (with_bar) std::fprintf(stderr, "\r%s", bar(number_in(sum, campaign.counted), total).c_str());
        if (!page.value("more", false)) break;
        for (const char* place : {"after", "after_rejection"}) {
            if (page.contains(place)) order[place] = page.at(place);
        }
    }
    if (with_bar) std::fprintf(stderr, "\n");
    sum.erase("more");
    return sum;
}

constexpr const char* nothing_done = "nothing was done";

// Prints to stdout, or to stderr if stdout is for JSON. Throws Mistake if writing fails.
void say(const std::string& text, const CampaignOptions& options, const char* what_is_done) {
    std::FILE* const stream = options.as_json ? stderr : stdout;
    errno = 0;
    std::fprintf(stream, "%s\n", text.c_str());
    std::fflush(stream);
    if (std::ferror(stream) == 0) return;
    throw Mistake(ExitCode::io_error, "cannot print: " + error_text(errno) + "; " + what_is_done);
}

// Prints the names in the order for which nothing was found.
void tell_missing(const ordered_json& plan, const std::string& no_such) {
    constexpr std::size_t told_max = 20;
    const ordered_json missing = plan.value("not_found", ordered_json::array());
    for (std::size_t at = 0; at < missing.size() && at < told_max; ++at) {
        const ordered_json& name = missing[at];
        complain(no_such + " " + shown(name.is_string() ? name.get<std::string>() : name.dump()));
    }
    if (missing.size() > told_max)
        complain("and " + std::to_string(missing.size() - told_max) + " more were not found");
}

void print_json(const ordered_json& json, const CampaignOptions& options) {
    if (options.as_json) std::printf("%s\n", json.dump().c_str());
}

bool confirmed(const CampaignOptions& options) {
    if (options.yes) return true;
    if (isatty(STDIN_FILENO) != 1)
        throw Mistake(ExitCode::usage,
                      "nothing was done: there is no terminal to ask on; say --yes, or --dry-run");
    std::fprintf(stderr, "Go on? [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

void add_campaign_options(CLI::App& command, CampaignOptions& options) {
    command.add_flag("-y,--yes", options.yes, "Do not ask");
    command.add_flag("--dry-run", options.dry_run, "Print the plan and do nothing");
    command.add_flag("--json", options.as_json, "The receipt (with --dry-run: the plan) as one JSON object");
}

int carry_out(const AdminClient& client, const Campaign& campaign, const CampaignOptions& options) {
    ordered_json rehearsal = campaign.order;
    rehearsal["dry_run"] = true;
    const ordered_json plan = all_pages(client, campaign, rehearsal, 0);
    const std::uint64_t total = number_in(plan, campaign.counted);
    // A plan that could not be printed cannot be confirmed.
    tell_missing(plan, campaign.no_such);
    say(total == 0 ? campaign.nothing : campaign.tell_plan(plan), options, nothing_done);
    if (options.dry_run || (total == 0 && !campaign.even_for_nothing)) {
        print_json(plan, options);
        return total == 0 && plan.contains("not_found") ? ExitCode::nothing_found : ExitCode::done;
    }
    if (!confirmed(options)) {
        say("Nothing was done.", options, nothing_done);
        return ExitCode::done;
    }
    ordered_json order = campaign.order;
    if (campaign.has_end) order["up_to"] = plan.at("after");
    const ordered_json receipt = all_pages(client, campaign, std::move(order), total);
    say(campaign.tell_receipt(receipt), options, "the order was carried out, and its receipt is lost");
    print_json(receipt, options);
    return ExitCode::done;
}

void add_page(ordered_json& sum, const ordered_json& page) {
    for (const auto& [name, value] : page.items()) {
        if (!sum.contains(name) || is_last_page_s(name)) {
            sum[name] = value;
        } else if (value.is_number_unsigned() && sum[name].is_number_unsigned()) {
            sum[name] = sum[name].get<std::uint64_t>() + value.get<std::uint64_t>();
        } else if (value.is_object() && sum[name].is_object()) {
            add_page(sum[name], value);
        } else if (name == "sinks" && value.is_array()) {
            add_rows(sum[name], value);
        } else if (name == "not_found" && value.is_array()) {
            sum[name] = missing_on_both(sum[name], value);
        } else if (name != "oldest") {
            sum[name] = value;
        }
    }
}

std::string counted(std::uint64_t count, const std::string& singular) {
    return std::to_string(count) + " " + singular + (count == 1 ? "" : "s");
}

std::uint64_t number_in(const ordered_json& answer, const char* name) {
    const auto found = answer.find(name);
    return found != answer.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string bar(std::uint64_t done, std::uint64_t total) {
    constexpr std::uint64_t width = 40;
    const std::uint64_t full = total == 0 ? width : std::min(width, done * width / total);
    return std::string(full, '#') + std::string(width - full, '.') + "  " + std::to_string(done) + " of " +
           std::to_string(total);
}

}  // namespace chathook::cli
