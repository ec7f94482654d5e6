#include <cstdio>
#include <string>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/signing.hpp"
#include "support/clock.hpp"

namespace chathook::cli {

namespace {

struct SignOptions : SigningOptions {
    std::string curl_url;
};

std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

void print_curl(const SignOptions& options, const std::vector<SignedHeader>& headers) {
    std::string command = "curl -sS -X POST " + shell_quoted(options.curl_url) + " -H 'Content-Type: " +
                          std::string(content_type_of(*definition_of(options.vendor))) + "'";
    for (const SignedHeader& header : headers)
        command += " -H " + shell_quoted(header.name + ": " + header.value);
    const bool from_file = !options.file.empty() && options.file != "-";
    command += " --data-binary " + shell_quoted("@" + (from_file ? options.file : std::string("-")));
    std::printf("%s\n", command.c_str());
}

int sign(const SignOptions& options) {
    const auto vendor = make_signer(options);
    if (vendor->rules().has_token_in_body()) {
        throw Mistake(ExitCode::usage, options.vendor +
                                           " signs nothing: it shows its secret in the body. "
                                           "`chathookd send` puts it there");
    }
    const auto headers = vendor->sign(read_body(options.file), options.timestamp, now());
    if (!options.curl_url.empty()) {
        print_curl(options, headers);
        return ExitCode::done;
    }
    for (const SignedHeader& header : headers)
        std::printf("%s: %s\n", header.name.c_str(), header.value.c_str());
    return ExitCode::done;
}

}  // namespace

void add_sign(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("sign", "Print the headers that the vendor would send for a body");
    auto& options = options_of<SignOptions>(*command, action, sign);
    add_signing_options(*command, options);
    command->add_option("file", options.file, "The body (default: standard input)");
    command->add_option("--curl", options.curl_url, "Print a ready curl command for this URL instead");
}

}  // namespace chathook::cli
