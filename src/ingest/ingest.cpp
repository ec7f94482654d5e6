#include "ingest/ingest.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "ingest/kept_request.hpp"
#include "ingest/replies.hpp"
#include "normalize/cloud_event.hpp"
#include "support/clock.hpp"
#include "support/ids.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::ingest {

namespace {

constexpr std::size_t client_bytes_max = 64;

// The names of content codings are read without regard to case (RFC 9110, section 8.4.1).
bool is_identity(const Request& request) noexcept {
    const HeaderValue encoding = header(request.fields, "content-encoding");
    constexpr std::string_view identity = "identity";
    const auto same = [](char given, char lower) {
        return given == lower || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == lower);
    };
    return encoding.count == 0 ||
           (encoding.count == 1 &&
            (encoding.value.empty() || std::ranges::equal(encoding.value, identity, same)));
}

// Whoever asks whether his request would be taken is not told to go on with one that cannot be.
std::optional<Errc> missing_proof(const Source& source, const Request& request) noexcept {
    const HeaderValue signature = header(request.fields, source.vendor->facts().signature_header);
    if (signature.count > 1) return Errc::repeated_signature;
    if (signature.value.empty()) return Errc::missing_signature;
    return std::nullopt;
}

std::optional<Errc> objection(const Source* source, const Request& request, const http::Incoming& incoming,
                              std::uint64_t body_bytes_max) noexcept {
    if (source == nullptr) return Errc::unknown_path;
    if (request.method != "POST") return Errc::method_not_allowed;
    if (!is_identity(request)) return Errc::unsupported_encoding;
    if (!incoming.content_length && !incoming.chunked) return Errc::length_required;
    if (incoming.content_length.value_or(0) > body_bytes_max) return Errc::body_too_large;
    return incoming.waits_for_continue ? missing_proof(*source, request) : std::nullopt;
}

void log_refusal(LogLevel level, std::string_view event, const Source& source, std::string_view reason,
                 unsigned status, std::string_view client) {
    log(level, event,
        {{"source", source.name},
         {"reason", std::string(reason)},
         {"status", std::to_string(status)},
         {"client", printable(client, client_bytes_max)}});
}

}  // namespace

// An event on its way into the journal, and what is said of it afterwards: taken before the event moves.
struct Ingest::Arrival {
    Event event;
    journal::SinkSet sinks = 0;
    std::string id, type, email, phone;
    std::size_t secret_index = 0;
    bool ambiguous = false;
};

Ingest::Ingest(std::shared_ptr<const Routing> routing, journal::Journal& journal, Metrics& metrics,
               std::uint64_t body_bytes_max, FailureRate failures)
    : routing_(std::move(routing)),
      journal_(journal),
      metrics_(metrics),
      body_bytes_max_(body_bytes_max),
      failures_(failures),
      rejections_(journal, metrics.journal()) {}

std::optional<Reply> Ingest::admit(const Request& request, const http::Incoming& incoming) noexcept {
    const auto routing = this->routing();
    const Source* source = routing->find(request.path);
    const auto error = objection(source, request, incoming, body_bytes_max_);
    if (!error) return std::nullopt;
    if (source == nullptr) return unrouted(*error, request);
    Reply reply = refuse(*source, *error, request);
    rejections_.record_head(*source, request, reason_code(*error), reply.status,
                            incoming.content_length.value_or(0));
    return reply;
}

Awaitable<Reply> Ingest::handle(const Request& request) {
    const auto routing = this->routing();
    const Source* source = routing->find(request.path);
    if (source == nullptr) co_return unrouted(Errc::unknown_path, request);
    const auto started = std::chrono::steady_clock::now();

    const Instant time = now();
    Result<Arrival> arrival = arrive(*routing, *source, request, Verified::Form::raw, time);
    if (!arrival && arrival.error() == Errc::wrong_signature && source->vendor->facts().signs_stringified) {
        if (failures_.spent(request.client, started)) co_await second_look_turn(request);
        arrival = arrive(*routing, *source, request, Verified::Form::stringified, time);
    }
    if (!arrival) {
        if (arrival.error() == Errc::stale_timestamp) notice_stale(*source, request, time);
        co_return refuse_unverified(*source, arrival.error(), request);
    }

    const auto appended = co_await journal_.append(std::move(arrival->event), arrival->sinks);
    if (!appended) co_return unavailable(*source, appended.error(), request);
    source->metrics->answered_after(std::chrono::steady_clock::now() - started);
    note(*source, *arrival, *appended, request.client, false);
    co_return source->vendor->accepted();
}

Awaitable<Result<journal::Appended>> Ingest::retake(const journal::Rejection& kept) {
    const auto routing = this->routing();
    const Source* source = routing->named(kept.source);
    const auto sent = read_kept_request(kept.raw);
    if (source == nullptr || !sent) co_return Errc::unknown_path;
    Request request = sent->request();
    request.client = kept.client;
    request.received = kept.received;

    const auto verified = source->vendor->verify(request, kept.received);
    if (!verified) co_return verified.error();
    Arrival arrival = arrive(*routing, *source, request, *verified);
    const auto appended = co_await journal_.append(std::move(arrival.event), arrival.sinks);
    if (appended) note(*source, arrival, *appended, request.client, true);
    co_return appended;
}

