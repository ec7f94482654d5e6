// server, admin, journal and log: the sections without user-defined names.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "config/addresses.hpp"
#include "config/secrets.hpp"
#include "config/section_keys.hpp"
#include "config/sections.hpp"

namespace chathook::config {

namespace {

using namespace std::chrono_literals;

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

// Leaves `result` unchanged if there is no such file.
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

// Missing files were reported already; loading would repeat it.
void judge_tls(const Place& at, const Known& known, const Tls& tls) {
    if (known.check_tls == nullptr || tls.certificate.empty() || tls.key.empty()) return;
    if (at["client_ca"].present() && tls.client_ca.empty()) return;
    if (auto problem = known.check_tls(tls)) at[problem->key].error(std::move(problem->message));
}

void read_tls(const Place& at, const Known& known, Server& server) {
    Tls tls;
    read_keys(at, tls_keys, tls);
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

// Checks the memory for bodies, of which at least one body's size is reserved for proved bodies.
void judge_budgets(const Place& at, Limits& limits) {
    const Place inflight_bytes = at["inflight_bytes"];
    if (!inflight_bytes.present()) {
        limits.inflight_bytes = std::max(limits.inflight_bytes, 2 * limits.body);
    } else if (limits.inflight_bytes < limits.body) {
        inflight_bytes.error(
            "limits.inflight_bytes is less than limits.body, so a body of full size never fits; "
            "raise inflight_bytes or lower body");
    } else if (limits.inflight_bytes < 2 * limits.body) {
        inflight_bytes.warning(
            "limits.inflight_bytes is less than twice limits.body, so one unfinished body can keep all "
            "others "
            "out; raise inflight_bytes to at least twice body");
    }
}

}  // namespace

void read_server(const Place& at, const Known& known, Server& server, Listeners& taken) {
    read_keys(at, server_keys, server);
    read_listen(at["listen"], server, taken);
    read_trusted_proxies(at["trusted_proxies"], server);
    bool network = false;  // a socket of systemd may be a UNIX socket, but this is not known here
    for (const Address& address : server.listen) {
        network = network || address.kind != Address::Kind::unix_socket;
    }
    if (server.proxy_protocol && network && !at["trusted_proxies"].present()) {
        at["proxy_protocol"].error(
            "nobody may send a PROXY header, because server.trusted_proxies is missing; list your "
            "load balancers there");
    }
    read_tls(at.section("tls"), known, server);
    const Place limits = at.section("limits");
    read_keys(limits, limits_keys, server.limits);
    judge_budgets(limits, server.limits);
}

AdminPlaces admin_places(const Place& at) { return {at["listen"], at["token"]}; }

void read_admin(const Place& at, Admin& admin, Listeners& taken) {
    read_keys(at, admin_keys, admin);
    const auto [listen, token] = admin_places(at);
    if (listen.required("write 127.0.0.1:9464 or unix:/path, or leave out the whole section")) {
        admin.listen = read_address(listen, taken);
    }
    const bool open = admin.listen && !is_local(*admin.listen);
    if (auto secret = read_secret(open ? token.needed() : token)) admin.token = std::move(*secret);
    if (!admin.listen) return;
    if (admin.listen->kind == Address::Kind::systemd && admin.listen->host.empty()) {
        listen.error(
            "systemd alone means all of its sockets, which are server.listen's; write systemd:NAME, with the "
            "FileDescriptorName= of the socket unit");
    } else if (open && !token.present()) {
        listen.error(in_quotes(admin.listen->text) +
                     " can be reached from other machines; set admin.token, or listen "
                     "on 127.0.0.1 or on a UNIX socket");
    }
}

void read_journal(const Place& at, Journal& journal) {
    read_keys(at, journal_keys, journal);
    if (!journal.directory.empty()) check_journal_path(at["path"], journal.directory);
    const Place dedupe_window = at["dedupe_window"];
    if (dedupe_window.present() && journal.dedupe_window == 0s) {
        dedupe_window.warning(
            "0s makes a second event of every webhook that is sent again, as vendors do, and the proxy "
            "configurations in config/proxies where a connection broke before the answer; write 1h or more");
    }
}

void read_log(const Place& at, LogSettings& log) { read_keys(at, log_keys, log); }

}  // namespace chathook::config
