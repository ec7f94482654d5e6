// Options that select the events, dead letters or refused requests for a command. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/admin_client.hpp"

namespace chathook::cli {

struct Filters : AdminOptions {
    std::string sink, type, vendor, source, reason, since, until;
    std::vector<std::string> ids;    // of events
    std::vector<std::string> words;  // positional arguments
    std::size_t lines = 100;         // of a list
    bool as_json = false;
};

// --type, --vendor, --source
void add_origin_filters(CLI::App& command, Filters& filters);
// The same, and --since, --until
void add_event_filters(CLI::App& command, Filters& filters);
// --source, --reason, --since, --until
void add_rejection_filters(CLI::App& command, Filters& filters);
// -n, --json
void add_list_options(CLI::App& command, Filters& filters);

// The words that name one item, and --json
void add_show_options(CLI::App& command, Filters& filters, const char* name, const char* help, int words = 1);

// "&type=lead.*&since=...": for a GET. Throws Mistake for an invalid time.
std::string as_query(const Filters& filters);

// The same as the body of an order.
nlohmann::ordered_json as_order(const Filters& filters);

}  // namespace chathook::cli
