// An order to a running daemon that may affect very many items: first its plan is shown and confirmed, then
// it is executed page by page with a progress bar, and a receipt is printed. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/admin_client.hpp"
#include "cli/filters.hpp"

namespace chathook::cli {

struct CampaignOptions {
    bool yes = false;
    bool dry_run = false;
    bool as_json = false;
};
void add_campaign_options(CLI::App& command, CampaignOptions& options);

// The options of an order that acts on what filters select.
struct ActOptions : Filters {
    CampaignOptions campaign;
};

struct Campaign {
    std::string path;              // "/api/v1/dead/retry"
    nlohmann::ordered_json order;  // without dry_run, after and up_to
    const char* counted = "";      // the member of an answer that counts the items of a page

    // The texts for the plan and the receipt, each the sum of the answers for all pages; several lines, no
    // line feed at the end.
    std::function<std::string(const nlohmann::ordered_json& plan)> tell_plan;
    std::function<std::string(const nlohmann::ordered_json& receipt)> tell_receipt;
    std::string nothing;  // printed if nothing matches, which is an error only if the order names ids
    std::string no_such;  // "No event that is kept has the id", printed for each id that is not found

    bool has_end = true;            // the order ends where its plan ended and excludes later items
    bool even_for_nothing = false;  // the order is given even if nothing matches the plan
};

// Returns an exit code: ExitCode::nothing_found if the order names ids or numbers and none of them is found.
// Throws Mistake, also if confirmation is needed and there is no terminal and no --yes.
int carry_out(const AdminClient& client, const Campaign& campaign, const CampaignOptions& options);

// Adds a page's answer to the sum of the earlier ones: numbers are added, the first `oldest` and the last
// `newest` are kept, lists are merged by "sink", `not_found` keeps what no page found, and other members are
// taken from the last page.
void add_page(nlohmann::ordered_json& sum, const nlohmann::ordered_json& page);

// "1 event", "12 events".
std::string counted(std::uint64_t count, const std::string& singular);
std::uint64_t number_in(const nlohmann::ordered_json& answer, const char* name);

// "####....  3 of 12"
std::string bar(std::uint64_t done, std::uint64_t total);

}  // namespace chathook::cli
