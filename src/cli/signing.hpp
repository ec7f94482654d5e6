// Shared by `sign` and `send`: a vendor made from the command line, and the body to sign. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

#include <chathook/vendor.hpp>

#include "cli/mistake.hpp"
#include "verify/vendor.hpp"

namespace chathook::cli {

struct SigningOptions {
    std::string vendor;
    std::string secret;     // env:NAME, file:PATH or credential:NAME
    std::string timestamp;  // as used in the signed text; empty: now
    std::string file;       // the body; empty or "-": standard input
};

void add_signing_options(CLI::App& command, SigningOptions& options);

// The definition of the vendor of that name. Throws Mistake.
const VendorDefinition& definition_of(const std::string& vendor);

// A vendor that signs with the secret named by `options`. Throws Mistake.
std::unique_ptr<verify::Vendor> make_signer(const SigningOptions& options);

// The same vendor with a random secret, for forgeries. Throws Mistake.
std::unique_ptr<verify::Vendor> make_forger(const std::string& vendor);

// Reads the body from a file or from standard input. Throws Mistake.
std::string read_body(const std::string& file);

}  // namespace chathook::cli
