#include "cli/signing.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "cli/cli.hpp"
#include "config/load.hpp"
#include "vendors/catalog.hpp"

namespace chathook::cli {

namespace {

std::unique_ptr<verify::Vendor> make(const VendorDefinition& vendor, SecretBytes secret) {
    VendorSettings settings;
    settings.secrets.push_back({std::move(secret), std::nullopt});
    return std::make_unique<verify::Vendor>(vendor, settings);
}

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

void add_signing_options(CLI::App& command, SigningOptions& options) {
    command.add_option("--vendor", options.vendor, "The vendor whose way of signing to use")->required();
    command.add_option("--secret", options.secret, "The secret: env:NAME, file:PATH or credential:NAME")
        ->required();
    command.add_option("--timestamp", options.timestamp, "The signed time, as text (default: now)");
}

const VendorDefinition& definition_of(const std::string& vendor) {
    const VendorDefinition* definition = vendors::find_vendor(vendor);
    if (definition == nullptr) {
        throw Mistake(ExitCode::usage,
                      "no vendor is called '" + vendor + "'; `chathookd vendors` lists them");
    }
    return *definition;
}

std::unique_ptr<verify::Vendor> make_signer(const SigningOptions& options) {
    const VendorDefinition& vendor = definition_of(options.vendor);
    auto resolved = config::resolve_secret(options.secret);
    if (!resolved.secret) throw Mistake(ExitCode::usage, "--secret: " + resolved.problem);
    return make(vendor, std::move(*resolved.secret));
}

std::unique_ptr<verify::Vendor> make_forger(const std::string& vendor) {
    const VendorDefinition& definition = definition_of(vendor);
    std::random_device random;
    std::string nobodys(32, '\0');
    for (char& byte : nobodys) byte = static_cast<char>('a' + random() % 26);
    return make(definition, SecretBytes(nobodys));
}

std::string read_body(const std::string& file) {
    if (file.empty() || file == "-") return read_all(std::cin);
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Mistake(ExitCode::bad_input,
                      "cannot read '" + file + "'; name a readable file, or - for stdin");
    return read_all(in);
}

}  // namespace chathook::cli
