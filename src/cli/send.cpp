#include <cstdio>
#include <string>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/signing.hpp"
#include "client/http_client.hpp"
#include "support/clock.hpp"

namespace chathook::cli {

using client::HttpAnswer;
using client::HttpCall;

namespace {

struct SendOptions : SigningOptions {
    std::string url;
    std::string sample;
    std::string forge;
};

struct Signed {
    std::vector<SignedHeader> headers;
    std::string body;
};

std::string body_of(const SendOptions& options) {
    if (options.sample.empty()) return read_body(options.file);
    const auto vendor = definition_of(options.vendor);
    for (const Sample& sample : vendor->samples) {
        if (sample.name == options.sample) return std::string(sample.body);
    }
    throw Mistake(ExitCode::usage, options.vendor + " has no sample '" + options.sample +
                                       "'; `chathookd samples " + options.vendor +
                                       "` prints those that it has");
}

// Replaces the vendor's label by that of another algorithm, or adds a label if the vendor has none.
void spoil_prefix(std::string& value) {
    const std::size_t equals = value.rfind('=');
    const bool labelled =
        equals != std::string::npos && equals + 1 < value.size() && value.find("==") != equals - 1;
    if (labelled && value.starts_with("sha256=")) {
        value.replace(0, 6, "sha1");
    } else if (labelled && value.find("v1=") != std::string::npos) {
        value.replace(value.find("v1="), 2, "v0");
    } else {
        value.insert(0, "sha256=");
    }
}

Signed sign(const SendOptions& options) {
    Signed result{{}, body_of(options)};
    const auto definition = definition_of(options.vendor);
    const verify::SchemeRules& rules = definition->rules;
    if (rules.has_token_in_body() && options.forge.empty()) {
        return {{}, body_with_token(options, std::move(result.body))};
    }
    if (options.forge == "stale" && !rules.signs_time()) {
        throw Mistake(ExitCode::usage,
                      "--forge stale: " + options.vendor + " signs no time, so nothing can be stale");
    }
    const auto vendor = options.forge == "secret" ? make_forger(options) : make_signer(options);
    // A day is outside any sensible tolerance.
    const bool is_stale = options.forge == "stale";
    result.headers = vendor->sign(result.body, is_stale ? "" : options.timestamp,
                                  is_stale ? now() - std::chrono::days(1) : now());
    if (options.forge == "prefix" && !result.headers.empty()) spoil_prefix(result.headers.front().value);
    if (options.forge == "missing") result.headers.clear();
    // This body differs from the signed one, also in its JSON.stringify form.
    if (options.forge == "body") result.body = "{\"forged\":true}";
    return result;
}

// What receivers answer to a signature that is wrong. 404, 405 or 5xx come from a place that verified
// nothing.
bool refuses_forgeries(unsigned status) noexcept {
    return status == 400 || status == 401 || status == 403 || status == 422 || status == 429;
}

int judge(const SendOptions& options, const HttpAnswer& answer) {
    if (answer.url_is_wrong)
        throw Mistake(ExitCode::usage,
                      "--url: '" + options.url +
                          "' is not the URL of a webhook; write http://HOST:PORT/PATH or https://");
    if (answer.status == 0) {
        complain("no answer from " + options.url + ": " + answer.problem + "; is the daemon running there?");
        return ExitCode::unavailable;
    }
    std::printf("HTTP %u %s\n", answer.status, answer.body.c_str());
    const bool accepted = answer.status >= 200 && answer.status < 300;
    if (!options.forge.empty()) {
        if (refuses_forgeries(answer.status)) return ExitCode::done;
        if (!accepted) {
            complain(
                "HTTP " + std::to_string(answer.status) +
                " does not say that the signature was verified; is --url that of a source of this vendor?");
            return ExitCode::unavailable;
        }
        complain("a forged request was accepted (" + options.forge + "): this receiver does not verify");
        return ExitCode::accepted_a_forgery;
    }
    if (accepted) return ExitCode::done;
    return answer.status >= 500 ? ExitCode::unavailable : ExitCode::bad_input;
}

int send(const SendOptions& options) {
    const Signed request = sign(options);
    HttpCall post;
    post.method = "POST";
    post.url = options.url;
    post.body = request.body;
    post.headers = {"Content-Type: " + std::string(content_type_of(*definition_of(options.vendor)))};
    for (const SignedHeader& header : request.headers)
        post.headers.push_back(header.name + ": " + header.value);
    return judge(options, call(post));
}

}  // namespace

void add_send(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("send", "Sign a body as the vendor would and post it");
    auto& options = options_of<SendOptions>(*command, action, send);
    add_signing_options(*command, options);
    command->add_option("--url", options.url, "Where to post")->required();
    auto* file = command->add_option("file", options.file, "The body (default: standard input)");
    command
        ->add_option("--sample", options.sample, "Send this sample instead; `chathookd samples` lists them")
        ->excludes(file);
    command
        ->add_option("--forge", options.forge,
                     "Send a deliberately wrong request; exits 0 when it is refused as such")
        ->check(CLI::IsMember({"secret", "stale", "prefix", "body", "missing"}));
}

}  // namespace chathook::cli
