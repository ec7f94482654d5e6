#include "cli/filters.hpp"

#include <utility>

#include "cli/mistake.hpp"
#include "client/since.hpp"

namespace chathook::cli {

namespace {

void add_times(CLI::App& command, Filters& filters) {
    command.add_option("--since", filters.since, "Received since: 2h, 30m, 2026-11-21, 2026-11-21T20:00:00Z");
    command.add_option("--until", filters.until, "Received before, in the same forms");
}

std::vector<std::pair<const char*, std::string>> given(const Filters& filters) {
    std::vector<std::pair<const char*, std::string>> all{{"sink", filters.sink},
                                                         {"type", filters.type},
                                                         {"vendor", filters.vendor},
                                                         {"source", filters.source},
                                                         {"reason", filters.reason}};
    for (const auto& [name, text] :
         {std::pair("since", &filters.since), std::pair("until", &filters.until)}) {
        if (text->empty()) continue;
        const auto time = client::since_as_rfc3339(*text);
        if (!time)
            throw Mistake(ExitCode::usage,
                          "--" + std::string(name) + " '" + *text +
                              "' is not a valid time; write 2h, 2026-11-21 or 2026-11-21T20:00:00Z");
        all.emplace_back(name, *time);
    }
    std::erase_if(all, [](const auto& one) { return one.second.empty(); });
    return all;
}

}  // namespace

void add_origin_filters(CLI::App& command, Filters& filters) {
    command.add_option("--type", filters.type, "Only types that match: 'handover.*'");
    command.add_option("--vendor", filters.vendor, "Only this vendor");
    command.add_option("--source", filters.source, "Only this source");
}

void add_event_filters(CLI::App& command, Filters& filters) {
    add_origin_filters(command, filters);
    add_times(command, filters);
}

void add_rejection_filters(CLI::App& command, Filters& filters) {
    command.add_option("--source", filters.source, "Only this source");
    command.add_option("--reason", filters.reason, "Only this reason: wrong_signature");
    add_times(command, filters);
}

void add_list_options(CLI::App& command, Filters& filters) {
    command.add_option("-n,--lines", filters.lines, "How many of the newest; with --since all are listed")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    command.add_flag("--json", filters.as_json, "One JSON object a line");
}

void add_show_options(CLI::App& command, Filters& filters, const char* name, const char* help, int words) {
    command.add_option(name, filters.words, help)->required()->expected(words);
    command.add_flag("--json", filters.as_json, "One JSON object");
}

std::string as_query(const Filters& filters) {
    std::string query;
    for (const auto& [name, value] : given(filters))
        query += std::string("&") + name + "=" + percent_encoded(value);
    return query;
}

nlohmann::ordered_json as_order(const Filters& filters) {
    auto order = nlohmann::ordered_json::object();
    for (const auto& [name, value] : given(filters)) order[name] = value;
    if (!filters.ids.empty()) order["ids"] = filters.ids;
    return order;
}

}  // namespace chathook::cli
