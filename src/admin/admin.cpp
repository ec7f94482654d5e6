#include "admin/admin.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "admin/event_stream.hpp"
#include "admin/query.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::admin {

namespace {

constexpr std::string_view known_paths[] = {"/healthz", "/readyz", "/metrics", "/api/v1/events",
                                            "/api/v1/stream"};

Reply problem(unsigned status, const std::string& message) {
    Reply reply;
    reply.status = status;
    reply.body =
        nlohmann::json{{"error", message}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return reply;
}

bool is_known(std::string_view path) noexcept {
    for (const std::string_view known : known_paths) {
        if (path == known) return true;
    }
    return false;
}

std::string events_body(const std::vector<journal::Reader::Row>& rows) {
    std::string body = "{\"events\":[";
    for (const auto& row : rows) {
        if (&row != &rows.front()) body += ',';
        body += "{\"sequence\":" + std::to_string(row.sequence) + ",\"event\":" + row.event->json + "}";
    }
    return body + "]}";
}

}  // namespace

Admin::Admin(journal::Journal& journal, const Metrics& metrics, const SecretBytes& token)
    : journal_(journal), metrics_(metrics) {
    if (token.empty()) return;
    token_key_.emplace(verify::Algorithm::sha256, token.view());
    token_mac_ = token_key_->mac({token.view()});
}

std::optional<Reply> Admin::admit(const Request& request, const http::Incoming& incoming) noexcept {
    if (!is_known(request.path)) return problem(404, "nothing is here; see docs/operations.md");
    if (request.method != "GET" && request.method != "HEAD") {
        Reply reply = problem(405, "only GET is answered here");
        reply.allow = "GET, HEAD";
        return reply;
    }
    if (incoming.chunked || incoming.content_length.value_or(0) > 0)
        return problem(400, "a GET carries no body");
    if (!may(request)) return problem(401, "send the admin token: Authorization: Bearer TOKEN");
    return std::nullopt;
}

Awaitable<Reply> Admin::handle(const Request& request) {
    if (request.path == "/healthz") co_return Reply{.body = "{\"status\":\"alive\"}"};
    if (request.path == "/readyz") co_return ready();
    if (request.path == "/metrics") {
        co_return Reply{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_.text()};
    }
    if (request.path == "/api/v1/events") co_return events(request);
    co_return stream(request);
}

void Admin::refused(std::string_view reason, unsigned status, std::string_view client) noexcept {
    log(LogLevel::warning, "admin refused",
        {{"reason", std::string(reason)},
         {"status", std::to_string(status)},
         {"client", printable(client, 64)}});
}

bool Admin::may(const Request& request) const noexcept {
    if (!token_key_ || request.path == "/healthz" || request.path == "/readyz") return true;
    constexpr std::string_view scheme = "Bearer ";
    const HeaderValue authorization = header(request.fields, "authorization");
    if (authorization.count != 1 || !authorization.value.starts_with(scheme)) return false;
    return verify::equal(token_key_->mac({authorization.value.substr(scheme.size())}), token_mac_);
}

Reply Admin::ready() const {
    const journal::Health health = journal_.health();
    if (health.writable) return {.body = "{\"status\":\"ready\"}"};
    Reply reply;
    reply.status = 503;
    reply.body = nlohmann::json{{"status", "not ready"}, {"reason", health.reason}}.dump();
    return reply;
}

Reply Admin::events(const Request& request) {
    const EventQuery parsed = parse_event_query(request.query);
    if (!parsed.query) return problem(400, parsed.problem);
    const auto rows = journal_.open_reader()->find(*parsed.query);
    if (!rows) return problem(503, "the journal cannot be read now; see /readyz and the log");
    return {.body = events_body(*rows)};
}

Reply Admin::stream(const Request& request) {
    EventQuery parsed = parse_event_query(request.query);
    if (!parsed.query) return problem(400, parsed.problem);
    Reply reply;
    reply.content_type = "text/event-stream";
    reply.stream = make_event_stream(journal_, std::move(*parsed.query));
    return reply;
}

}  // namespace chathook::admin
