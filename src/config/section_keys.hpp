// Every key of the sections without user-defined names, and of a sink's `retry`: see keys.hpp. A new key is
// one entry here and the member that it fills. Literals; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <tuple>

#include "config/config.hpp"
#include "config/keys.hpp"

namespace chathook::config {

inline constexpr std::uint64_t kib = 1ull << 10;
inline constexpr std::uint64_t mib = 1ull << 20;
inline constexpr std::uint64_t gib = 1ull << 30;
inline constexpr std::chrono::milliseconds one_ms{1};
inline constexpr std::chrono::seconds one_second{1};
inline constexpr std::chrono::hours one_hour{1};
inline constexpr std::chrono::days one_day{1};
inline constexpr std::chrono::days ten_years{3653};

inline constexpr std::tuple server_keys{
    Key{"listen", &Server::listen, ReadApart{},
        KeyText{"Addresses for webhooks: host:port, [v6]:port, unix:/path or systemd; 127.0.0.1:8080 if left "
                "out.",
                "Where vendors, or the proxy in front, reach the webhooks. The default is local because the "
                "daemon is "
                "meant to stand behind a proxy."}},
    Key{"threads", &Server::threads, Count{0, 1024}, KeyText{"Network threads; 0: one per CPU."}},
    Key{"trusted_proxies", &Server::trusted_proxies, ReadApart{},
        KeyText{"Networks (CIDR) of the proxies whose X-Forwarded-For and Forwarded count.",
                "The client is the right-most address in there that is not trusted. None by default, so that "
                "nobody "
                "can invent an address. `10.0.0.0/8`, `fd00::/8` or a single address."}},
    Key{"proxy_protocol", &Server::proxy_protocol, Flag{},
        KeyText{"Expect a PROXY v1 or v2 header on every connection; only trusted_proxies may then connect.",
                "`trusted_proxies` must be set then (UNIX sockets excepted)."}},
    Heading{"tls",
            {"Serve HTTPS without a proxy, on all TCP listeners; the files are read again on SIGHUP.",
             "See [http.md](http.md#tls)."}},
    Heading{"limits", {"What one client may cost."}},
};

inline constexpr std::tuple tls_keys{
    Key{"certificate", &Tls::certificate, ReadApart{},
        KeyText{"PEM file of the certificate, then its chain."}},
    Key{"key", &Tls::key, ReadApart{},
        KeyText{"PEM file of the private key.",
                "Without a passphrase. A warning if every user may read it."}},
    Key{"client_ca", &Tls::client_ca, ReadApart{},
        KeyText{"PEM file; if set, only clients with a certificate of these authorities may connect."}},
};

inline constexpr std::tuple limits_keys{
    Key{"body", &Limits::body, Size{kib, 64 * mib},
        KeyText{"Of one webhook; beyond: 413.", "Chat vendors send a few KiB."}},
    Key{"header_bytes", &Limits::header_bytes, Size{kib, mib},
        KeyText{"Of a request's whole head; beyond: 431."}},
    Key{"headers", &Limits::headers, Count{8, 1000}, KeyText{"Fields in a head; beyond: 431."}},
    Key{"connections", &Limits::connections, Count{1, 1'000'000},
        KeyText{"Connections at once; then accepting pauses.",
                "So memory and file descriptors suffice for those that are in."}},
    Key{"requests_per_connection", &Limits::requests_per_connection, Count{1, 1'000'000'000},
        KeyText{"Then the connection is closed, so that load moves on.",
                "Long-lived proxies spread again over several daemons."}},
    Key{"header_timeout", &Limits::header_timeout, Duration{one_ms, one_hour},
        KeyText{"For a request's whole head; beyond: 408.",
                "Counted from the beginning: a head that drips in byte by byte does not extend it."}},
    Key{"body_timeout", &Limits::body_timeout, Duration{one_ms, one_hour},
        KeyText{"For a request's whole body; beyond: 408.", "Counted the same way."}},
    Key{"idle_timeout", &Limits::idle_timeout, Duration{one_ms, one_day},
        KeyText{"Between two requests; longer than the proxy's (Caddy: 120s).",
                "If the daemon closes first, a webhook may be sent into the closing connection. Answers "
                "announce two "
                "seconds less as `Keep-Alive: timeout=`."}},
    Key{"write_timeout", &Limits::write_timeout, Duration{one_ms, one_hour},
        KeyText{"For an answer to leave.", "Cuts off clients that read slowly on purpose."}},
    Key{"drain_timeout", &Limits::drain_timeout,
        Duration{std::chrono::milliseconds(0), std::chrono::seconds(10)},
        KeyText{"In a stop: how long a silent connection may still begin a request.",
                "Longer helps proxies and vendors that keep connections and send seldom; a stop takes that "
                "much longer. "
                "See [http.md](http.md#stopping)."}},
    Key{"commit_timeout", &Limits::commit_timeout, Duration{one_ms, std::chrono::minutes(10)},
        KeyText{"For the journal's fsync; beyond: 503, and the vendor tries again.",
                "Vendors give up after 3 to 10 seconds, so answer before they do."}},
    Key{"inflight_bytes", &Limits::inflight_bytes, Size{kib, 64 * gib},
        KeyText{"Of all bodies being read or committed; beyond, they wait. At least twice body.",
                "Longer bodies [wait](http.md#bodies-that-wait-for-room). Where it is left out and twice "
                "`body` is more, "
                "that counts. Must not be below `body`; below twice `body` it is a warning, because then one "
                "unfinished "
                "body can keep all others out."}},
    Key{"document_bytes", &Limits::document_bytes, Size{mib, 64 * gib},
        KeyText{"Of all bodies while they are read as JSON; they wait in turn.",
                "What a document takes: [security.md](security.md#memory). A proved body whose document is "
                "larger than "
                "this is kept unread, as `unrecognized`."}},
    Key{"failed_verifications_burst", &Limits::failed_verifications_burst, Count{1, 1'000'000},
        KeyText{"Refused signatures of one client at once; beyond: 429.",
                "A client is an IPv4 address or an IPv6 /64. The 429 stands in place of the vendor's "
                "refusal; a correct "
                "signature is never refused for this."}},
    Key{"failed_verifications_per_minute", &Limits::failed_verifications_per_minute, Count{1, 1'000'000},
        KeyText{"How many of these come back in a minute."}},
};

inline constexpr std::tuple admin_keys{
    Key{"listen", &Admin::listen, ReadApart{},
        KeyText{"One host:port or unix:/path; off loopback a token is required.",
                "`127.0.0.1:9464` is usual. With `systemd:NAME` commands have to be "
                "[told the address](operations.md#how-commands-reach-the-daemon)."}},
    Key{"token", &Admin::token, ReadApart{},
        KeyText{"Callers send it as Authorization: Bearer TOKEN.",
                "Commands take it from here, or from `--token`. Required when `listen` is not loopback and "
                "not a UNIX "
                "socket."}},
};

inline constexpr std::tuple journal_keys{
    Key{"path", &Journal::directory, PathName{},
        KeyText{"A directory on a local disk; made with mode 0700.",
                "At most 489 bytes as an absolute path. One daemon at a time."}},
    Key{"retain_delivered", &Journal::retain_delivered, Duration{one_second, ten_years},
        KeyText{"How long an event stays after every sink has it: for replay.",
                "`events show` and `events replay` find it so long."}},
    Key{"retain_dead", &Journal::retain_dead, Duration{one_second, ten_years},
        KeyText{"How long a dead letter waits for somebody to look at it.",
                "And how long events wait for a sink that left the configuration before they become its dead "
                "letters."}},
    Key{"dedupe_window", &Journal::dedupe_window, Duration{std::chrono::seconds(0), ten_years},
        KeyText{"How long a webhook is recognised when the vendor sends it again.",
                "Or a proxy, whose connection to the daemon broke before the answer. `0s`, which is a "
                "warning, makes two "
                "events of it. Takes about 20 bytes of memory for each event of that time."}},
    Key{"min_free_disk", &Journal::min_free_disk, Size{0, 1024 * gib},
        KeyText{"With less free than this, webhooks are answered 503.",
                "The vendor keeps them, before the disk is full for everybody."}},
    Key{"max_size", &Journal::max_size, Size{mib, 64 * 1024 * gib},
        KeyText{"Of the journal; full: 503, and nothing is lost.", "Nothing is thrown away to make room."}},
    Key{"on_damage", &Journal::on_damage,
        OneOf<journal::OnDamage, 2>{
            {{{"stop", journal::OnDamage::stop}, {"go_on", journal::OnDamage::go_on}}}},
        KeyText{"When a damaged disk lost events: stop, or go_on without them.",
                "That is when the journal's log was damaged so that answered events cannot be read any more: "
                "do not "
                "start (exit code 74), or start without them. Copies are kept either way, see "
                "[durability.md](durability.md#damage)."}},
    Heading{"rejections", {"The refused requests that are remembered."}},
    Key{"rejections.keep", &Journal::rejections_keep, Count{0, 1'000'000},
        KeyText{"At most so many, the newest; 0: none.", "`chathookd rejections` lists them."}},
    Key{"rejections.age", &Journal::rejections_age, Duration{one_second, ten_years},
        KeyText{"For at most so long."}},
};

inline constexpr std::tuple log_keys{
    Key{"level", &LogSettings::level,
        OneOf<LogLevel, 4>{{{{"debug", LogLevel::debug},
                             {"info", LogLevel::info},
                             {"warning", LogLevel::warning},
                             {"error", LogLevel::error}}}},
        KeyText{"The least severe lines to log."}},
    Key{"format", &LogSettings::format,
        OneOf<LogFormat, 2>{{{{"text", LogFormat::text}, {"json", LogFormat::json}}}},
        KeyText{"One line a happening, as text or as JSON."}},
    Key{"pii", &LogSettings::plain_personal_data, OneOf<bool, 2>{{{{"mask", false}, {"plain", true}}}},
        KeyText{"People's data in the log: masked (`v***@example.com`), or plain."}},
};

inline constexpr std::tuple retry_keys{
    Key{"initial", Within{&Retry::backoff, &dispatch::BackoffPolicy::initial}, Duration{one_ms, one_day},
        KeyText{"The first random wait is at most this long; the bound doubles each time."}},
    Key{"max", Within{&Retry::backoff, &dispatch::BackoffPolicy::max}, Duration{one_ms, 7 * one_day},
        KeyText{"The longest bound of a wait; not below initial."}},
    Key{"max_age", &Retry::max_age, Duration{one_second, std::chrono::days(366)},
        KeyText{"After this the event becomes a dead letter.",
                "Long enough for a receiver that breaks on a Friday evening."}},
    Heading{"breaker", {"When a sink that keeps failing is left alone for a while."}},
    Key{"breaker.failures", Within{&Retry::breaker, &dispatch::BreakerPolicy::failures}, Count{0, 1000},
        KeyText{"So many failures in a row; 0: never.",
                "With the bounds above five take 15 s in the mean and 31 s at most: a receiver that only "
                "restarts is "
                "back before."}},
    Key{"breaker.pause", Within{&Retry::breaker, &dispatch::BreakerPolicy::pause}, Duration{one_ms, one_day},
        KeyText{"How long it is left alone before one delivery is tried.",
                "One request in five seconds hurts no receiver, and the backlog waits for it."}},
};

}  // namespace chathook::config
