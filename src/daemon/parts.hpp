// From the configuration's structs to what each room wants: the only place where the catalogs meet the
// configuration. Start-up and reload; one thread.
#pragma once

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
#include "journal/journal.hpp"
#include "support/log.hpp"
#include "support/metrics.hpp"

namespace chathook::daemon {

// A sink's number in the journal by its name in the configuration.
using SinkNumbers = std::map<std::string, journal::SinkNumber, std::less<>>;

// Throws std::runtime_error for a TLS file that cannot be used.
http::ServerSettings public_server_of(const config::Server& server);
http::ServerSettings admin_server_of(const config::Address& listen);

// Clients would wait for ever at a socket that systemd holds open for us and nobody accepts on. Throws
// std::runtime_error for one that no address names.
void require_every_socket_named(const config::Config& config);

journal::JournalSettings journal_of(const config::Config& config);
ingest::FailureRate failure_rate_of(const config::Limits& limits);
dispatch::DeliveryPolicy delivery_policy_of(const config::Retry& retry);
LogSettings log_of(const config::Config& config);

// Either the context that these files make, or what is wrong with them.
std::variant<http::TlsContext, config::TlsProblem> tls_of(const config::Tls& tls);

// The second half of that: for config::Known.
std::optional<config::TlsProblem> check_tls(const config::Tls& tls);

// Takes the vendors' settings, secrets included, out of `sources`.
std::shared_ptr<const ingest::Routing> routing_of(std::vector<config::Source>&& sources,
                                                  const std::vector<config::Route>& routes,
                                                  const SinkNumbers& sinks, Metrics& metrics);

// The keys in which the two differ and which only a restart can change; empty: a reload will do.
std::vector<std::string> restart_needed_for(const config::Config& now, const config::Config& next);

}  // namespace chathook::daemon
