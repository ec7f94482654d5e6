#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/admin_client.hpp"
#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/filters.hpp"
#include "cli/header_lines.hpp"
#include "cli/listing.hpp"
#include "cli/request_files.hpp"
#include "cli/signing.hpp"
#include "config/load.hpp"
#include "doctor/neighbours.hpp"
#include "ingest/kept_request.hpp"
#include "learn/proposal.hpp"
#include "support/clock.hpp"
#include "support/error_text.hpp"

namespace chathook::cli {

namespace {

using nlohmann::ordered_json;

// More requests of one vendor teach nothing more, and each is a question to the daemon.
constexpr std::size_t kept_requests_max = 20;
constexpr std::size_t looked_at_max = 1000;  // of the list, for those that were kept

struct LearnOptions : Filters {
    std::uint64_t rejection = 0;  // 0: not given
    std::string public_url, title, output;
    RequestFiles files;
    std::vector<std::string> secrets, public_keys;
};

// A refused request, or one from files.
struct Kept {
    std::uint64_t number = 0;  // of the refused request; 0: from files
    std::string raw, body;
    std::vector<Field> fields;
    Request request;
};
using KeptOnes = std::list<Kept>;  // each stays in its place, for requests point into it

void add_rejection(const AdminClient& client, std::uint64_t number, const std::string& source,
                   KeptOnes& kept) {
    const std::string answer = client.asked("/api/v1/rejections/" + std::to_string(number));
    const auto document = client.parsed(answer);
    const Json row = document->root();
    const std::string of = shown(row["source"].text());
    if (of != source) {
        throw Mistake(ExitCode::usage, "the refused request " + std::to_string(number) +
                                           " is of the source '" + of + "', not of '" + source + "'");
    }
    if (!row["request_base64"]) {
        throw Mistake(ExitCode::bad_input,
                      "the refused request " + std::to_string(number) +
                          " was not kept whole: keep_rejected of the source was not set then, "
                          "or it is longer than 64 KiB");
    }
    Kept& one = kept.emplace_back();
    one.number = number;
    one.raw = decoded_base64(row["request_base64"].text());
    auto read = ingest::read_kept_request(one.raw);
    if (!read) throw Mistake(ExitCode::unavailable, "the daemon did not answer with a request");
    one.fields = std::move(read->fields);
    read->fields.clear();
    one.request = read->request();
    one.request.fields = one.fields;
    one.request.received = parse_rfc3339(row["received"].text()).value_or(now());
}

// The chosen one first, then the newest of the source.
KeptOnes kept_by_daemon(const LearnOptions& options) {
    const AdminClient client(options);
    Filters filters = options;
    filters.lines = looked_at_max;
    std::vector<std::uint64_t> numbers;
    std::size_t refused = 0;
    for_each_row(client, "/api/v1/rejections", "number", filters, [&](const Json& row) {
        ++refused;
        const std::uint64_t number = number_of(row, "number");
        if (row["kept"].source() == "true" && number != options.rejection)
            numbers.insert(numbers.begin(), number);
    });
    if (numbers.size() > kept_requests_max) numbers.resize(kept_requests_max);
    if (options.rejection != 0) numbers.insert(numbers.begin(), options.rejection);
    if (numbers.empty()) {
        throw Mistake(
            ExitCode::bad_input,
            (refused == 0 ? "the daemon remembers no refused request of the source '"
                          : "no refused request was kept whole of the source '") +
                options.source +
                "'; see that it has keep_rejected: true, and have the vendor send a webhook of at most "
                "64 KiB");
    }
    KeptOnes kept;
    for (const std::uint64_t number : numbers) add_rejection(client, number, options.source, kept);
    return kept;
}

KeptOnes kept_in_files(const LearnOptions& options) {
    KeptOnes kept;
    Kept& one = kept.emplace_back();
    RequestText text = read_request(options.files);
    one.raw = std::move(text.head);
    one.body = std::move(text.body);
    one.fields = parse_header_lines(one.raw);
    const RequestLine line = parse_request_line(one.raw);
    one.request.method = line.method;
    one.request.path = line.path;
    one.request.query = line.query;
    one.request.fields = one.fields;
    one.request.body = one.body;
    one.request.received = now();
    return kept;
}

struct Known {
    VendorSettings settings;
    std::size_t public_from = 0;  // of the secrets
};

void add_given(const std::vector<std::string>& references, const char* option, VendorSettings& settings) {
    for (const std::string& reference : references) {
        auto resolved = config::resolve_secret(reference);
        if (!resolved.secret) throw Mistake(ExitCode::usage, option + (": " + resolved.problem));
        settings.secrets.push_back({std::move(*resolved.secret), std::nullopt});
    }
}

// What the command line gives; what it leaves out, the configuration says of the source.
Known known_of(const LearnOptions& options) {
    Known known;
    known.settings.public_url = options.public_url;
    add_given(options.secrets, "--secret", known.settings);
    known.public_from = known.settings.secrets.size();
    add_given(options.public_keys, "--public-key", known.settings);
    const bool has_secrets = !known.settings.secrets.empty();
    if (options.source.empty() || (has_secrets && !known.settings.public_url.empty())) return known;
    const std::string file = options.config.empty() ? usual_configuration : options.config;
    auto loaded = load_configuration(file, true);
    if (!loaded.config && has_secrets) return known;
    if (!loaded.config) {
        print_problems(file, loaded.problems);
        throw Mistake(ExitCode::bad_configuration, "the secret of the source cannot be had from " + file +
                                                       " here; correct that, or give it with --secret REF");
    }
    for (config::Source& source : loaded.config->sources) {
        if (source.name != options.source) continue;
        if (known.settings.public_url.empty()) known.settings.public_url = source.settings.public_url;
        if (has_secrets) continue;
        known.settings.secrets = std::move(source.settings.secrets);
        const bool is_public =
            source.definition != nullptr && source.definition->rules.kind == verify::Kind::public_key;
        known.public_from = is_public ? 0 : known.settings.secrets.size();
    }
    if (known.settings.secrets.empty()) {
        throw Mistake(ExitCode::usage, "there is no source '" + options.source + "' in " + file +
                                           "; give the secret with --secret REF");
    }
    return known;
}

// The shipped vendors by whose rules one of the requests is signed.
std::vector<std::string_view> neighbours_of(const KeptOnes& kept, const Known& known,
                                            const std::vector<VendorDefinition>& shipped) {
    static const VendorDefinition with_secrets;
    static const VendorDefinition with_public_keys{.rules = {.kind = verify::Kind::public_key}};
    std::vector<std::string_view> names;
    for (const VendorDefinition* nobody : {&with_secrets, &with_public_keys}) {
        VendorSettings settings;
        settings.public_url = known.settings.public_url;
        for (std::size_t i = 0; i < known.settings.secrets.size(); ++i) {
            if ((i >= known.public_from) != (nobody == &with_public_keys)) continue;
            settings.secrets.push_back({SecretBytes(known.settings.secrets[i].bytes.view()), std::nullopt});
        }
        for (const Kept& one : kept) {
            if (settings.secrets.empty() || !names.empty()) break;
            for (const VendorDefinition* vendor :
                 doctor::neighbours({*nobody, shipped, settings, one.request, one.request.received}))
                names.push_back(vendor->name);
        }
    }
    return names;
}

std::string numbered(const Kept& one) {
    return one.number == 0 ? "the request" : "refused request " + std::to_string(one.number);
}

std::string counted_requests(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " request" : " requests");
}

void print_obstacles(const learn::Proposal& proposal, const std::string& file) {
    for (const std::string& obstacle : proposal.lesson.obstacles)
        std::fprintf(stderr, "The signature %s.\n", obstacle.c_str());
    for (const yaml::Problem& problem : proposal.problems)
        std::fprintf(stderr, "%s\n", yaml::to_string(file, problem).c_str());
}

void print_verdicts(const learn::Proposal& proposal, const KeptOnes& kept) {
    std::fprintf(stderr, "It verifies %zu of %s:\n", proposal.verified(),
                 counted_requests(kept.size()).c_str());
    auto one = kept.begin();
    for (const learn::Verdict& verdict : proposal.verdicts) {
        std::string said = verdict.refusal.empty() ? "verified, " + verdict.type : verdict.refusal;
        if (verdict.is_late && verdict.refusal.empty()) said += ", its time outside of the tolerance";
        if (verdict.events > 1) said += " and " + std::to_string(verdict.events - 1) + " more";
        if (verdict.refusal.empty() && !verdict.mapped) said += ", no field was found";
        std::fprintf(stderr, "  %s: %s\n", numbered(*one++).c_str(), said.c_str());
    }
}

// All of it, or no file.
void write_new_file(const std::string& path, const std::string& text) {
    constexpr unsigned mode = 0644;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int fault = file < 0 ? errno : 0;
    for (std::size_t done = 0; fault == 0 && done < text.size();) {
        const ::ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
        if (wrote < 0 && errno != EINTR) fault = errno;
        if (wrote > 0) done += static_cast<std::size_t>(wrote);
    }
    if (file >= 0 && ::close(file) != 0 && fault == 0) fault = errno;
    if (fault == 0) return;
    if (file >= 0) ::unlink(path.c_str());
    throw Mistake(ExitCode::bad_input, "cannot write '" + path + "': " + error_text(fault) +
                                           (fault == EEXIST ? "; choose another name" : ""));
}

// One way of signing, in a line.
std::string in_a_line(const learn::Lesson& lesson) {
    std::string line = "header " + lesson.header + ", text " + (lesson.text.empty() ? "{body}" : lesson.text);
    const std::string& time = lesson.time_header.empty() ? lesson.time_pair : lesson.time_header;
    if (!time.empty()) line += ", time " + time;
    if (!lesson.id_header.empty()) line += ", id " + lesson.id_header;
    return line;
}

ordered_json to_json(const learn::Outcome& outcome, const KeptOnes& kept,
                     const std::vector<std::string_view>& neighbours) {
    ordered_json proposals = ordered_json::array();
    for (const learn::Proposal& proposal : outcome.proposals) {
        ordered_json problems = ordered_json::array();
        for (const yaml::Problem& problem : proposal.problems)
            problems.push_back({{"line", problem.line}, {"key", problem.key}, {"message", problem.message}});
        ordered_json verdicts = ordered_json::array();
        auto one = kept.begin();
        for (const learn::Verdict& verdict : proposal.verdicts) {
            ordered_json said{{"number", (one++)->number}, {"verified", verdict.refusal.empty()}};
            if (!verdict.refusal.empty()) {
                said["reason"] = verdict.refusal;
            } else {
                said["type"] = verdict.type;
                said["events"] = verdict.events;
            }
            verdicts.push_back(std::move(said));
        }
        proposals.push_back({{"usable", proposal.is_usable()},
                             {"secret", proposal.lesson.secret + 1},
                             {"file", proposal.text},
                             {"obstacles", proposal.lesson.obstacles},
                             {"problems", std::move(problems)},
                             {"requests", std::move(verdicts)}});
    }
    return {{"neighbours", neighbours},
            {"proposals", std::move(proposals)},
            {"remarks", outcome.remarks},
            {"complete", outcome.complete}};
}

void print_plain(const LearnOptions& options, const learn::Outcome& outcome, const KeptOnes& kept,
                 const VendorSettings& settings) {
    for (const std::string& remark : outcome.remarks) std::fprintf(stderr, "%s\n", remark.c_str());
    if (outcome.proposals.empty() && kept.size() > 1)
        std::fprintf(stderr,
                     "The newest %zu kept requests were looked at; --rejection NUMBER names another.\n",
                     kept.size());
    if (!outcome.complete)
        std::fprintf(
            stderr,
            "The search was ended before everything was tried; take a request with a shorter body or "
            "fewer headers.\n");
    if (outcome.proposals.empty()) return;
    const learn::Proposal& best = outcome.proposals.front();
    const bool to_file = !options.output.empty() && best.is_usable();
    if (to_file) {
        write_new_file(options.output, best.text);
    } else {
        std::fwrite(best.text.data(), 1, best.text.size(), stdout);
        std::fflush(stdout);
    }
    print_obstacles(best, to_file ? options.output : "the proposal");
    if (!best.verdicts.empty()) print_verdicts(best, kept);
    if (settings.secrets.size() > 1)
        std::fprintf(stderr, "The secret %zu of %zu signed.\n", best.lesson.secret + 1,
                     settings.secrets.size());
    for (std::size_t i = 1; i < outcome.proposals.size(); ++i)
        std::fprintf(stderr, "Another way that this request shows: %s.\n",
                     in_a_line(outcome.proposals[i].lesson).c_str());
    if (!best.is_usable()) {
        std::fprintf(stderr, "So no vendor file can verify this vendor as it stands.\n");
        return;
    }
    std::fprintf(
        stderr,
        "Look it over beside the vendor's page: identity, the types and the fields are guessed. Then "
        "%s, run `chathookd vendors test` on it, and `chathookd rejections retry` after a reload.\n",
        to_file ? "move it into vendors_dir" : "save it as NAME.yaml in vendors_dir");
}

void demand_one_place(const LearnOptions& options) {
    const RequestFiles& files = options.files;
    const bool given = !files.request.empty() || !files.headers.empty() || !files.body.empty();
    if (given == !options.source.empty()) {
        throw Mistake(
            ExitCode::usage,
            "say where the requests are: --source NAME for those that the daemon kept, or a request in "
            "files, --request FILE or --headers FILE and BODY");
    }
    if (given && options.secrets.empty() && options.public_keys.empty())
        throw Mistake(ExitCode::usage, "--secret or --public-key is needed for a request in files");
    if (options.as_json && !options.output.empty())
        throw Mistake(ExitCode::usage, "--json prints the proposals; leave --output out, or --json");
}

int run_learn(const LearnOptions& options) {
    demand_one_place(options);
    const Known known = known_of(options);
    const VendorSettings& settings = known.settings;
    const KeptOnes kept = options.source.empty() ? kept_in_files(options) : kept_by_daemon(options);
    std::vector<Request> requests;
    for (const Kept& one : kept) requests.push_back(one.request);
    const std::string title = !options.title.empty()   ? options.title
                              : options.source.empty() ? "Unknown vendor"
                                                       : options.source;
    std::vector<std::string> origins;
    for (const Kept& one : kept)
        origins.push_back(numbered(one) + (options.source.empty() ? "" : " of the source " + options.source));
    const learn::Outcome outcome =
        learn::propose({requests, settings.secrets, known.public_from, settings.public_url, title, origins});
    const std::vector<VendorDefinition> shipped = shipped_vendors();
    const std::vector<std::string_view> neighbours = neighbours_of(kept, known, shipped);
    if (options.as_json) {
        std::printf("%s\n", to_json(outcome, kept, neighbours)
                                .dump(-1, ' ', false, ordered_json::error_handler_t::replace)
                                .c_str());
    } else {
        for (const std::string_view name : neighbours)
            std::fprintf(stderr, "This is signed as the vendor %s signs, which needs no file: vendor: %s\n",
                         std::string(name).c_str(), std::string(name).c_str());
        print_plain(options, outcome, kept, settings);
    }
    const bool found = !outcome.proposals.empty() && outcome.proposals.front().is_usable();
    return found ? ExitCode::done : ExitCode::bad_input;
}

}  // namespace

void add_learn(CLI::App& vendors, Action& action) {
    auto* command = vendors.add_subcommand(
        "learn", "Propose a vendor file from requests that were refused, and a secret that is known");
    auto& options = options_of<LearnOptions>(*command, action, run_learn);
    add_admin_options(*command, options);
    command->add_option("--source", options.source,
                        "The source whose refused requests, kept whole (keep_rejected), are looked at");
    command->add_option("--rejection", options.rejection,
                        "The number of the refused request to begin with (default: the newest)");
    command
        ->add_option(
            "--secret", options.secrets,
            "The secret: env:NAME, file:PATH or credential:NAME; several times for several (default: "
            "those of the source)")
        ->allow_extra_args(false);
    command
        ->add_option("--public-key", options.public_keys,
                     "In place of a secret, or besides: a public key, given likewise")
        ->allow_extra_args(false);
    command->add_option("--public-url", options.public_url,
                        "The URL that the vendor calls, if it signs that (default: the source's)");
    add_request_files(*command, options.files);
    command->add_option("--title", options.title, "The vendor's name (default: the source's)");
    command->add_option("--output", options.output, "A new file for the proposal, instead of stdout");
    command->add_flag("--json", options.as_json, "One JSON object");
}

}  // namespace chathook::cli
