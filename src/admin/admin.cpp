#include "admin/admin.hpp"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "admin/acts.hpp"
#include "admin/answers.hpp"
#include "admin/erasure.hpp"
#include "admin/event_stream.hpp"
#include "admin/guard.hpp"
#include "admin/parameters.hpp"
#include "admin/query.hpp"
#include "admin/retaking.hpp"
#include "admin/web_files.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::admin {

namespace {

// All paths, with orders before the queries that they look like. A path that ends in '/' also matches
// everything that begins with it.
struct Path {
    std::string_view text;
    enum class Use { probe, page, metrics, question, order } use;
};
constexpr std::array paths{
    Path{"/healthz", Path::Use::probe},
    Path{"/readyz", Path::Use::probe},
    Path{"/metrics", Path::Use::metrics},
    Path{"/api/v1/events/replay", Path::Use::order},
    Path{"/api/v1/dead/retry", Path::Use::order},
    Path{"/api/v1/dead/discard", Path::Use::order},
    Path{"/api/v1/rejections/retry", Path::Use::order},
    Path{"/api/v1/erase", Path::Use::order},
    Path{"/api/v1/events", Path::Use::question},
    Path{"/api/v1/events/", Path::Use::question},
    Path{"/api/v1/stream", Path::Use::question},
    Path{"/api/v1/dead", Path::Use::question},
    Path{"/api/v1/dead/", Path::Use::question},
    Path{"/api/v1/rejections", Path::Use::question},
    Path{"/api/v1/rejections/", Path::Use::question},
    Path{"/api/v1/sinks", Path::Use::question},
    Path{"/api/v1/status", Path::Use::question},
};

constexpr Path web_page{"/", Path::Use::page};  // and all of its files

// Whom a path answers, as far as the request's head tells; every request is checked against this.
struct Demands {
    bool own_pages = true;  // no page of another site (guard.hpp)
    bool token = true;      // when one is configured
    bool own_name = true;   // when there is no token: this machine's address or localhost
};
constexpr Demands demands_of(Path::Use use) noexcept {
    switch (use) {
        // Says only whether the daemon is healthy.
        case Path::Use::probe: return {.own_pages = false, .token = false, .own_name = false};
        // People follow links to it. It contains no data, and asks for the token itself.
        case Path::Use::page: return {.own_pages = false, .token = false};
        // No personal data, for a collector that may address the machine by any name.
        case Path::Use::metrics: return {.own_name = false};
        case Path::Use::question:
        case Path::Use::order: break;
    }
    return {};
}

const Path* find_path(std::string_view path) noexcept {
    if (find_web_file(path) != nullptr) return &web_page;
    for (const Path& known : paths) {
        const bool whole = path == known.text;
        const bool below = known.text.ends_with('/') && path.starts_with(known.text) && !whole;
        if ((whole && !known.text.ends_with('/')) || below) return &known;
    }
    return nullptr;
}

// Only the client that asked may use an answer: neither a page of another site, as an image or a script
// (Fetch, Cross-Origin-Resource-Policy), nor anybody who reads a cache later.
constexpr std::array answer_fields{
    Field{"X-Content-Type-Options", "nosniff"},
    Field{"Cross-Origin-Resource-Policy", "same-origin"},
    Field{"Cache-Control", "no-store"},
};

// A proxy must pass each event on as it comes: X-Accel-Buffering tells nginx so, and no-transform keeps
// others from compressing.
constexpr std::array stream_fields{
    Field{"X-Content-Type-Options", "nosniff"},
    Field{"Cross-Origin-Resource-Policy", "same-origin"},
    Field{"Cache-Control", "no-cache, no-store, no-transform"},
    Field{"X-Accel-Buffering", "no"},
};

constexpr std::chrono::seconds retry_streams_after{5};

// The part of `path` behind `prefix`, or nothing.
std::optional<std::string_view> behind(std::string_view path, std::string_view prefix) noexcept {
    if (!path.starts_with(prefix) || path == prefix) return std::nullopt;
    return path.substr(prefix.size());
}

Reply wrong_method(std::string_view allow) {
    Reply reply = problem(405, "only " + std::string(allow) + " is answered here");
    reply.allow = allow;
    return reply;
}

// Refuses a query string that would be ignored: `?dry_run=true` is not in the order's body.
std::optional<Reply> objection_to_query(const Request& request) {
    if (request.query.empty()) return std::nullopt;
    const std::string_view name = request.query.substr(0, request.query.find_first_of("=&"));
    return problem(400, printable(name, shown_bytes_max) +
                            ": no parameter is read here; an order says all in its JSON body");
}

std::optional<Reply> objection_to_order(const Request& request, const http::Incoming& incoming) {
    if (request.method != "POST") return wrong_method("POST");
    if (auto reply = objection_to_query(request)) return reply;
    if (!says_json(request)) return problem(415, "send the order with Content-Type: application/json");
    if (!incoming.chunked && !incoming.content_length) return problem(411, "send the order with its length");
    if (incoming.content_length.value_or(0) > Admin::body_bytes_max)
        return problem(413, "an order has at most 1 MiB");
    return std::nullopt;
}

std::optional<Reply> objection_to_question(const Request& request, const http::Incoming& incoming) {
    if (request.method != "GET" && request.method != "HEAD") return wrong_method("GET, HEAD");
    if (incoming.chunked || incoming.content_length.value_or(0) > 0)
        return problem(400, "a GET carries no body");
    return std::nullopt;
}

}  // namespace

