// Reads a configuration file: YAML to structs, strictly, every problem at once. Start-up, reload and `check`;
// one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/sink.hpp>
#include <chathook/vendor.hpp>

#include "config/config.hpp"

namespace chathook::config {

// One finding: `FILE:LINE: key.path: what is wrong, and the mend`. Never holds a secret's value.
struct Problem {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    int line = 0;  // 1-based; 0: the file as a whole
    std::string key;
    std::string message;
};

std::string to_string(const std::filesystem::path& file, const Problem& problem);

// What is wrong with one file of server.tls. `key` is certificate, key or client_ca.
struct TlsProblem {
    std::string key;
    std::string message;
};

// The names that may stand in the configuration; handed in so that config/ knows no vendor and no sink.
struct Known {
    std::span<const std::string_view> vendors;
    std::span<const SinkKind> sinks;

    // What a vendor of `vendors` signs and sends, for the warnings that depend on it: a timestamp_tolerance
    // that means nothing, events that no route matches. None: these are not given.
    const VendorFacts* (*find_facts)(std::string_view vendor) = nullptr;

    // Whether the files of server.tls can be used together. None: they only have to be there.
    std::optional<TlsProblem> (*check_tls)(const Tls& tls) = nullptr;
};

struct Loaded {
    std::optional<Config> config;   // set when no problem is an error
    std::vector<Problem> problems;  // in file order; errors and warnings
};

// Throws nothing: an unreadable or unparsable file is a problem like any other.
Loaded load(const std::filesystem::path& file, const Known& known);

// The admin section alone, for commands that talk to a running daemon: its other sections' secrets need not
// be readable by whoever asks.
struct LoadedAdmin {
    std::optional<Admin> admin;     // set when no problem is an error
    std::vector<Problem> problems;  // of the file as a whole and of the admin section
};
LoadedAdmin load_admin(const std::filesystem::path& file);

// A secret by reference, as the command line takes it: env:NAME, file:PATH or credential:NAME. The line
// ending that closes a file is dropped. On failure the message says what is wrong and how to mend it, and
// repeats nothing of a reference that may be the secret itself.
struct SecretOrProblem {
    std::optional<SecretBytes> secret;
    std::string problem;
};
SecretOrProblem resolve_secret(std::string_view reference);

}  // namespace chathook::config
