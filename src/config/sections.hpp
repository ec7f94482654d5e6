// The sections of the configuration, one reader each. A reader fills its argument as far as the file allows
// and records problems in the Findings of the place, where the caller looks for errors. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <chathook/time.hpp>

#include "config/config.hpp"
#include "config/load.hpp"
#include "config/reading.hpp"

namespace chathook::config {

class Vendors;  // own_vendors.hpp

// Addresses already taken, with the path of the key that took each.
using Listeners = std::vector<std::pair<Address, std::string>>;

// load.cpp: all sections.
void read_sections(const Place& root, const Known& known, Config& config);

// load.cpp: whether the text is UTF-8 without control characters; yaml-cpp guesses encodings and passes
// control characters on.
bool is_plain_text(std::string_view text, Findings& findings);

// listen.cpp
std::optional<Address> read_address(const Place& at, Listeners& taken);
void read_listen(const Place& at, Server& server, Listeners& taken);

// server.cpp
void read_server(const Place& at, const Known& known, Server& server, Listeners& taken);
void read_admin(const Place& at, Admin& admin, Listeners& taken);
struct AdminPlaces {
    Place listen, token;
};
AdminPlaces admin_places(const Place& at);
void read_journal(const Place& at, Journal& journal);
void read_log(const Place& at, LogSettings& log);

// journal_path.cpp; `at` is the key, which may be absent while `path` is the default.
void check_journal_path(const Place& at, const std::filesystem::path& path);

// sources.cpp
void read_sources(const Place& at, const Vendors& vendors, Instant now, std::vector<Source>& sources);

// sinks.cpp
void read_sinks(const Place& at, const Known& known, std::vector<Sink>& sinks);

// sink_options.cpp: false if an option is wrong.
bool read_sink_options(const Place& at, const SinkKind& kind, SinkSettings& settings);
std::vector<std::string> choices_of(std::string_view words_between_bars);

// What an option takes at least and at most: a count, bytes or milliseconds. Place::no_bound: no most.
struct Bounds {
    std::uint64_t least = 0;
    std::uint64_t most = Place::no_bound;
};
Bounds bounds_of(const OptionSpec& spec);

// routes.cpp; reads `config.sources` and `config.sinks`, fills `config.routes`.
void read_routes(const Place& root, const Vendors& vendors, Config& config);

// Whether `text` may name a source or a sink: names appear in events, logs, metrics and file names.
bool is_name(std::string_view text);
inline constexpr std::string_view name_hint = "a name has 1 to 63 characters of a-z, 0-9 and '-'";

}  // namespace chathook::config
