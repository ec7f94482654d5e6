// The whole configuration as plain structs with their defaults: the result of reading the YAML of
// docs/configuration.md. If a room has a settings struct of its own, it is used here directly. Made by
// config/load; move-only, because it owns the secrets. A reload compares the keys (section_keys.hpp), and
// sinks as a whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chathook/settings.hpp>
#include <chathook/vendor.hpp>

#include "dispatch/delivery_policy.hpp"
#include "http/limits.hpp"
#include "journal/settings.hpp"
#include "net/tls_files.hpp"
#include "support/log.hpp"
#include "yaml/named_file.hpp"

namespace chathook::config {

// One address to listen on, as written: host:port, [v6]:port, unix:/path, systemd or systemd:NAME.
struct Address {
    enum class Kind { tcp, unix_socket, systemd };
    Kind kind = Kind::tcp;
    std::string host;        // an IP address literal or "localhost"; the path of a UNIX socket; the name that
                             // systemd gives its sockets, empty for all of them
    std::uint16_t port = 0;  // 0: the kernel chooses (tests)
    std::string text;        // as written in the configuration, for messages

    // For a UNIX socket: its mode and its owner. nullopt: the daemon's own user and group.
    unsigned mode = 0660;
    std::optional<unsigned> owner = std::nullopt;
    std::optional<unsigned> group = std::nullopt;

    friend bool operator==(const Address&, const Address&) = default;
};

// The limits of the HTTP server, and those of the code behind it.
struct Limits : http::Limits {
    std::chrono::milliseconds commit_timeout{2'000};
    std::uint64_t document_bytes = 12ull << 20;  // for the parsed documents of all bodies together

    // Per client: the burst of failures, and the sustained rate per minute.
    std::uint64_t failed_verifications_burst = 60;
    std::uint64_t failed_verifications_per_minute = 60;
};

using Tls = net::TlsFiles;

struct Server {
    std::vector<Address> listen;
    unsigned threads = 0;                      // 0: one per CPU
    std::vector<std::string> trusted_proxies;  // CIDR blocks, checked for form
    bool proxy_protocol = false;
    std::optional<Tls> tls;
    Limits limits;
};

struct Admin {
    std::optional<Address> listen;  // nullopt: no admin address
    SecretBytes token;              // empty: not required (loopback and UNIX sockets only)
};

using Journal = journal::JournalSettings;

struct Source {
    std::string name;
    std::string vendor;
    std::shared_ptr<const VendorDefinition> definition;  // null if the vendor could not be read
    std::string path;
    VendorSettings settings;
    bool keep_rejected = false;  // keep refused requests whole, so that they can be accepted later
};

using Retry = dispatch::DeliveryPolicy;

struct Sink {
    std::string name;
    std::string type;
    SinkSettings settings{""};
    Retry retry;

    friend bool operator==(const Sink&, const Sink&) = default;
};

// An event goes to the union of all routes that match. Empty lists match everything.
struct Route {
    std::vector<std::string> types;  // globs
    std::vector<std::string> vendors;
    std::vector<std::string> sources;
    std::vector<std::string> to;  // names of sinks

    friend bool operator==(const Route&, const Route&) = default;
};

// A file that the configuration names for reading. The files of server.tls are in Server::tls.
using NamedFile = yaml::NamedFile;

// By name; null where the file is wrong.
using OwnVendors = std::map<std::string, std::shared_ptr<const VendorDefinition>, std::less<>>;

struct Config {
    std::filesystem::path file;  // the file it was read from
    std::vector<NamedFile> named_files;
    OwnVendors own_vendors;  // all of vendors_dir, so that a reload finds those that did not change
    Server server;
    Admin admin;
    Journal journal;
    std::vector<Source> sources;
    std::vector<Sink> sinks;
    std::vector<Route> routes;
    LogSettings log;  // except to_stderr, which depends on the sinks
};

}  // namespace chathook::config
