#include "cli/admin_access.hpp"

#include <algorithm>
#include <utility>

#include "cli/admin_address.hpp"
#include "cli/cli.hpp"
#include "cli/configuration.hpp"
#include "cli/mistake.hpp"
#include "config/load.hpp"

namespace chathook::cli {

namespace {

const std::string token_forms = "--token env:NAME or --token file:PATH";

// "FILE:LINE: admin.listen: what"
std::string at_key(const std::string& file, int line, const char* key, const std::string& what) {
    config::Problem problem;
    problem.line = line;
    problem.key = key;
    problem.message = what;
    return config::to_string(file, problem);
}

SecretBytes token_of(const std::string& reference) {
    config::SecretOrProblem resolved = config::resolve_secret(reference);
    if (!resolved.secret) throw Mistake(ExitCode::usage, "--token: " + resolved.problem);
    return std::move(*resolved.secret);
}

// Why commands cannot use an address that the daemon can use; empty if they can.
std::string why_unusable(const config::Address& listen, const std::string& file, int line) {
    const std::string both = "--config " + file + " --admin ";
    std::string what;
    if (listen.kind == config::Address::Kind::systemd)
        what =
            "says only that systemd holds the socket, not at which address; name that too, as ListenStream= "
            "of the .socket unit with FileDescriptorName=" +
            listen.host + " does (`systemctl list-sockets` shows it): " + both + "unix:/PATH, or " + both +
            "HOST:PORT";
    if (listen.kind == config::Address::Kind::tcp && listen.port == 0)
        what = "lets the kernel choose the port; name the one in the daemon's log line `admin_listening`: " +
               both + "HOST:PORT";
    return what.empty() ? what : at_key(file, line, "admin.listen", "'" + listen.text + "' " + what);
}

// Fails because the token cannot be read, and reports other problems as well.
[[noreturn]] void give_up_token(const std::string& file, const config::LoadedAdmin& loaded,
                                bool needs_address) {
    const auto rest = config::load_admin(file, {.address = needs_address, .token = false});
    if (needs_address && rest.admin && rest.admin->listen) {
        const std::string why = why_unusable(*rest.admin->listen, file, rest.listen_line);
        if (!why.empty()) complain(why);
    }
    if (loaded.absent_credential.empty()) {
        print_problems(file, loaded.problems);
        throw Mistake(ExitCode::bad_configuration, "the daemon's token cannot be had from " + file +
                                                       " here; correct that, or give it with " + token_forms);
    }
    throw Mistake(
        ExitCode::bad_configuration,
        at_key(file, loaded.token_line, "admin.token",
               "systemd hands the credential '" + loaded.absent_credential +
                   "' to the service alone, so no command can read it there; name the file that "
                   "LoadCredential= of the service's unit takes it from, as a user who may read that: "
                   "--token file:PATH. An admin.listen of the form unix:/PATH needs no token"));
}

config::LoadedAdmin load(const std::string& file, const config::AdminNeeds& needs) {
    config::LoadedAdmin loaded = config::load_admin(file, needs);
    if (loaded.admin) return loaded;
    const bool only_the_token = std::ranges::all_of(loaded.problems, [](const config::Problem& problem) {
        return problem.key.starts_with("admin.token");
    });
    if (only_the_token) give_up_token(file, loaded, needs.address);
    print_problems(file, loaded.problems);
    throw Mistake(
        ExitCode::bad_configuration,
        "the configuration is not usable; correct it, or name the daemon with --admin HOST:PORT, and its "
        "token, if it has one, with " +
            token_forms);
}

std::string when_denied(const AdminOptions& options, const std::string& file,
                        const config::LoadedAdmin* loaded) {
    const std::string give = "give it with " + token_forms;
    if (options.token)
        return "it has another token than --token names; the right one is admin.token of the configuration "
               "that it was started with";
    if (loaded == nullptr)
        return "it wants its admin token; " + give +
               ", or add --config FILE with the configuration whose admin.token it is";
    if (loaded->token_line == 0)
        return "it wants its admin token, and " + file +
               " sets no admin.token: is that its configuration, and was it restarted since? If the token is "
               "elsewhere, " +
               give;
    return "it has another token than admin.token in line " + std::to_string(loaded->token_line) + " of " +
           file +
           ": is that its configuration, and was it restarted since the token changed? If the token is "
           "elsewhere, " +
           give;
}

}  // namespace

void add_admin_options(CLI::App& command, AdminOptions& options) {
    command.add_option("--config", options.config, "The daemon's configuration file")
        ->default_str(usual_configuration);
    command.add_option("--admin", options.address,
                       "The daemon's admin address instead of the configuration's: HOST:PORT or unix:/PATH; "
                       "with --config, its token is used");
    command.add_option("--token", options.token,
                       "The daemon's admin token instead of the configuration's: env:NAME, file:PATH or "
                       "credential:NAME");
}

AdminAccess find_access(const AdminOptions& options) {
    AdminAccess access;
    access.address = options.address;
    if (!options.address.empty()) {
        const std::string objection = objection_to_address(options.address);
        if (!objection.empty()) throw Mistake(ExitCode::usage, "--admin: " + objection);
    }
    if (options.token) access.token = token_of(*options.token);
    const std::string file = options.config.empty() ? usual_configuration : options.config;
    const config::AdminNeeds needs{options.address.empty(), !options.token};
    if (!needs.address && (options.config.empty() || !needs.token)) {
        access.when_denied = when_denied(options, file, nullptr);
        return access;
    }
    config::LoadedAdmin loaded = load(file, needs);
    if (needs.address && !loaded.admin->listen)
        throw Mistake(ExitCode::bad_configuration,
                      file + ": admin.listen is not set, so there is no way to ask the daemon");
    if (needs.address) {
        const std::string why = why_unusable(*loaded.admin->listen, file, loaded.listen_line);
        if (!why.empty()) throw Mistake(ExitCode::bad_configuration, why);
        access.address = loaded.admin->listen->text;
    }
    if (needs.token) access.token = std::move(loaded.admin->token);
    access.when_denied = when_denied(options, file, &loaded);
    return access;
}

}  // namespace chathook::cli
