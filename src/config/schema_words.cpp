#include "config/schema_words.hpp"

#include <algorithm>
#include <array>

namespace chathook::config {

namespace {

struct Words {
    std::string_view path;
    std::string_view text;
};

constexpr std::array all_words{
    Words{"server", "Where webhooks arrive, and what one client may cost."},
    Words{"server.listen",
          "Addresses for webhooks: host:port, [v6]:port, unix:/path or systemd; 127.0.0.1:8080 if left out."},
    Words{"server.threads", "Network threads; 0: one per CPU."},
    Words{"server.trusted_proxies",
          "Networks (CIDR) of the proxies whose X-Forwarded-For and Forwarded count."},
    Words{"server.proxy_protocol",
          "Expect a PROXY v1 or v2 header on every connection; only trusted_proxies may then connect."},
    Words{"server.tls",
          "Serve HTTPS without a proxy, on all TCP listeners; the files are read again on SIGHUP."},
    Words{"server.tls.certificate", "PEM file of the certificate, then its chain."},
    Words{"server.tls.key", "PEM file of the private key."},
    Words{"server.tls.client_ca",
          "PEM file; if set, only clients with a certificate of these authorities may connect."},
    Words{"server.limits", "What one client may cost."},
    Words{"server.limits.body", "Of one webhook; beyond: 413."},
    Words{"server.limits.header_bytes", "Of a request's whole head; beyond: 431."},
    Words{"server.limits.headers", "Fields in a head; beyond: 431."},
    Words{"server.limits.connections", "Connections at once; then accepting pauses."},
    Words{"server.limits.requests_per_connection", "Then the connection is closed, so that load moves on."},
    Words{"server.limits.header_timeout", "For a request's whole head; beyond: 408."},
    Words{"server.limits.body_timeout", "For a request's whole body; beyond: 408."},
    Words{"server.limits.idle_timeout", "Between two requests; longer than the proxy's (nginx: 60s)."},
    Words{"server.limits.write_timeout", "For an answer to leave."},
    Words{"server.limits.commit_timeout",
          "For the journal's fsync; beyond: 503, and the vendor tries again."},
    Words{"server.limits.inflight_bytes",
          "Of all bodies being read or committed; beyond: 503. Not below body."},
    Words{"server.limits.failed_verifications_burst",
          "Refused signatures of one client at once; beyond: 429."},
    Words{"server.limits.failed_verifications_per_minute", "How many of these come back in a minute."},
    Words{"admin", "Health, metrics, the web page and the API that commands use. Left out: none."},
    Words{"admin.listen", "One host:port or unix:/path; off loopback a token is required."},
    Words{"admin.token", "Callers send it as Authorization: Bearer TOKEN."},
    Words{"journal", "Where events are kept, and for how long."},
    Words{"journal.path", "A directory on a local disk; made with mode 0700."},
    Words{"journal.retain_delivered", "How long an event stays after every sink has it: for replay."},
    Words{"journal.retain_dead", "How long a dead letter waits for somebody to look at it."},
    Words{"journal.dedupe_window", "How long a webhook is recognised when the vendor sends it again."},
    Words{"journal.min_free_disk", "With less free than this, webhooks are answered 503."},
    Words{"journal.max_size", "Of the journal; full: 503, and nothing is lost."},
    Words{"journal.on_damage", "When a damaged disk lost events: stop, or go_on without them."},
    Words{"journal.rejections", "The refused requests that are remembered."},
    Words{"journal.rejections.keep", "At most so many, the newest; 0: none."},
    Words{"journal.rejections.age", "For at most so long."},
    Words{"sources", "Who may send, by name; the name stands in events, logs and metrics."},
    Words{"sources.*.vendor", "Whose webhooks these are."},
    Words{"sources.*.path", "Path of the webhook's URL, matched exactly; no two sources share one."},
    Words{"sources.*.secret", "The vendor's signing secret."},
    Words{"sources.*.secrets", "In place of secret: a list, while a secret is being changed."},
    Words{"sources.*.keep_rejected",
          "Keep refused requests whole, so that they can be taken again after a secret was mended."},
    Words{"sources.*.timestamp_tolerance",
          "How far the signed time may be off, both ways; 5m if left out. For vendors that sign one."},
    Words{"sinks", "Who receives, by name."},
    Words{"sinks.*.type", "Decides which other keys there are."},
    Words{"sinks.*.retry", "When a delivery that failed is tried again."},
    Words{"sinks.*.retry.initial",
          "The first random wait is at most this long; the bound doubles each time."},
    Words{"sinks.*.retry.max", "The longest bound of a wait; not below initial."},
    Words{"sinks.*.retry.max_age", "After this the event becomes a dead letter."},
    Words{"sinks.*.retry.breaker", "When a sink that keeps failing is left alone for a while."},
    Words{"sinks.*.retry.breaker.failures", "So many failures in a row; 0: never."},
    Words{"sinks.*.retry.breaker.pause", "How long it is left alone before one delivery is tried."},
    Words{"routes", "What goes where: an event goes to the sinks of all routes that match it, once to each."},
    Words{"routes[].match", "Which events; all keys in it must match. Left out: all."},
    Words{"routes[].match.type", "Types of events; * stands for any characters: lead.*"},
    Words{"routes[].match.vendor", "Vendors."},
    Words{"routes[].match.source", "Names of sources."},
    Words{"routes[].to", "Names of sinks."},
    Words{"log", "What is logged."},
    Words{"log.level", "The least severe lines to log."},
    Words{"log.format", "One line a happening, as text or as JSON."},
    Words{"log.pii", "People's data in the log: masked (v***@example.com), or plain."},
};

}  // namespace

std::string_view schema_words(std::string_view path) noexcept {
    const auto* found = std::find_if(all_words.begin(), all_words.end(),
                                     [path](const Words& words) { return words.path == path; });
    return found == all_words.end() ? std::string_view() : found->text;
}

}  // namespace chathook::config
