// Reads a configuration file: YAML to structs, strictly, with all problems at once. Used at start-up, on
// reload and by `check`; one thread.
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
#include "yaml/findings.hpp"
#include "yaml/place.hpp"
#include "yaml/problem.hpp"

namespace chathook::config {

using yaml::Problem;
using yaml::to_string;

// What is wrong with one file of server.tls. `key` is certificate, key or client_ca.
struct TlsProblem {
    std::string key;
    std::string message;
};

// Makes vendors of texts; passed by the caller, as Known is.
struct VendorReader {
    // What is wrong is in the findings; the result counts only if there is no error. Null if it is no YAML.
    std::shared_ptr<const VendorDefinition> (*read)(std::string name, std::string_view text,
                                                    yaml::Findings& findings);

    // A source's own `verify`, `identity`, `answer` and `map`. What is wrong is in the findings of `source`.
    std::shared_ptr<const VendorDefinition> (*read_within)(std::string name, const yaml::Place& source);

    // The vendor with another `map` and, if that is present, another `identity`.
    std::shared_ptr<const VendorDefinition> (*with_map)(std::shared_ptr<const VendorDefinition> vendor,
                                                        const yaml::Place& map, const yaml::Place& identity);

    // Why the secret is none of the form that the vendor's rules ask for, as a sentence without its subject
    // and without a character of the secret; empty: it is one.
    std::string (*fault_of_secret)(const VendorDefinition& vendor, std::string_view secret);
};

// What the configuration may refer to; passed by the caller so that config/ does not depend on vendors and
// sinks.
struct Known {
    std::span<const std::string_view> vendors;
    std::span<const SinkKind> sinks;

    // The definition of a vendor in `vendors`, for the warnings that need it: a timestamp_tolerance without
    // effect, events that no route matches. Null: no such warnings.
    const VendorDefinition* (*find_vendor)(std::string_view vendor) = nullptr;

    // Checks whether the files of server.tls can be used together. Null: they only have to exist.
    std::optional<TlsProblem> (*check_tls)(const Tls& tls) = nullptr;

    // Null: there are no vendors but those in `vendors`, and secrets are not examined.
    const VendorReader* vendor_reader = nullptr;

    // The types that events can have; empty: globs of types are not compared with them.
    std::span<const std::string_view> event_types = {};

    // The configuration is checked for a daemon that may run as another user: what belongs to that user is a
    // warning where root checks.
    bool for_another_user = false;
};

struct Loaded {
    std::optional<Config> config;   // set when no problem is an error
    std::vector<Problem> problems;  // in file order; errors and warnings
};

// Does not throw: an unreadable or unparsable file is a problem like any other.
Loaded load(const std::filesystem::path& file, const Known& known);

// What a command that talks to a running daemon needs from the configuration: everything that the command
// line does not give.
struct AdminNeeds {
    bool address = true;
    bool token = true;
};

// Only the admin section, for such commands: their user need not be able to read the secrets of other
// sections, nor those that are not needed.
struct LoadedAdmin {
    std::optional<Admin> admin;     // set when no problem is an error
    std::vector<Problem> problems;  // of the file as a whole and of the needed part of the admin section
    int listen_line = 0;            // of the key; 0: absent
    int token_line = 0;

    // The systemd credential that admin.token names if this process has no credentials: systemd passes them
    // to the service only. Otherwise empty.
    std::string absent_credential;
};
LoadedAdmin load_admin(const std::filesystem::path& file, const AdminNeeds& needs = {});

// A secret by reference, as the command line accepts it: env:NAME, file:PATH or credential:NAME. One line
// ending at the end of a file is dropped. On failure the message says what is wrong and how to fix it, and
// repeats nothing of a reference that may be the secret itself.
struct SecretOrProblem {
    std::optional<SecretBytes> secret;
    std::string problem;
    std::filesystem::path file = {};  // that contains the secret; empty: none
    std::string where = {};           // "in the file 'PATH'", for messages about the secret
};
SecretOrProblem resolve_secret(std::string_view reference);

}  // namespace chathook::config
