#include "ingest/ingest.hpp"

#include <chrono>
#include <utility>

#include "ingest/replies.hpp"
#include "normalize/cloud_event.hpp"
#include "support/clock.hpp"
#include "support/ids.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::ingest {

namespace {

constexpr std::size_t client_bytes_max = 64;

bool is_identity(const Request& request) noexcept {
    const HeaderValue encoding = header(request.fields, "content-encoding");
    return encoding.count == 0 ||
           (encoding.count == 1 && (encoding.value.empty() || encoding.value == "identity"));
}

std::optional<Errc> objection(const Source* source, const Request& request, const http::Incoming& incoming,
                              std::uint64_t body_bytes_max) noexcept {
    if (source == nullptr) return Errc::unknown_path;
    if (request.method != "POST") return Errc::method_not_allowed;
    if (!is_identity(request)) return Errc::unsupported_encoding;
    if (!incoming.content_length && !incoming.chunked) return Errc::length_required;
    if (incoming.content_length.value_or(0) > body_bytes_max) return Errc::body_too_large;
    return std::nullopt;
}

// What the log says of a person: taken before the event moves into the journal.
struct Who {
    std::string email;
    std::string phone;

    explicit Who(const Normalized& normalized)
        : email(log_email(normalized.contact.email)), phone(log_phone(normalized.contact.phone)) {}
};

}  // namespace

Ingest::Ingest(std::shared_ptr<const Routing> routing, journal::Journal& journal, Metrics& metrics,
               std::uint64_t body_bytes_max, FailureRate failures)
    : routing_(std::move(routing)),
      journal_(journal),
      metrics_(metrics),
      body_bytes_max_(body_bytes_max),
      failures_(failures) {}

std::optional<Reply> Ingest::admit(const Request& request, const http::Incoming& incoming) noexcept {
    const auto routing = this->routing();
    const Source* source = routing->find(request.path);
    const auto error = objection(source, request, incoming, body_bytes_max_);
    if (!error) return std::nullopt;
    return source == nullptr ? unrouted(*error, request) : refuse(*source, *error, request);
}

Awaitable<Reply> Ingest::handle(const Request& request) {
    const auto routing = this->routing();
    const Source* source = routing->find(request.path);
    if (source == nullptr) co_return unrouted(Errc::unknown_path, request);
    const auto started = std::chrono::steady_clock::now();

    const auto verified = source->vendor->verify(request, now());
    if (!verified) co_return refuse_unverified(*source, verified.error(), request);

    const Normalized normalized = source->vendor->normalize(*verified);
    Event event = normalize::make_event(normalized, *verified, source->name, source->vendor->facts().name,
                                        make_event_id(request.received), request.received);

    const Who who(normalized);
    const std::string id = event.id;
    const std::string type = event.type;
    const journal::SinkSet sinks = routing->sinks_for(type, *source);
    const auto appended = co_await journal_.append(std::move(event), sinks);
    if (!appended) co_return unavailable(*source, appended.error(), request);

    if (appended->duplicate) {
        source->metrics->duplicate(verified->secret_index());
    } else {
        source->metrics->accepted(type, verified->secret_index());
    }
    source->metrics->answered_after(std::chrono::steady_clock::now() - started);
    log(LogLevel::info, appended->duplicate ? "duplicate" : "accepted",
        {{"source", source->name},
         {"type", type},
         {"id", appended->duplicate ? std::string() : id},
         {"sequence", std::to_string(appended->sequence)},
         {"email", who.email},
         {"phone", who.phone},
         {"client", printable(request.client, client_bytes_max)}});
    co_return source->vendor->accepted();
}

void Ingest::refused(std::string_view reason, unsigned status, std::string_view client) noexcept {
    metrics_.rejected_unrouted(reason);
    log(LogLevel::warning, "refused",
        {{"reason", std::string(reason)},
         {"status", std::to_string(status)},
         {"client", printable(client, client_bytes_max)}});
}

void Ingest::reload(std::shared_ptr<const Routing> routing) {
    const std::lock_guard lock(routing_mutex_);
    routing_ = std::move(routing);
}

std::shared_ptr<const Routing> Ingest::routing() const {
    const std::lock_guard lock(routing_mutex_);
    return routing_;
}

Reply Ingest::unrouted(Errc error, const Request& request) noexcept {
    Reply reply = reply_for(error);
    refused(reason_code(error), reply.status, request.client);
    return reply;
}

Reply Ingest::refuse(const Source& source, Errc error, const Request& request) noexcept {
    const Reply generic = reply_for(error);
    Reply reply = generic.status == 401 ? source.vendor->refused() : generic;
    source.metrics->rejected(error);
    log(LogLevel::warning, "refused",
        {{"source", source.name},
         {"reason", std::string(reason_code(error))},
         {"status", std::to_string(reply.status)},
         {"client", printable(request.client, client_bytes_max)}});
    return reply;
}

// The vendor's refusal, or, for a client that gets it too often, 429 in its place. Such a client costs one
// line of the log a second, whatever it sends.
Reply Ingest::refuse_unverified(const Source& source, Errc error, const Request& request) {
    const auto time = std::chrono::steady_clock::now();
    const auto wait = failures_.over(request.client, time);
    if (!wait) return refuse(source, error, request);
    Reply reply = reply_for(Errc::rate_limited);
    reply.retry_after = *wait;
    source.metrics->rejected(Errc::rate_limited);
    if (const std::uint64_t times = rate_limited_.due(time)) {
        log(LogLevel::warning, "refused",
            {{"source", source.name},
             {"reason", std::string(reason_code(Errc::rate_limited))},
             {"status", std::to_string(reply.status)},
             {"client", printable(request.client, client_bytes_max)},
             {"times", std::to_string(times)}});
    }
    return reply;
}

Reply Ingest::unavailable(const Source& source, Errc error, const Request& request) noexcept {
    Reply reply = reply_for(error);
    source.metrics->unavailable(error);
    log(LogLevel::error, "unavailable",
        {{"source", source.name},
         {"reason", std::string(reason_code(error))},
         {"status", std::to_string(reply.status)},
         {"client", printable(request.client, client_bytes_max)}});
    return reply;
}

}  // namespace chathook::ingest