// Verified in one of the forms, then made an event; what was read on the way is gone before anybody waits for
// the disk.
Result<Ingest::Arrival> Ingest::arrive(const Routing& routing, const Source& source, const Request& request,
                                       Verified::Form form, Instant time) {
    const Result<Verified> verified = source.vendor->verify_form(request, time, form);
    if (!verified) return verified.error();
    if (const auto signed_at = verified->signed_at()) source.metrics->set_clock_skew(time - *signed_at);
    return arrive(routing, source, request, *verified);
}

Ingest::Arrival Ingest::arrive(const Routing& routing, const Source& source, const Request& request,
                               const Verified& verified) {
    const Normalized normalized = source.vendor->normalize(verified);
    Arrival arrival;
    arrival.event = normalize::make_event(normalized, verified, source.name, source.vendor->facts().name,
                                          make_event_id(request.received), request.received);
    arrival.id = arrival.event.id;
    arrival.type = arrival.event.type;
    arrival.sinks = routing.sinks_for(arrival.type, source);
    arrival.email = log_email(normalized.contact.email);
    arrival.phone = log_phone(normalized.contact.phone);
    arrival.secret_index = verified.secret_index();
    arrival.ambiguous = !verified.ambiguous_keys().empty();
    return arrival;
}

void Ingest::note(const Source& source, const Arrival& arrival, const journal::Appended& appended,
                  std::string_view client, bool retaken) {
    if (appended.duplicate) {
        source.metrics->duplicate(arrival.secret_index);
    } else {
        source.metrics->accepted(arrival.type, arrival.secret_index);
        if (arrival.ambiguous) source.metrics->ambiguous();
    }
    log(LogLevel::info, appended.duplicate ? "duplicate" : "accepted",
        {{"source", source.name},
         {"type", arrival.type},
         {"id", appended.duplicate ? std::string_view() : std::string_view(arrival.id)},
         {"sequence", std::to_string(appended.sequence)},
         {"email", arrival.email},
         {"phone", arrival.phone},
         {"client", printable(client, client_bytes_max)},
         {"retaken", retaken ? "yes" : ""}});
}

void Ingest::refused(std::string_view reason, unsigned status, std::string_view client) noexcept {
    metrics_.rejected_unrouted(reason);
    log(LogLevel::warning, "refused",
        {{"reason", std::string(reason)},
         {"status", std::to_string(status)},
         {"client", printable(client, client_bytes_max)}});
}

// As if its head had condemned it. What we could not take is not written down: its sender tries again.
void Ingest::refused_body(const Request& request, std::string_view reason, unsigned status,
                          std::uint64_t body_size) noexcept {
    const auto routing = this->routing();
    const Source* source = routing->find(request.path);
    if (source == nullptr) return refused(reason, status, request.client);
    if (status >= 500) {
        source->metrics->unavailable(reason);
        return log_refusal(LogLevel::error, "unavailable", *source, reason, status, request.client);
    }
    source->metrics->rejected(reason);
    log_refusal(LogLevel::warning, "refused", *source, reason, status, request.client);
    rejections_.record_head(*source, request, reason, status, body_size);
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
    log_refusal(LogLevel::warning, "refused", source, reason_code(error), reply.status, request.client);
    return reply;
}

// The vendor's refusal, or, for a client that gets it too often, 429 in its place. Such a client costs one
// line of the log and one written rejection a second, whatever it sends, unless the source wants them all.
Reply Ingest::refuse_unverified(const Source& source, Errc error, const Request& request) {
    const auto time = std::chrono::steady_clock::now();
    const auto wait = failures_.over(request.client, time);
    if (!wait) {
        Reply reply = refuse(source, error, request);
        rejections_.record(source, request, reason_code(error), reply.status);
        return reply;
    }
    Reply reply = reply_for(Errc::rate_limited);
    reply.retry_after = *wait;
    source.metrics->rejected(Errc::rate_limited);
    const std::uint64_t times = rate_limited_.due(time);
    if (times > 0 || source.keep_rejected) {
        rejections_.record(source, request, reason_code(error), reply.status);
    }
    if (times > 0) {
        log(LogLevel::warning, "refused",
            {{"source", source.name},
             {"reason", std::string(reason_code(Errc::rate_limited))},
             {"status", std::to_string(reply.status)},
             {"client", printable(request.client, client_bytes_max)},
             {"times", std::to_string(times)}});
    }
    return reply;
}

// A client whose failures are over the rate is not refused a second look, but waits for it.
Awaitable<> Ingest::second_look_turn(const Request& request) {
    const auto wait = second_look_.turn(request.body.size(), std::chrono::steady_clock::now());
    if (wait <= std::chrono::nanoseconds(0)) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, wait);
    co_await timer.async_wait(use_awaitable);
}

// Only a signature that is right comes here, so that no forger has a say in what the metric shows.
void Ingest::notice_stale(const Source& source, const Request& request, Instant time) {
    const auto signed_at = source.vendor->claimed_time(request);
    if (!signed_at) return;
    source.metrics->set_clock_skew(time - *signed_at);
    clocks_.stale(source.name, time - *signed_at, std::chrono::steady_clock::now());
}

Reply Ingest::unavailable(const Source& source, Errc error, const Request& request) noexcept {
    Reply reply = reply_for(error);
    source.metrics->unavailable(error);
    log_refusal(LogLevel::error, "unavailable", source, reason_code(error), reply.status, request.client);
    return reply;
}

}  // namespace chathook::ingest
