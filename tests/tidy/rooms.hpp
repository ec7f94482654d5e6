// Which room may depend on which, in one place; docs/ARCHITECTURE.md gives the reasons. A room may always use
// include/, the standard library and the system's own headers. Read by tests/tidy only.
#pragma once

#include <array>
#include <string_view>

namespace chathook::tidy {

struct Room {
    std::string_view name;
    std::string_view may_know;  // other rooms, separated by blanks
    bool pure = false;          // no I/O, no clock, no log, no threads, no globals
};

inline constexpr std::array rooms{
    Room{"include", ""},
    Room{"support", ""},
    Room{"ecma", "", true},
    Room{"verify", "ecma support", true},
    Room{"doctor", "ecma support verify", true},
    Room{"normalize", "ecma verify support", true},
    Room{"mapping", "normalize support", true},
    Room{"yaml", "support"},
    Room{"mapping_file", "mapping support yaml"},
    Room{"vendor_file", "mapping mapping_file support verify yaml"},
    Room{"learn", "doctor ecma mapping support vendor_file verify yaml"},
    Room{"vendors", "mapping vendor_file verify yaml"},
    Room{"config", "dispatch http journal net support yaml"},
    Room{"net", "support"},
    Room{"http", "net support"},
    Room{"age", "support"},
    Room{"journal", "age support"},
    Room{"disk", "journal support"},
    Room{"sqlite", "disk journal support"},
    Room{"format", "disk journal sqlite support"},
    Room{"keys", ""},
    Room{"store", "disk format journal keys sqlite support"},
    Room{"inspection", "disk ecma format journal normalize sqlite store support"},
    Room{"ingest", "ecma http journal normalize verify support"},
    Room{"dispatch", "journal support"},
    Room{"sinks", "ecma verify support"},
    Room{"status", "ecma support"},
    Room{"admin", "dispatch ecma http journal status verify support"},
    Room{"daemon", "admin config dispatch http ingest journal net sinks status store support vendors verify"},
    Room{"client", "sinks support"},
    Room{"cli",
         "client config daemon disk doctor ecma ingest inspection journal learn normalize sinks status "
         "store support vendor_file vendors verify yaml"},
    Room{"main", "cli support"},
};

// A library and the rooms that own it. Libraries without a row are free for all.
struct Library {
    std::string_view name;
    std::string_view headers;  // prefixes of its include paths
    std::string_view owners;   // rooms, separated by blanks
};

inline constexpr std::array libraries{
    Library{"yaml-cpp", "yaml-cpp/", "yaml"},
    Library{"SQLite", "sqlite3", "format sqlite store"},
    Library{"OpenSSL's TLS", "openssl/ssl", "net"},
    Library{"OpenSSL's error queue", "openssl/err", "net verify"},
    Library{"OpenSSL's crypto", "openssl/", "verify"},
    Library{"Asio's TLS", "boost/asio/ssl", "net support"},
    Library{"Asio", "boost/asio", "support net http journal ingest dispatch admin daemon"},
    Library{"Beast", "boost/beast", "http support"},
    Library{"Boost.URL", "boost/url", "admin cli"},
    Library{"libcurl", "curl/", "sinks client"},
    Library{"Mustache", "kainjow/", "sinks"},
    Library{"spdlog", "spdlog/", "support"},
    Library{"prometheus-cpp", "prometheus/", "support"},
    Library{"CLI11", "CLI/", "cli"},
    Library{"libsystemd", "systemd/", "daemon net"},
    Library{"nlohmann/json", "nlohmann/", "normalize vendors config status admin cli"},
};

// Files exempt from the table, each for one reason.
inline constexpr std::array<std::string_view, 3> free_of_libraries_rule{
    "src/precompiled.hpp",    // build time only
    "src/support/boost.cpp",  // compiles Asio and Beast once for the whole program
    "src/cli/version.cpp",    // prints the versions of all libraries
};

}  // namespace chathook::tidy
