// The tables of docs/configuration.md, made from the declared keys (keys.hpp). Start-up only; one thread.
#pragma once

#include <string>
#include <string_view>

#include "config/load.hpp"

namespace chathook::config {

// The Markdown table of one section's keys: "server", "server.limits", "sources", "sinks", "sinks.retry",
// "routes", "log" ..., or of a kind of sink: "sinks.http". Empty if there is no such section.
std::string reference_table(const Known& known, std::string_view section);

// `page` with each table between <!-- keys: SECTION --> and <!-- end of keys --> brought up to date. A mark
// with an unknown section is left unchanged.
std::string with_reference_tables(const Known& known, std::string_view page);

}  // namespace chathook::config
