// server, admin, journal and log: the sections without names of the user's own.
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "config/addresses.hpp"
#include "config/secrets.hpp"
#include "config/sections.hpp"

namespace chathook::config {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kib = 1ull << 10;
constexpr std::uint64_t mib = 1ull << 20;
constexpr std::uint64_t gib = 1ull << 30;
constexpr std::chrono::days decade{3653};

void read_trusted_proxies(const Place& at, Server& server) {
    for (const Place& item : at.items()) {
        std::string text;
        if (!item.text(text)) continue;
        NetworkOrProblem parsed = parse_network(text);
        if (!parsed.problem.empty()) {
            item.error(parsed.problem);
            continue;
        }
        if (!parsed.doubt.empty()) item.warning(parsed.doubt);
        server.trusted_proxies.push_back(std::move(parsed.network));
    }
}

// Leaves `result` alone when there is no such file.
bool read_readable_file(const Place& at, std::filesystem::path& result) {
    std::filesystem::path path;
    if (!at.path_name(path)) return false;
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure)) {
        at.error(in_quotes(path.string()) + " is not a file" + (failure ? ": " + failure.message() : "") +
                 "; name a PEM file");
        return false;
    }
    if (::access(path.c_str(), R_OK) != 0) {
        at.error(in_quotes(path.string()) + " cannot be read; let the daemon's user read it");
        return false;
    }
    result = std::move(path);
    return true;
}

// With files that are not all there, loading them would only say so again.
void judge_tls(const Place& at, const Known& known, const Tls& tls) {
    if (known.check_tls == nullptr || tls.certificate.empty() || tls.key.empty()) return;
    if (at["client_ca"].present() && tls.client_ca.empty()) return;
    if (auto problem = known.check_tls(tls)) at[problem->key].error(std::move(problem->message));
}

void read_tls(const Place& at, const Known& known, Server& server) {
    Tls tls;
    const Place certificate = at["certificate"];
    const Place key = at["key"];
    const Place client_ca = at["client_ca"];
    if (certificate.required("name the PEM file of the certificate and its chain")) {
        read_readable_file(certificate, tls.certificate);
    }
    if (key.required("name the PEM file of the private key") && read_readable_file(key, tls.key)) {
        struct stat status {};
        if (::stat(tls.key.c_str(), &status) == 0 && (status.st_mode & 07) != 0) {
            key.warning(in_quotes(tls.key.string()) +
                        " is open to every user; run: chmod o= " + tls.key.string());
        }
    }
    if (client_ca.present()) read_readable_file(client_ca, tls.client_ca);
    judge_tls(at, known, tls);
    if (at.present()) server.tls = std::move(tls);
}

void read_limits(const Place& at, Limits& limits) {
    at["body"].size(limits.body, kib, 64 * mib);
    at["header_bytes"].size(limits.header_bytes, kib, mib);
    at["headers"].count(limits.headers, 8, 1000);
    at["connections"].count(limits.connections, 1, 1'000'000);
    at["requests_per_connection"].count(limits.requests_per_connection, 1, 1'000'000'000);
    at["header_timeout"].duration(limits.header_timeout, 1ms, 1h);
    at["body_timeout"].duration(limits.body_timeout, 1ms, 1h);
    at["idle_timeout"].duration(limits.idle_timeout, 1ms, 24h);
    at["write_timeout"].duration(limits.write_timeout, 1ms, 1h);
    at["commit_timeout"].duration(limits.commit_timeout, 1ms, 10min);
    at["failed_verifications_burst"].count(limits.failed_verifications_burst, 1, 1'000'000);
    at["failed_verifications_per_minute"].count(limits.failed_verifications_per_minute, 1, 1'000'000);
    const Place inflight_bytes = at["inflight_bytes"];
    inflight_bytes.size(limits.inflight_bytes, kib, 64 * gib);
    if (limits.inflight_bytes < limits.body) {
        (inflight_bytes.present() ? inflight_bytes : at["body"])
            .error(
                "limits.inflight_bytes is less than limits.body, so a body of full size never fits; "
                "raise inflight_bytes or lower body");
    }
}

}  // namespace

void read_server(const Place& at, const Known& known, Server& server, Listeners& taken) {
    read_listen(at["listen"], server, taken);
    std::uint64_t threads = server.threads;
    if (at["threads"].count(threads, 0, 1024)) server.threads = static_cast<unsigned>(threads);
    read_trusted_proxies(at["trusted_proxies"], server);
    const Place proxy_protocol = at["proxy_protocol"];
    proxy_protocol.boolean(server.proxy_protocol);
    bool network = false;  // a socket of systemd's may be a UNIX socket, but is not known to be
    for (const Address& address : server.listen) {
        network = network || address.kind != Address::Kind::unix_socket;
    }
    if (server.proxy_protocol && network && !at["trusted_proxies"].present()) {
        proxy_protocol.error(
            "nobody may send a PROXY header, because server.trusted_proxies is missing; list your "
            "load balancers there");
    }
    read_tls(at.section("tls"), known, server);
    read_limits(at.section("limits"), server.limits);
}

void read_admin(const Place& at, Admin& admin, Listeners& taken) {
    const Place listen = at["listen"];
    const Place token = at["token"];
    if (listen.required("write 127.0.0.1:9464 or unix:/path, or leave out the whole section")) {
        admin.listen = read_address(listen, taken);
    }
    if (auto secret = read_secret(token)) {
        judge_secret(token, *secret);
        admin.token = std::move(*secret);
    }
    if (!admin.listen) return;
    if (admin.listen->kind == Address::Kind::systemd && admin.listen->host.empty()) {
        listen.error(
            "systemd alone means all of its sockets, which are server.listen's; write systemd:NAME, with the "
            "FileDescriptorName= of the socket unit");
    } else if (!is_local(*admin.listen) && !token.present()) {
        listen.error(in_quotes(admin.listen->text) +
                     " can be reached from other machines; set admin.token, or listen "
                     "on 127.0.0.1 or on a UNIX socket");
    }
}

void read_journal(const Place& at, Journal& journal) {
    at["path"].path_name(journal.path);
    at["retain_delivered"].duration(journal.retain_delivered, 1s, decade);
    at["retain_dead"].duration(journal.retain_dead, 1s, decade);
    at["dedupe_window"].duration(journal.dedupe_window, 0s, decade);
    at["min_free_disk"].size(journal.min_free_disk, 0, 1024 * gib);
    at["max_size"].size(journal.max_size, mib, 64 * 1024 * gib);
    at["on_damage"].choice(journal.on_damage, {"stop", "go_on"});
    const Place rejections = at.section("rejections");
    rejections["keep"].count(journal.rejections_keep, 0, 1'000'000);
    rejections["age"].duration(journal.rejections_age, 1s, decade);
}

void read_log(const Place& at, Log& log) {
    at["level"].choice(log.level, {"debug", "info", "warning", "error"});
    at["format"].choice(log.format, {"text", "json"});
    at["pii"].choice(log.pii, {"mask", "plain"});
}

}  // namespace chathook::config
