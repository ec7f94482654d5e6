#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/header_lines.hpp"
#include "cli/request_files.hpp"
#include "cli/signing.hpp"
#include "config/load.hpp"
#include "doctor/doctor.hpp"
#include "support/clock.hpp"
#include "vendors/catalog.hpp"
#include "verify/timestamp.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::cli {

namespace {

using doctor::Diagnosis;

struct ExplainOptions {
    std::string vendor, now, tolerance, public_url;
    RequestFiles files;
    std::vector<std::string> secrets, expect;
    bool as_json = false;
};

// The status of a compressed body, for every vendor.
constexpr unsigned unsupported_media_type = 415;

std::string_view name_of(doctor::Outcome outcome) noexcept {
    switch (outcome) {
        case doctor::Outcome::ok: return "ok";
        case doctor::Outcome::wrong: return "wrong";
        case doctor::Outcome::cannot_tell: break;
    }
    return "cannot tell";
}

VendorSettings settings_of(const ExplainOptions& options, const VendorDefinition& vendor) {
    VendorSettings settings;
    for (const std::string& reference : options.secrets) {
        auto resolved = config::resolve_secret(reference);
        if (!resolved.secret) throw Mistake(ExitCode::usage, "--secret: " + resolved.problem);
        const std::string fault = vendors::fault_of_secret(vendor, resolved.secret->view());
        if (!fault.empty()) throw Mistake(ExitCode::usage, "--secret: the secret " + fault);
        settings.secrets.push_back({std::move(*resolved.secret), std::nullopt});
    }
    settings.public_url = options.public_url;
    if (vendor.rules.signs(verify::TextPart::Kind::url) && settings.public_url.empty()) {
        throw Mistake(ExitCode::usage, options.vendor +
                                           " signs the URL that it calls; add --public-url, as in "
                                           "the source's public_url");
    }
    for (const std::string& expected : options.expect) {
        const std::size_t equals = expected.find('=');
        if (!expected.starts_with('/') || equals == expected.npos)
            throw Mistake(ExitCode::usage,
                          "--expect is not POINTER=TEXT; write what `expect` of the source says, "
                          "as in --expect /account=acme");
        settings.expect.push_back({expected.substr(0, equals), expected.substr(equals + 1)});
    }
    if (options.tolerance.empty()) return settings;
    const auto tolerance = yaml::parse_duration(options.tolerance);
    if (!tolerance) throw Mistake(ExitCode::usage, "--tolerance is not a valid duration; write 5m or 90s");
    settings.timestamp_tolerance = std::chrono::floor<std::chrono::seconds>(*tolerance);
    return settings;
}

Instant instant_of(const std::string& text) {
    if (text.empty()) return now();
    if (const auto seconds = verify::parse_timestamp(text)) return *seconds;
    if (const auto instant = parse_rfc3339(text)) return *instant;
    throw Mistake(ExitCode::usage, "--now is not a valid time; write 1700000000 or 2026-11-21T20:00:00Z");
}

VendorAnswer answer_to(const Diagnosis& diagnosis, const VendorDefinition& vendor) {
    if (const auto& handshake = diagnosis.handshake)
        return {
            .status = handshake->status, .content_type = handshake->content_type, .body = handshake->body};
    if (!diagnosis.refusal) return vendor.accepted;
    if (*diagnosis.refusal != Errc::unsupported_encoding) return vendor.refused;
    return {.status = unsupported_media_type};
}

void print_plain(const Diagnosis& diagnosis, const VendorAnswer& answer) {
    const auto line = [](std::string_view label, std::string_view part, const std::string& text) {
        std::printf("%-11.*s  %-9.*s  %s\n", static_cast<int>(label.size()), label.data(),
                    static_cast<int>(part.size()), part.data(), text.c_str());
    };
    for (const auto& [part, outcome, text, hint] : diagnosis.findings) {
        line(name_of(outcome), part, text);
        if (!hint.empty()) line("", "", "-> " + hint);
    }
    for (const doctor::Cause& cause : diagnosis.causes) {
        std::printf("\nCause: %s.\n", cause.text.c_str());
        for (const std::string& hint : cause.hints) std::printf("  -> %s\n", hint.c_str());
    }
    std::printf("\nchathookd would answer %u %s\n", answer.status, std::string(answer.body).c_str());
}

void print_json(const ExplainOptions& options, const Diagnosis& diagnosis, const VendorAnswer& answer) {
    using Json = nlohmann::ordered_json;
    Json findings = Json::array();
    for (const auto& [part, outcome, text, hint] : diagnosis.findings) {
        findings.push_back({{"part", part}, {"outcome", name_of(outcome)}, {"text", text}, {"hint", hint}});
    }
    Json causes = Json::array();
    for (const doctor::Cause& cause : diagnosis.causes) {
        causes.push_back({{"names", cause.names}, {"text", cause.text}, {"hints", cause.hints}});
    }
    Json report{{"vendor", options.vendor}, {"accepted", !diagnosis.refusal}};
    if (diagnosis.refusal) report["reason"] = reason_code(*diagnosis.refusal);
    report["findings"] = std::move(findings);
    report["causes"] = std::move(causes);
    Json neighbours = Json::array();
    for (const std::string_view name : diagnosis.neighbours) neighbours.push_back(name);
    report["neighbours"] = std::move(neighbours);
    report["answer"] = {{"status", answer.status}, {"body", answer.body}};
    std::printf("%s\n", report.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

int explain(const ExplainOptions& options) {
    const auto definition = definition_of(options.vendor);
    const VendorDefinition& vendor = *definition;
    const VendorSettings settings = settings_of(options, vendor);
    const std::vector<VendorDefinition> all = shipped_vendors();
    const Instant when = instant_of(options.now);
    const RequestText text = read_request(options.files);
    const std::vector<Field> fields = parse_header_lines(text.head);
    const RequestLine line = parse_request_line(text.head);
    if (line.method == "GET") {
        throw Mistake(
            ExitCode::bad_input,
            "the request is a GET, which nobody signs: it is answered by `handshake` of the vendor and "
            "verify_token of the source alone, see docs/vendor-files.md");
    }
    Request request;
    request.method = line.method;
    request.path = line.path;
    request.query = line.query;
    request.fields = fields;
    request.body = text.body;
    const Diagnosis diagnosis = doctor::diagnose({vendor, all, settings, request, when});
    const VendorAnswer answer = answer_to(diagnosis, vendor);
    if (options.as_json) {
        print_json(options, diagnosis, answer);
    } else {
        print_plain(diagnosis, answer);
    }
    return diagnosis.refusal ? ExitCode::bad_input : ExitCode::done;
}

}  // namespace

void add_explain(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "explain", "Say why a signature is refused: which part failed, and what would have matched");
    auto& options = options_of<ExplainOptions>(*command, action, explain);
    command
        ->add_option("--vendor", options.vendor,
                     "The vendor whose way of signing to expect: its name, or the path of a vendor file")
        ->required();
    command
        ->add_option("--secret", options.secrets,
                     "The secret: env:NAME, file:PATH or credential:NAME; several times for several")
        ->required()
        ->allow_extra_args(false);
    add_request_files(*command, options.files);
    command->add_option("--now", options.now,
                        "When the request came: 1700000000 or 2026-11-21T20:00:00Z (default: now)");
    command->add_option("--tolerance", options.tolerance, "The source's timestamp_tolerance (default: 5m)");
    command->add_option("--public-url", options.public_url,
                        "The source's public_url, for vendors that sign it");
    command
        ->add_option("--expect", options.expect,
                     "What the source's `expect` says: POINTER=TEXT; several times")
        ->allow_extra_args(false);
    command->add_flag("--json", options.as_json, "One JSON object");
}

}  // namespace chathook::cli
