// Shared by `sign` and `send`: a vendor made from the command line, and the body to sign. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "cli/mistake.hpp"
#include "verify/vendor.hpp"

namespace chathook::cli {

struct SigningOptions {
    std::string vendor;           // a name, or the path of a vendor file
    std::string secret;           // env:NAME, file:PATH or credential:NAME
    std::string timestamp;        // as used in the signed text; empty: now
    std::string file;             // the body; empty or "-": standard input
    std::string public_url = {};  // that is signed, for vendors that sign it
};

void add_signing_options(CLI::App& command, SigningOptions& options);

// The vendor of that name, or of the vendor file with that path, which has a '/' or ends in .yaml. Throws
// Mistake, with everything that is wrong in the file.
std::shared_ptr<const VendorDefinition> definition_of(const std::string& vendor);

// All vendors that are part of the program. Their texts live as long as the program.
std::vector<VendorDefinition> shipped_vendors();

// The text of a vendor file. Throws Mistake.
std::string read_vendor_text(const std::string& path);

// The body as this vendor sends it: with the secret, where the vendor's token stands in the body.
std::string body_with_token(const SigningOptions& options, std::string body);

// What a body of this vendor is, for the header Content-Type.
std::string_view content_type_of(const VendorDefinition& vendor);

// A vendor that signs with the secret named by `options`. Throws Mistake, also where only the vendor itself
// can sign.
std::unique_ptr<verify::Vendor> make_signer(const SigningOptions& options);

// The same vendor with a random secret, for forgeries. Throws Mistake.
std::unique_ptr<verify::Vendor> make_forger(const SigningOptions& options);

// Reads the body from a file or from standard input. Throws Mistake.
std::string read_body(const std::string& file);

}  // namespace chathook::cli
