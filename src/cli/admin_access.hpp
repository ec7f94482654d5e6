// How a command finds a running daemon: its admin address and token, from the command line and the
// configuration. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include <chathook/secret.hpp>

namespace chathook::cli {

// What --config is if it is not given.
inline constexpr const char* usual_configuration = "/etc/chathook/chathook.yaml";

struct AdminOptions {
    std::string config;                // empty: not given
    std::string address;               // HOST:PORT or unix:/PATH; overrides the configuration
    std::optional<std::string> token;  // env:NAME, file:PATH or credential:NAME; overrides the configuration
};

// --config, --admin, --token
void add_admin_options(CLI::App& command, AdminOptions& options);

struct AdminAccess {
    std::string address;
    SecretBytes token;        // empty: none is sent
    std::string when_denied;  // advice for a 401, in terms of the command line
};

// Reads from the configuration what the command line does not give. With an address but no --config, no
// configuration is read, so that no token is sent to a daemon that it is not for. Throws Mistake
// (mistake.hpp) with file, line and key of what is missing.
AdminAccess find_access(const AdminOptions& options);

}  // namespace chathook::cli
