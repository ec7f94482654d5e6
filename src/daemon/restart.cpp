// Which changes of a configuration need a restart.
#include <algorithm>

#include "config/section_keys.hpp"
#include "daemon/parts.hpp"

namespace chathook::daemon {

namespace {

using Keys = std::vector<std::string>;

void add(Keys& keys, Keys more) { keys.insert(keys.end(), more.begin(), more.end()); }

// Compares the declared keys. The files of server.tls can be reloaded, but turning TLS on or off concerns the
// listeners and needs a restart.
void compare_servers(const config::Server& now, const config::Server& next, Keys& keys) {
    add(keys, config::differing_keys("server", config::server_keys, now, next));
    if (now.tls.has_value() != next.tls.has_value()) keys.emplace_back("server.tls");
    add(keys, config::differing_keys("server.limits", config::limits_keys, now.limits, next.limits));
}

// Adds each sink that differs, by its name. The order of sinks is irrelevant.
void compare_sinks(const std::vector<config::Sink>& now, const std::vector<config::Sink>& next, Keys& keys) {
    const auto named = [](const std::vector<config::Sink>& sinks, const std::string& name) {
        const auto found = std::ranges::find(sinks, name, &config::Sink::name);
        return found == sinks.end() ? nullptr : &*found;
    };
    for (const config::Sink& sink : now) {
        const config::Sink* other = named(next, sink.name);
        if (other == nullptr || *other != sink) keys.push_back("sinks." + sink.name);
    }
    for (const config::Sink& sink : next) {
        if (named(now, sink.name) == nullptr) keys.push_back("sinks." + sink.name);
    }
}

}  // namespace

std::vector<std::string> restart_needed_for(const config::Config& now, const config::Config& next) {
    Keys keys;
    // This structured binding stops compiling when Config gets another member: a new section must be handled
    // here, so that it either reloads or needs a restart.
    const auto& [file, named_files, own_vendors, server, admin, journal, sources, sinks, routes, log] = now;
    compare_servers(server, next.server, keys);
    add(keys, config::differing_keys("admin", config::admin_keys, admin, next.admin));
    add(keys, config::differing_keys("journal", config::journal_keys, journal, next.journal));
    compare_sinks(sinks, next.sinks, keys);
    add(keys, config::differing_keys("log", config::log_keys, log, next.log));
    // sources and routes can be reloaded; file is the path of the configuration, and named_files and
    // own_vendors belong to other sections.
    static_cast<void>(file);
    static_cast<void>(named_files);
    static_cast<void>(own_vendors);
    static_cast<void>(sources);
    static_cast<void>(routes);
    return keys;
}

}  // namespace chathook::daemon
