#include <openssl/crypto.h>
#include <sqlite3.h>
#include <boost/beast/version.hpp>
#include <boost/version.hpp>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "sinks/libcurl.hpp"
#include "vendors/catalog.hpp"

namespace chathook::cli {

namespace {

constexpr const char* promise =
    "A request answered 2xx is fsynced in the journal and is delivered at least once, byte for byte\n"
    "reconstructible, to every sink its route names, across process crash, power loss and full disk.\n"
    "A request answered 5xx, or not answered, may or may not have been kept. Nothing is dropped without an\n"
    "entry in the dead letters or the rejections and a metric.\n";

constexpr const char* build =
#ifdef NDEBUG
    "release";
#else
    "with assertions";
#endif

// It is loaded to ask it: which one the daemon would use is known to the loader alone.
std::string version_of_curl() {
    try {
        return sinks::libcurl().version_info(CURLVERSION_NOW)->version;
    } catch (const sinks::LibcurlMissing&) {
        return "not installed";
    }
}

nlohmann::ordered_json facts() {
    return {{"version", CHATHOOK_VERSION},
            {"build", build},
            {"compiler", __VERSION__},
            {"boost", BOOST_LIB_VERSION},
            {"beast", BOOST_BEAST_VERSION},
            {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
            {"sqlite", sqlite3_libversion()},
            {"curl", version_of_curl()},
            {"vendors", vendors::catalog_fingerprint()}};
}

int print_version(bool as_json) {
    const auto all = facts();
    if (as_json) {
        std::printf("%s\n", all.dump().c_str());
        return ExitCode::done;
    }
    std::printf("chathookd %s\n", CHATHOOK_VERSION);
    for (const auto& [name, value] : all.items()) {
        if (name != "version") {
            std::printf("  %-9s %s\n", name.c_str(),
                        (value.is_string() ? value.get<std::string>() : value.dump()).c_str());
        }
    }
    std::printf("\nThe promise:\n%s", promise);
    return ExitCode::done;
}

}  // namespace

void add_version(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("version", "Print the version, what it was built with, and the promise");
    auto& as_json = options_of<bool>(*command, action, print_version);
    command->add_flag("--json", as_json, "One JSON object");
}

}  // namespace chathook::cli
