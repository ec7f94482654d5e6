// An order to a running daemon that may be about a great many: planned and shown first, asked about, then
// carried out a page at a time with a bar on the terminal, and receipted. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/admin_client.hpp"

namespace chathook::cli {

struct CampaignOptions {
    bool yes = false;
    bool dry_run = false;
    bool as_json = false;
};
void add_campaign_options(CLI::App& command, CampaignOptions& options);

struct Campaign {
    std::string path;              // "/api/v1/dead/retry"
    nlohmann::ordered_json order;  // without dry_run, after and up_to
    const char* counted = "";      // the member of an answer that counts what a page was about

    // What is said of the plan and of the receipt, which are all pages' answers added up; several lines, no
    // line feed at the end.
    std::function<std::string(const nlohmann::ordered_json& plan)> tell_plan;
    std::function<std::string(const nlohmann::ordered_json& receipt)> tell_receipt;
    std::string nothing;  // said when nothing matches, which is no error

    bool has_end = true;            // the order ends where its plan ended: later ones have no part in it
    bool even_for_nothing = false;  // carried out, without asking, when nothing matches
};

// Answers an exit code. Throws Mistake; without a terminal to ask on and without --yes, too.
int carry_out(const AdminClient& client, const Campaign& campaign, const CampaignOptions& options);

// Adds one page's answer to the sum of those before: numbers add up, of times the first `oldest` and the last
// `newest` count, lists go by their members' "sink", all else is the last page's.
void add_page(nlohmann::ordered_json& sum, const nlohmann::ordered_json& page);

// "1 event", "12 events".
std::string counted(std::uint64_t count, const std::string& singular);
std::uint64_t number_in(const nlohmann::ordered_json& answer, const char* name);

// "####....  3 of 12"
std::string bar(std::uint64_t done, std::uint64_t total);

}  // namespace chathook::cli