Admin::Admin(journal::Administration& journal, const Metrics& metrics, const SecretBytes& token,
             Actions actions)
    : journal_(journal),
      metrics_(metrics),
      actions_(std::move(actions)),
      texts_(journal),
      ledgers_(texts_, actions_),
      status_(journal, texts_, metrics, actions_),
      streams_(actions_.streams_max) {
    if (token.empty()) return;
    token_key_.emplace(verify::Algorithm::sha256, token.view());
    token_mac_ = token_key_->mac({token.view()});
}

std::optional<Reply> Admin::admit(const Request& request, const http::Incoming& incoming,
                                  http::Found&) noexcept {
    auto reply = objection_to(request, incoming);
    if (reply) reply->fields = answer_fields;
    return reply;
}

std::optional<Reply> Admin::objection_to(const Request& request, const http::Incoming& incoming) {
    const Path* path = find_path(request.path);
    if (path == nullptr) return problem(404, "nothing is here; see docs/admin-api.md");
    const Demands demands = demands_of(path->use);
    if (demands.own_pages && is_from_elsewhere(request)) {
        tell_of_foreign_page(request);
        return problem(403, "a page of another site may neither ask nor order anything here");
    }
    if (demands.token && !may(request)) {
        tell_of_wrong_token(request);
        return problem(401, "send the admin token: Authorization: Bearer TOKEN");
    }
    if (demands.own_name && !token_key_ && !names_this_machine(request))
        return problem(
            421, "this address answers to its IP address and to localhost; set admin.token to use a name");
    return path->use == Path::Use::order ? objection_to_order(request, incoming)
                                         : objection_to_question(request, incoming);
}

Awaitable<Reply> Admin::handle(const Request& request, const http::Found&) {
    Reply reply = co_await answer_to(request);
    if (reply.fields.empty()) reply.fields = answer_fields;
    co_return reply;
}

Awaitable<Reply> Admin::answer_to(const Request& request) {
    if (request.path == "/healthz") co_return alive();
    if (request.path == "/readyz") co_return ready();
    if (request.path == "/metrics")
        co_return Reply{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_.text()};
    if (const WebFile* file = find_web_file(request.path)) co_return answer_with(*file);
    if (request.path == "/api/v1/stream") co_return stream(request);
    if (find_path(request.path)->use == Path::Use::question) {
        // In one run, so that no answer waits for its next one while it holds a whole event.
        Answer answer = co_await desk_.run([&] {
            Answer found = look_up(request);
            if (found.pieces) found.first = found.pieces->next();
            return found;
        });
        if (!answer.pieces) co_return std::move(answer.reply);
        co_return co_await answer_piecewise(desk_, std::move(answer.pieces), std::move(answer.first),
                                            std::string(request.client));
    }
    Reply reply = co_await orders_.run([&] { return obey(request); });
    // Before the answer: what the order removed from the journal must not be read from memory any more.
    co_await desk_.run([&] {
        texts_.forget();
        return true;
    });
    co_return reply;
}

// Runs on the thread of the orders' desk.
Reply Admin::obey(const Request& request) {
    if (request.path == "/api/v1/rejections/retry")
        return retake_rejections(journal_, actions_, request.body);
    if (request.path == "/api/v1/events/replay")
        return replay_events(journal_, request.body, actions_.known_vendors());
    if (request.path == "/api/v1/dead/retry")
        return retry_dead_letters(journal_, request.body, actions_.known_vendors());
    if (request.path == "/api/v1/dead/discard")
        return discard_dead_letters(journal_, request.body, actions_.known_vendors());
    return erase_person(journal_, journal_, request.body);
}

