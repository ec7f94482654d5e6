#include "cli/signing.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "config/load.hpp"
#include "doctor/signature_reading.hpp"
#include "vendor_file/vendor_file.hpp"
#include "vendors/catalog.hpp"
#include "verify/timestamp.hpp"
#include "yaml/findings.hpp"

namespace chathook::cli {

namespace {

std::unique_ptr<verify::Vendor> make(const SigningOptions& options, SecretBytes secret) {
    auto vendor = definition_of(options.vendor);
    if (vendor->rules.kind == verify::Kind::public_key) {
        throw Mistake(ExitCode::usage,
                      options.vendor +
                          " signs with a private key, which nobody else has; have the vendor "
                          "send a test webhook instead");
    }
    if (vendor->rules.signs(verify::TextPart::Kind::url) && options.public_url.empty()) {
        throw Mistake(ExitCode::usage,
                      options.vendor +
                          " signs the URL that it calls; add --public-url, as in the source's "
                          "public_url");
    }
    const std::string fault = vendors::fault_of_secret(*vendor, secret.view());
    if (!fault.empty()) throw Mistake(ExitCode::usage, "--secret: the secret " + fault);
    const verify::TimeUnit unit = vendor->rules.time.unit;
    if (vendor->rules.signs_time() && !options.timestamp.empty() &&
        !verify::parse_time(options.timestamp, unit)) {
        throw Mistake(ExitCode::usage, "--timestamp " + doctor::explain_time_text(options.timestamp, unit));
    }
    VendorSettings settings;
    settings.secrets.push_back({std::move(secret), std::nullopt});
    settings.public_url = options.public_url;
    return std::make_unique<verify::Vendor>(std::move(vendor), settings);
}

SecretBytes secret_of(const SigningOptions& options) {
    auto resolved = config::resolve_secret(options.secret);
    if (!resolved.secret) throw Mistake(ExitCode::usage, "--secret: " + resolved.problem);
    return std::move(*resolved.secret);
}

bool is_path(const std::string& vendor) {
    return vendor.find('/') != std::string::npos || vendor.ends_with(".yaml");
}

std::shared_ptr<const VendorDefinition> read_vendor_file(const std::string& path) {
    yaml::Findings findings;
    auto vendor =
        vendors::read_vendor(std::filesystem::path(path).stem().string(), read_vendor_text(path), findings);
    if (vendor != nullptr && findings.errors() == 0) return vendor;
    std::string message;
    yaml::put_in_order(findings.problems);
    for (const yaml::Problem& problem : findings.problems) {
        message += (message.empty() ? "" : "\n") + yaml::to_string(path, problem);
    }
    throw Mistake(ExitCode::bad_input, message);
}

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string read_vendor_text(const std::string& path) {
    std::error_code error;
    const auto kind = std::filesystem::status(path, error).type();
    if (kind == std::filesystem::file_type::not_found) {
        throw Mistake(ExitCode::bad_input, "there is no vendor file '" + path + "'");
    }
    if (kind == std::filesystem::file_type::directory) {
        throw Mistake(ExitCode::bad_input, "'" + path + "' is a directory; name a vendor file in it");
    }
    std::ifstream in(path, std::ios::binary);
    std::string text(vendor_file::file_bytes_max + 1, '\0');
    if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in && in.gcount() == 0) {
        throw Mistake(ExitCode::bad_input,
                      "cannot read the vendor file '" + path + "'; name a readable file that is not empty");
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > vendor_file::file_bytes_max) {
        throw Mistake(ExitCode::bad_input, "'" + path + "' is larger than 256KiB, which no vendor file is");
    }
    return text;
}

void add_signing_options(CLI::App& command, SigningOptions& options) {
    command
        .add_option("--vendor", options.vendor,
                    "The vendor whose way of signing to use: its name, or the path of a vendor file")
        ->required();
    command.add_option("--secret", options.secret, "The secret: env:NAME, file:PATH or credential:NAME")
        ->required();
    command.add_option("--timestamp", options.timestamp, "The signed time, as text (default: now)");
    command.add_option("--public-url", options.public_url,
                       "The URL that is signed, for vendors that sign it");
}

std::shared_ptr<const VendorDefinition> definition_of(const std::string& vendor) {
    if (is_path(vendor)) return read_vendor_file(vendor);
    const VendorDefinition* definition = vendors::find_vendor(vendor);
    if (definition == nullptr) {
        throw Mistake(ExitCode::usage,
                      "no vendor is called '" + vendor +
                          "'; `chathookd vendors` lists them, and a file of your own is named "
                          "by its path, as in ./" +
                          vendor + ".yaml");
    }
    return {std::shared_ptr<const void>(), definition};  // it lives as long as the program
}

std::vector<VendorDefinition> shipped_vendors() {
    std::vector<VendorDefinition> all;
    for (const std::string_view name : vendors::vendor_names()) all.push_back(*vendors::find_vendor(name));
    return all;
}

std::string body_with_token(const SigningOptions& options, std::string body) {
    const auto vendor = definition_of(options.vendor);
    if (!vendor->rules.has_token_in_body()) return body;
    auto parsed = nlohmann::ordered_json::parse(body, nullptr, false);
    if (!parsed.is_object()) {
        throw Mistake(ExitCode::bad_input,
                      options.vendor + " shows its secret in the body, which has to be a JSON object");
    }
    nlohmann::ordered_json* at = &parsed;
    for (const std::string_view step : vendor->rules.token_path) {
        if (!at->is_object() && !at->is_null()) {
            throw Mistake(ExitCode::bad_input, options.vendor + " shows its secret in the body under '" +
                                                   std::string(step) + "', but no object is around it there");
        }
        at = &(*at)[std::string(step)];
    }
    *at = std::string(secret_of(options).view());
    return parsed.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string_view content_type_of(const VendorDefinition& vendor) {
    const bool is_form = vendor.rules.signs(verify::TextPart::Kind::form);
    return is_form ? "application/x-www-form-urlencoded" : "application/json";
}

std::unique_ptr<verify::Vendor> make_signer(const SigningOptions& options) {
    return make(options, secret_of(options));
}

std::unique_ptr<verify::Vendor> make_forger(const SigningOptions& options) {
    std::random_device random;
    std::string nobodys(32, '\0');
    // Hexadecimal digits are a text, base64 and hexadecimal at once.
    for (char& byte : nobodys) byte = "0123456789abcdef"[random() % 16];
    return make(options, SecretBytes(nobodys));
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
