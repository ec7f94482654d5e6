// Who may know whom, in one place; docs/ARCHITECTURE.md tells the reasons. A room always knows include/, the
// standard library and the system's own headers. Read by tests/tidy only.
#pragma once

#include <array>
#include <string_view>

namespace chathook::tidy {

struct Room {
    std::string_view name;
    std::string_view may_know;  // other rooms, between blanks
    bool pure = false;          // no I/O, no clock, no log, no threads, no globals
};

inline constexpr std::array rooms{
    Room{"include", ""},
    Room{"support", ""},
    Room{"ecma", "", true},
    Room{"verify", "ecma", true},
    Room{"normalize", "ecma verify support", true},
    Room{"vendors", "verify normalize", true},
    Room{"config", "support"},
    Room{"http", "support"},
    Room{"journal", "support"},
    Room{"ingest", "http journal normalize verify support"},
    Room{"dispatch", "journal support"},
    Room{"sinks", "ecma verify support"},
    Room{"admin", "ecma http journal verify support"},
    Room{"daemon", "admin config dispatch http ingest journal sinks support vendors verify"},
    Room{"cli", "config daemon ecma journal normalize sinks support vendors verify"},
    Room{"main", "cli"},
};

// A library and the rooms that own it. What stands in no row is free for all.
struct Library {
    std::string_view name;
    std::string_view headers;  // what its include paths begin with
    std::string_view owners;   // rooms, between blanks
};

inline constexpr std::array libraries{
    Library{"yaml-cpp", "yaml-cpp/", "config"},
    Library{"SQLite", "sqlite3", "journal"},
    Library{"OpenSSL's TLS", "openssl/ssl", "http"},
    Library{"OpenSSL's error queue", "openssl/err", "http verify"},
    Library{"OpenSSL's crypto", "openssl/", "verify"},
    Library{"Asio's TLS", "boost/asio/ssl", "http support"},
    Library{"Asio", "boost/asio", "support http journal ingest dispatch admin daemon"},
    Library{"Beast", "boost/beast", "http support"},
    Library{"Boost.URL", "boost/url", "admin cli"},
    Library{"libcurl", "curl/", "sinks cli"},
    Library{"Mustache", "kainjow/", "sinks"},
    Library{"spdlog", "spdlog/", "support"},
    Library{"prometheus-cpp", "prometheus/", "support"},
    Library{"CLI11", "CLI/", "cli"},
    Library{"libsystemd", "systemd/", "daemon http"},
    Library{"nlohmann/json", "nlohmann/", "normalize vendors config admin cli"},
};

// Files that stand outside of the table, each for one reason.
inline constexpr std::array<std::string_view, 3> free_of_libraries_rule{
    "src/precompiled.hpp",    // build time only
    "src/support/boost.cpp",  // compiles Asio and Beast once for the whole program
    "src/cli/version.cpp",    // prints the versions of all libraries
};

}  // namespace chathook::tidy
