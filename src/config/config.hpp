// The whole configuration as plain structs with their defaults: what the YAML of docs/configuration.md
// becomes. Every limit of the house has its name here. Made once by config/load; move-only, because it owns
// the secrets.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <chathook/settings.hpp>
#include <chathook/vendor.hpp>

namespace chathook::config {

// One address to listen on, as written: host:port, [v6]:port, unix:/path, systemd or systemd:NAME.
struct Address {
    enum class Kind { tcp, unix_socket, systemd };
    Kind kind = Kind::tcp;
    std::string host;        // an IP address literal or "localhost"; the path of a UNIX socket; the name that
                             // systemd gives its sockets, empty for all of them
    std::uint16_t port = 0;  // 0: the kernel chooses (tests)
    std::string text;        // as the configuration wrote it, for messages

    // Of a UNIX socket: who may connect, and whose it is. None: the daemon's own user and group.
    unsigned mode = 0660;
    std::optional<unsigned> owner = std::nullopt;
    std::optional<unsigned> group = std::nullopt;
};

struct Limits {
    std::uint64_t body = 1ull << 20;           // bytes
    std::uint64_t header_bytes = 16ull << 10;  // of the whole head
    std::uint64_t headers = 64;                // fields
    std::uint64_t connections = 1024;
    std::uint64_t requests_per_connection = 1000;
    std::chrono::milliseconds header_timeout{10'000};  // absolute, from the first byte waited for
    std::chrono::milliseconds body_timeout{30'000};    // absolute
    std::chrono::milliseconds idle_timeout{75'000};    // must exceed the proxy's keep-alive (nginx: 60 s)
    std::chrono::milliseconds write_timeout{10'000};
    std::chrono::milliseconds commit_timeout{2'000};
    std::uint64_t inflight_bytes = 64ull << 20;  // of all bodies being read or committed

    // For each client: so many failures at once, and so many a minute in the long run.
    std::uint64_t failed_verifications_burst = 60;
    std::uint64_t failed_verifications_per_minute = 60;
};

struct Tls {
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::filesystem::path client_ca;  // empty: no client certificate asked for
};

struct Server {
    std::vector<Address> listen;
    unsigned threads = 0;                      // 0: one per CPU
    std::vector<std::string> trusted_proxies;  // CIDR blocks, checked for form
    bool proxy_protocol = false;
    std::optional<Tls> tls;
    Limits limits;
};

struct Admin {
    std::optional<Address> listen;  // none: no admin address
    SecretBytes token;              // empty: none needed (loopback and UNIX sockets only)
};

struct Journal {
    std::filesystem::path path = "/var/lib/chathook";
    std::chrono::seconds retain_delivered{24 * 3600};
    std::chrono::seconds retain_dead{30 * 24 * 3600};
    std::chrono::seconds dedupe_window{7 * 24 * 3600};
    std::uint64_t min_free_disk = 256ull << 20;
    std::uint64_t max_size = 4ull << 30;
    std::string on_damage = "stop";  // stop, go_on

    // The refused requests that are remembered: this many, and for so long.
    std::uint64_t rejections_keep = 1000;
    std::chrono::seconds rejections_age{7 * 24 * 3600};
};

struct Source {
    std::string name;
    std::string vendor;
    std::string path;
    VendorSettings settings;
    bool keep_rejected = false;  // refused requests whole, to be taken again later
};

// How dispatch/ treats a sink that fails.
struct Retry {
    std::chrono::milliseconds initial{1'000};
    std::chrono::milliseconds max{15 * 60'000};
    std::chrono::milliseconds max_age{72ll * 3600 * 1000};
    std::uint64_t breaker_failures = 5;  // in a row; 0: the breaker never opens
    std::chrono::milliseconds breaker_pause{5'000};
};

struct Sink {
    std::string name;
    std::string type;
    SinkSettings settings{""};
    Retry retry;
};

// An event goes to the union of all routes that match. Empty lists match everything.
struct Route {
    std::vector<std::string> types;  // globs
    std::vector<std::string> vendors;
    std::vector<std::string> sources;
    std::vector<std::string> to;  // names of sinks
};

struct Log {
    std::string level = "info";   // debug, info, warning, error
    std::string format = "text";  // text, json
    std::string pii = "mask";     // mask, plain
};

struct Config {
    std::filesystem::path file;  // where it was read from
    Server server;
    Admin admin;
    Journal journal;
    std::vector<Source> sources;
    std::vector<Sink> sinks;
    std::vector<Route> routes;
    Log log;
};

}  // namespace chathook::config