// Runs on the desk's thread.
Answer Admin::look_up(const Request& request) {
    // Refusals from before this query must be in its answer. If they cannot be recorded now, because the disk
    // is full or hangs, the answer must not fail or wait for that: the rest can still be read.
    if (request.path.starts_with("/api/v1/rejections"))
        (void)journal_.record_rejections_within(recording_patience);
    if (request.path == "/api/v1/events") return ledgers_.events(request.query);
    if (request.path == "/api/v1/dead") return ledgers_.dead_letters(request.query);
    if (request.path == "/api/v1/rejections") return ledgers_.rejections(request.query);
    if (auto reply = objection_to_query(request)) return {std::move(*reply)};
    if (request.path == "/api/v1/sinks") return ledgers_.sinks();
    if (request.path == "/api/v1/status") return {status_.reply(), {}};
    if (const auto name = behind(request.path, "/api/v1/events/")) return ledgers_.event(*name);
    if (const auto name = behind(request.path, "/api/v1/dead/")) return ledgers_.dead_letter(*name);
    return ledgers_.rejection(behind(request.path, "/api/v1/rejections/").value_or(""));
}

void Admin::refused(std::string_view reason, unsigned status, std::string_view client) noexcept {
    log(LogLevel::warning, "admin_refused",
        {{"reason", std::string(reason)},
         {"status", std::to_string(status)},
         {"client", printable(client, shown_bytes_max)}});
}

// Once a second at most, for somebody may be guessing.
void Admin::tell_of_wrong_token(const Request& request) {
    const std::uint64_t times = wrong_tokens_.due(std::chrono::steady_clock::now());
    if (times == 0) return;
    const bool given = header(request.fields, "authorization").count > 0;
    log(LogLevel::warning, "admin_refused",
        {{"reason", given ? "wrong_token" : "missing_token"},
         {"status", "401"},
         {"client", printable(request.client, shown_bytes_max)},
         {"times", std::to_string(times)}});
}

void Admin::tell_of_foreign_page(const Request& request) {
    const std::uint64_t requests = foreign_pages_.due(std::chrono::steady_clock::now());
    if (requests == 0) return;
    log(LogLevel::warning, "foreign_page_refused",
        {{"client", printable(request.client, shown_bytes_max)},
         {"origin", printable(header(request.fields, "origin").value, shown_bytes_max)},
         {"requests", std::to_string(requests)}});
}

bool Admin::may(const Request& request) const noexcept {
    if (!token_key_) return true;
    constexpr std::string_view scheme = "Bearer ";
    const HeaderValue authorization = header(request.fields, "authorization");
    if (authorization.count != 1 || !authorization.value.starts_with(scheme)) return false;
    return verify::equal(token_key_->mac({authorization.value.substr(scheme.size())}), token_mac_);
}

Reply Admin::alive() const {
    if (!actions_.fingerprint) return {.body = "{\"status\":\"alive\"}"};
    return {.body = "{\"status\":\"alive\",\"vendors\":\"" + actions_.fingerprint() + "\"}"};
}

Reply Admin::ready() const {
    const journal::Health health = journal_.health();
    if (health.writable) return {.body = "{\"status\":\"ready\"}"};
    Reply reply = answer({{"status", "not ready"}, {"reason", health.reason}});
    reply.status = 503;
    return reply;
}

Reply Admin::stream(const Request& request) {
    const HeaderValue last = header(request.fields, "last-event-id");
    auto asked = parse_stream_query(request.query, last.value, actions_.known_vendors());
    if (!asked.query) return problem(400, asked.problem);
    Reply reply;
    reply.content_type = "text/event-stream";
    reply.fields = stream_fields;
    const StreamPlace place{journal_, desk_, texts_, streams_};
    reply.stream =
        make_event_stream(place, std::move(*asked.query), printable(request.client, shown_bytes_max));
    if (reply.stream) return reply;
    log(LogLevel::warning, "stream_refused",
        {{"client", printable(request.client, shown_bytes_max)}, {"open", std::to_string(streams_.most())}});
    Reply refusal = problem(503, std::to_string(streams_.most()) +
                                     " streams are open already; try again when one of them was closed");
    refusal.retry_after = retry_streams_after;
    return refusal;
}

}  // namespace chathook::admin
