// Converts the configuration's structs to the settings of each room: the only place where the catalogs meet
// the configuration. Used at start-up and on reload; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/load.hpp"
#include "dispatch/delivery_plan.hpp"
#include "http/server.hpp"
#include "ingest/failure_limit.hpp"
#include "ingest/routing.hpp"
#include "journal/ledgers.hpp"
#include "journal/settings.hpp"
#include "support/log.hpp"
#include "support/metrics.hpp"

namespace chathook::daemon {

// The sinks' numbers in the journal, by their names in the configuration.
using SinkNumbers = std::map<std::string, journal::SinkNumber, std::less<>>;

// `connections` of both: how many may be open at a time. Throws std::runtime_error for a TLS file that cannot
// be used.
http::ServerSettings public_server_of(const config::Server& server, std::uint64_t connections);
http::ServerSettings admin_server_of(const config::Address& listen, std::uint64_t connections);

// Throws std::runtime_error if systemd passed a socket that no address names: its clients would wait for
// ever, because nothing accepts on it.
void require_every_socket_named(const config::Config& config);

journal::JournalSettings journal_of(const config::Config& config);
ingest::FailureRate failure_rate_of(const config::Limits& limits);
LogSettings log_of(const config::Config& config);

// The TLS context made from these files, or what is wrong with them.
std::variant<net::TlsContext, config::TlsProblem> tls_of(const config::Tls& tls);

// The problem alone, for config::Known.
std::optional<config::TlsProblem> check_tls(const config::Tls& tls);

// The vendors, sinks and checks of this program, which a configuration is read with.
config::Known known();

// Moves the vendors' settings, including the secrets, out of `sources`.
std::shared_ptr<const ingest::Routing> routing_of(std::vector<config::Source>&& sources,
                                                  const std::vector<config::Route>& routes,
                                                  const SinkNumbers& sinks, Metrics& metrics);

// The keys in which the two differ and that need a restart; empty: a reload is enough.
std::vector<std::string> restart_needed_for(const config::Config& now, const config::Config& next);

}  // namespace chathook::daemon
