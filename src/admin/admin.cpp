#include "admin/admin.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "admin/acts.hpp"
#include "admin/answers.hpp"
#include "admin/erasure.hpp"
#include "admin/event_stream.hpp"
#include "admin/guard.hpp"
#include "admin/query.hpp"
#include "admin/retaking.hpp"
#include "admin/web_files.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::admin {

namespace {

// Every path there is, orders before the questions whose names they look like. A path that ends in '/' stands
// for what begins with it.
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
};

constexpr Path web_page{"/", Path::Use::page};  // and all of its files

const Path* find_path(std::string_view path) noexcept {
    if (find_web_file(path) != nullptr) return &web_page;
    for (const Path& known : paths) {
        const bool whole = path == known.text;
        const bool below = known.text.ends_with('/') && path.starts_with(known.text) && !whole;
        if ((whole && !known.text.ends_with('/')) || below) return &known;
    }
    return nullptr;
}

// What comes behind `prefix`, or nothing.
std::optional<std::string_view> behind(std::string_view path, std::string_view prefix) noexcept {
    if (!path.starts_with(prefix) || path == prefix) return std::nullopt;
    return path.substr(prefix.size());
}

Reply wrong_method(std::string_view allow) {
    Reply reply = problem(405, "only " + std::string(allow) + " is answered here");
    reply.allow = allow;
    return reply;
}

std::optional<Reply> objection_to_order(const Request& request, const http::Incoming& incoming) {
    if (request.method != "POST") return wrong_method("POST");
    if (is_from_elsewhere(request)) return problem(403, "a page of another site may not give orders here");
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

Admin::Admin(journal::Journal& journal, const Metrics& metrics, const SecretBytes& token, Actions actions)
    : journal_(journal), metrics_(metrics), actions_(std::move(actions)), ledgers_(journal) {
    if (token.empty()) return;
    token_key_.emplace(verify::Algorithm::sha256, token.view());
    token_mac_ = token_key_->mac({token.view()});
}

std::optional<Reply> Admin::admit(const Request& request, const http::Incoming& incoming) noexcept {
    const Path* path = find_path(request.path);
    if (path == nullptr) return problem(404, "nothing is here; see docs/admin-api.md");
    // The page holds nothing of anybody's, and asks for the token itself.
    const bool open = path->use == Path::Use::probe || path->use == Path::Use::page;
    const bool personal = path->use != Path::Use::probe && path->use != Path::Use::metrics;
    if (!open && !may(request)) return problem(401, "send the admin token: Authorization: Bearer TOKEN");
    if (personal && !token_key_ && !names_this_machine(request))
        return problem(
            421, "this address answers to its IP address and to localhost; set admin.token to use a name");
    return path->use == Path::Use::order ? objection_to_order(request, incoming)
                                         : objection_to_question(request, incoming);
}

Awaitable<Reply> Admin::handle(const Request& request) {
    if (request.path == "/healthz") co_return Reply{.body = "{\"status\":\"alive\"}"};
    if (request.path == "/readyz") co_return ready();
    if (request.path == "/metrics")
        co_return Reply{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_.text()};
    if (const WebFile* file = find_web_file(request.path)) co_return answer_with(*file);
    if (request.path == "/api/v1/rejections/retry")
        co_return co_await retake_rejections(journal_, desk_, actions_, request.body);
    const bool order = find_path(request.path)->use == Path::Use::order;
    co_return co_await desk_.run([&] { return order ? obey(request) : look_up(request); });
}

// On the desk's thread.
Reply Admin::obey(const Request& request) {
    if (request.path == "/api/v1/events/replay") return replay_events(journal_, request.body);
    if (request.path == "/api/v1/dead/retry") return retry_dead_letters(journal_, request.body);
    if (request.path == "/api/v1/dead/discard") return discard_dead_letters(journal_, request.body);
    return erase_person(journal_, request.body);
}

// On the desk's thread.
Reply Admin::look_up(const Request& request) {
    if (request.path == "/api/v1/events") return ledgers_.events(request.query);
    if (request.path == "/api/v1/dead") return ledgers_.dead_letters(request.query);
    if (request.path == "/api/v1/rejections") return ledgers_.rejections(request.query);
    if (request.path == "/api/v1/sinks") return ledgers_.sinks();
    if (const auto name = behind(request.path, "/api/v1/events/")) return ledgers_.event(*name);
    if (const auto name = behind(request.path, "/api/v1/dead/")) return ledgers_.dead_letter(*name);
    if (const auto name = behind(request.path, "/api/v1/rejections/")) return ledgers_.rejection(*name);
    return stream(request);
}

void Admin::refused(std::string_view reason, unsigned status, std::string_view client) noexcept {
    log(LogLevel::warning, "admin refused",
        {{"reason", std::string(reason)},
         {"status", std::to_string(status)},
         {"client", printable(client, 64)}});
}

bool Admin::may(const Request& request) const noexcept {
    if (!token_key_) return true;
    constexpr std::string_view scheme = "Bearer ";
    const HeaderValue authorization = header(request.fields, "authorization");
    if (authorization.count != 1 || !authorization.value.starts_with(scheme)) return false;
    return verify::equal(token_key_->mac({authorization.value.substr(scheme.size())}), token_mac_);
}

Reply Admin::ready() const {
    const journal::Health health = journal_.health();
    if (health.writable) return {.body = "{\"status\":\"ready\"}"};
    Reply reply = answer({{"status", "not ready"}, {"reason", health.reason}});
    reply.status = 503;
    return reply;
}

Reply Admin::stream(const Request& request) {
    auto asked = parse_event_query(request.query);
    if (!asked.query) return problem(400, asked.problem);
    Reply reply;
    reply.content_type = "text/event-stream";
    reply.stream = make_event_stream(journal_, desk_, std::move(*asked.query));
    return reply;
}

}  // namespace chathook::admin
