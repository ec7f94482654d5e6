#include "ingest/ingest.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "ecma/document_size.hpp"
#include "ingest/admission.hpp"
#include "ingest/kept_request.hpp"
#include "ingest/parcels.hpp"
#include "ingest/replies.hpp"
#include "normalize/cloud_event.hpp"
#include "support/clock.hpp"
#include "support/ids.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::ingest {

namespace {

// What admit() let pass has a source.
const Source* source_of(const http::Found& found) noexcept { return static_cast<const Source*>(found.get()); }

}  // namespace

// A claimed request, to be verified. Views of what the coroutine that answers it has.
struct Ingest::Claimed {
    const Source& source;
    const Request& request;
    const verify::Claim& claim;
    Now time;
};

// An event on its way into the journal, and what is logged about it afterwards. Few bytes, because the frame
// of handle() has room for several.
struct Ingest::Arrival {
    std::shared_ptr<const Event> event;
    std::unique_ptr<Reply> answer;     // to a handshake, in place of an event
    std::unique_ptr<Several> several;  // in place of one event
    journal::SinkSet sinks;
    std::string email, phone;
    std::size_t secret_index = 0;
    std::optional<Instant> signed_at;
    bool ambiguous = false;
};

Ingest::Ingest(std::shared_ptr<const Routing> routing, journal::Intake& journal,
               journal::RejectionIntake& refusals, Metrics& metrics, std::uint64_t body_bytes_max,
               FailureRate failures, std::size_t document_bytes_max)
    : routing_(std::move(routing)),
      journal_(journal),
      metrics_(metrics),
      body_bytes_max_(body_bytes_max),
      failures_(failures),
      documents_(document_bytes_max),
      rejections_(refusals, metrics.journal()) {}

std::optional<Reply> Ingest::admit(const Request& request, const http::Incoming& incoming,
                                   http::Found& found) noexcept {
    auto routing = this->routing();
    const Source* source = routing->find(request.path);
    const auto error = objection(source, request, incoming, body_bytes_max_);
    // Also of a refusal, whose answer views what the routing keeps.
    if (source != nullptr) found = http::Found(std::move(routing), source);
    if (!error) return std::nullopt;
    return refuse(source, *error, request, incoming.content_length.value_or(0));
}

Awaitable<Reply> Ingest::handle(const Request& request, const http::Found& found) {
    const Source* const source = source_of(found);
    const auto started = std::chrono::steady_clock::now();
    if (is_handshake_by_get(*source, request)) co_return answer_get(*source, request);

    const Result<verify::Claim> claim = source->vendor->claim(request);
    if (!claim) co_return refuse_unverified(*source, claim.error(), request);
    const Claimed claimed{*source, request, *claim, Now(now(), journal_.date())};
    // A short body's document is too small to count, and a coroutine for it would cost more than the work.
    const bool is_short = request.body.size() <= ecma::small_text_bytes;
    Result<Arrival> arrival = Errc::wrong_signature;
    if (is_short) arrival = arrive(claimed, Verified::Form::raw);
    if (!is_short || may_be_stringified(*source, arrival)) {
        const auto first = is_short ? Verified::Form::stringified : Verified::Form::raw;
        arrival = co_await arrive_in_forms(claimed, first, Pace::by_failures);
    }
    if (!arrival) {
        if (arrival.error() == Errc::stale_timestamp) co_await notice_stale(claimed);
        co_return refuse_unverified(*source, arrival.error(), request);
    }
    if (request.hold != nullptr) request.hold->proved();
    if (arrival->answer != nullptr) co_return answered(*source, request, std::move(*arrival->answer));
    if (arrival->signed_at) source->metrics->set_clock_skew(claimed.time.wall - *arrival->signed_at);

    if (arrival->several != nullptr) {
        const auto stored = co_await append_several(*source, *arrival, request.client, false);
        if (!stored) co_return refuse(source, stored.error(), request);
        source->metrics->answered_after(std::chrono::steady_clock::now() - started);
        co_return source->vendor->accepted();
    }
    const auto appended = co_await journal_.append(arrival->event, std::move(arrival->sinks));
    if (!appended) co_return refuse(source, appended.error(), request);
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

    const Result<verify::Claim> claim = source->vendor->claim(request);
    if (!claim) co_return claim.error();
    const Now then(kept.received, std::min(kept.received, journal_.date()));
    const Claimed claimed{*source, request, *claim, then};
    Result<Arrival> arrival = co_await arrive_in_forms(claimed, Verified::Form::raw, Pace::none);
    if (!arrival) co_return arrival.error();
    if (arrival->answer != nullptr) co_return Errc::handshake_refused;  // nobody waits for its answer
    if (arrival->several != nullptr)
        co_return co_await append_several(*source, *arrival, request.client, true);
    const auto appended = co_await journal_.append(arrival->event, std::move(arrival->sinks));
    if (appended) note(*source, *arrival, *appended, request.client, true);
    co_return appended;
}

bool Ingest::may_be_stringified(const Source& source, const Result<Arrival>& arrival) {
    return !arrival && arrival.error() == Errc::wrong_signature && source.vendor->rules().signs_stringified();
}

// Verifies in the first form and, if that is the raw one and the signature is wrong, in the other.
Awaitable<Result<Ingest::Arrival>> Ingest::arrive_in_forms(const Claimed& claimed, Verified::Form first,
                                                           Pace pace) {
    if (first == Verified::Form::raw) {
        Result<Arrival> arrival = co_await arrive_in_turn(claimed, first);
        if (!may_be_stringified(claimed.source, arrival)) co_return arrival;
    }
    const Request& request = claimed.request;
    const auto time = std::chrono::steady_clock::now();
    if (pace == Pace::by_failures && failures_.spent(request.client, time))
        co_await second_look_turn(request);
    co_return co_await arrive_in_turn(claimed, Verified::Form::stringified);
}

// Calls arrive() once there is room for the document. Bodies to be stringified wait behind the others,
// because anybody can send them, and run one at a time on a thread of low priority, so that the network
// threads go on. A body whose document would be larger than the whole budget is accepted unparsed if it can
// be verified in that way.
Awaitable<Result<Ingest::Arrival>> Ingest::arrive_in_turn(const Claimed& claimed, Verified::Form form) {
    const std::string_view body = claimed.request.body;
    if (body.size() <= ecma::small_text_bytes) co_return arrive(claimed, form);
    const bool raw = form == Verified::Form::raw;
    const auto counts = ecma::count_characters(body);
    std::size_t bytes = raw ? ecma::document_bytes(counts) : ecma::stringified_bytes(counts);
    if (bytes > documents_.size()) {
        if (!raw) co_return Errc::body_too_large;
        co_return arrive(claimed, form, Verified::Content::unread);
    }
    // Nobody is proved yet who shows a token in the body.
    const bool waits = !raw || claimed.source.vendor->rules().has_token_in_body();
    const auto turn = waits ? MemoryBudget::Turn::last : MemoryBudget::Turn::first;
    // Events of one request are parsed once more, each for itself.
    if (claimed.source.vendor->splits()) bytes = std::min(2 * bytes, documents_.size());
    const MemoryBudget::Part room = co_await documents_.take(bytes, turn);
    if (raw) co_return arrive(claimed, form);
    std::optional<Result<Arrival>> arrival;
    const auto work = [&] {
        arrival = arrive(claimed, form);
        return true;
    };
    co_await second_forms_.run(work);
    co_return std::move(*arrival);
}

// Verifies in one of the forms and makes the event; the parsed document is freed before anybody waits for the
// disk.
Result<Ingest::Arrival> Ingest::arrive(const Claimed& claimed, Verified::Form form,
                                       Verified::Content content) {
    const auto& [source, request, claim, time] = claimed;
    const Result<Verified> verified = source.vendor->verify_form(claim, request.body, time, form, content);
    if (!verified) return verified.error();
    if (auto answer = source.vendor->handshake(request, *verified)) {
        if (!*answer) return answer->error();
        Arrival arrival;
        arrival.answer = std::make_unique<Reply>(std::move(**answer));
        return arrival;
    }
    // A body that is not JSON, or was too long to parse, is moved into the event: a copy would take as much
    // memory again.
    const bool takes_body =
        verified->document() == nullptr && form == Verified::Form::raw && request.hold != nullptr;
    std::string body = takes_body ? request.hold->hand_over() : std::string();
    return arrive(source, request, *verified, std::move(body));
}

// Appends the events of one request and notes each of them. The answer is that of the first.
Awaitable<Result<journal::Appended>> Ingest::append_several(const Source& source, Arrival& arrival,
                                                            std::string_view client, bool retaken) {
    const Several& several = *arrival.several;
    const auto appended = co_await journal_.append(several.parcel);
    if (!appended) co_return appended.error();
    for (std::size_t at = 0; at < appended->size(); ++at) {
        arrival.event = several.parcel->parts[at].event;
        arrival.email = several.contacts[at].email;
        arrival.phone = several.contacts[at].phone;
        arrival.ambiguous = several.contacts[at].ambiguous;
        note(source, arrival, (*appended)[at], client, retaken);
    }
    co_return appended->front();
}

Ingest::Arrival Ingest::arrive(const Source& source, const Request& request, const Verified& verified,
                               std::string body) {
    Arrival arrival;
    if (source.vendor->splits()) {
        arrival.several = several_of(source, request, verified);
        arrival.secret_index = verified.secret_index();
        arrival.signed_at = verified.signed_at();
        if (arrival.several != nullptr) return arrival;
    }
    const Normalized normalized = source.vendor->normalize(verified);
    arrival.event = normalize::make_event(normalized, verified, source.name, source.vendor->definition().name,
                                          make_event_id(request.received), request.received, std::move(body));
    arrival.sinks = source.sinks_for(arrival.event->type);
    arrival.email = log_email(normalized.contact.email);
    arrival.phone = log_phone(normalized.contact.phone);
    arrival.secret_index = verified.secret_index();
    arrival.signed_at = verified.signed_at();
    arrival.ambiguous = !verified.ambiguous_keys().empty();
    return arrival;
}

void Ingest::note(const Source& source, const Arrival& arrival, const journal::Appended& appended,
                  std::string_view client, bool retaken) {
    if (appended.duplicate) {
        source.metrics->duplicate(arrival.secret_index);
    } else {
        source.metrics->accepted(arrival.event->type, arrival.secret_index);
        if (arrival.ambiguous) source.metrics->ambiguous();
    }
    log(LogLevel::info, appended.duplicate ? LogKey("duplicate") : LogKey("accepted"),
        {{"source", source.name},
         {"type", arrival.event->type},
         {"id", appended.duplicate ? std::string_view() : std::string_view(arrival.event->id)},
         {"sequence", std::to_string(appended.sequence)},
         {"email", arrival.email},
         {"phone", arrival.phone},
         {"client", printable(client, client_bytes_max)},
         {"retaken", retaken ? "yes" : ""}});
}

void Ingest::refused(std::string_view reason, unsigned status, std::string_view client) noexcept {
    Request request;
    request.client = client;
    account({.reason = reason, .status = status, .cause = reason}, request);
}

void Ingest::refused_body(const Request& request, const http::Found& found, std::string_view reason,
                          unsigned status, std::uint64_t body_size) noexcept {
    account({source_of(found), reason, status, reason, body_size}, request);
}

// Every refusal ends here, and this is all that becomes of it:
//
//   of what             counted as   logged as            recorded
//   no source           unrouted     refused, warning     no
//   ours, a 5xx         unavailable  unavailable, error   no: its sender tries again
//   else                rejected     refused, warning     if logged, or the source keeps rejected requests
void Ingest::account(const Refusal& refusal, const Request& request) noexcept {
    const auto& [source, reason, status, cause, unread, times] = refusal;
    const bool ours = source != nullptr && status >= 500;
    if (source == nullptr) {
        metrics_.rejected_unrouted(reason);
    } else if (ours) {
        source->metrics->unavailable(reason);
    } else {
        source->metrics->rejected(reason);
    }
    if (times > 0) {
        log(ours ? LogLevel::error : LogLevel::warning, ours ? LogKey("unavailable") : LogKey("refused"),
            {{"source", source != nullptr ? source->name : std::string()},
             {"reason", std::string(reason)},
             {"status", std::to_string(status)},
             {"client", printable(request.client, client_bytes_max)},
             {"times", times > 1 ? std::to_string(times) : ""}});
    }
    if (source == nullptr || ours) return;
    if (times > 0 || source->keep_rejected) rejections_.record(*source, request, cause, status, unread);
}

void Ingest::reload(std::shared_ptr<const Routing> routing) {
    const std::lock_guard lock(routing_mutex_);
    routing_ = std::move(routing);
}

std::shared_ptr<const Routing> Ingest::routing() const {
    const std::lock_guard lock(routing_mutex_);
    return routing_;
}

// In place of 401 the vendor gets what it expects; after a GET, which is no webhook, with a status that no
// vendor's answer to a webhook depends on.
Reply Ingest::refuse(const Source* source, Errc error, const Request& request,
                     std::optional<std::uint64_t> unread) noexcept {
    Reply reply = reply_for(error);
    if (source != nullptr && reply.status == 401) reply = source->vendor->refused();
    if (source != nullptr && source->vendor->answers_get()) {
        if (error == Errc::handshake_refused && request.method == "GET") reply.status = 403;
        if (error == Errc::method_not_allowed) reply.allow = "GET, POST";
    }
    account({source, reason_code(error), reply.status, reason_code(error), unread}, request);
    return reply;
}

// The vendor's refusal, or 429 for a client that fails too often. All such clients together cost one line of
// the log and one recorded rejection a second, whatever they send, unless the source keeps rejected requests.
Reply Ingest::refuse_unverified(const Source& source, Errc error, const Request& request) {
    const auto time = std::chrono::steady_clock::now();
    const auto wait = failures_.over(request.client, time);
    if (!wait) return refuse(&source, error, request);
    Reply reply = reply_for(Errc::rate_limited);
    reply.retry_after = *wait;
    account({.source = &source,
             .reason = reason_code(Errc::rate_limited),
             .status = reply.status,
             .cause = reason_code(error),
             .times = rate_limited_.due(time)},
            request);
    return reply;
}

Reply Ingest::answer_get(const Source& source, const Request& request) {
    Result<Reply> reply = source.vendor->answer_get(request);
    if (!reply) return refuse_unverified(source, reply.error(), request);
    return answered(source, request, std::move(*reply));
}

Reply Ingest::answered(const Source& source, const Request& request, Reply reply) {
    source.metrics->handshake();
    log(LogLevel::info, "handshake_answered",
        {{"source", source.name}, {"client", printable(request.client, client_bytes_max)}});
    return reply;
}

// A client whose failures exceed the rate still gets a second look, but waits for it.
Awaitable<> Ingest::second_look_turn(const Request& request) {
    const auto wait = second_look_.turn(request.body.size(), std::chrono::steady_clock::now());
    if (wait <= std::chrono::nanoseconds(0)) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, wait);
    co_await timer.async_wait(use_awaitable);
}

// Called only for a right signature, so that a forger cannot influence the metric.
Awaitable<> Ingest::notice_stale(const Claimed& claimed) {
    const auto& [source, request, claim, time] = claimed;
    MemoryBudget::Part room;
    if (source.vendor->rules().dates_body() && request.body.size() > ecma::small_text_bytes) {
        const auto counts = ecma::count_characters(request.body);
        room = co_await documents_.take(ecma::document_bytes(counts), MemoryBudget::Turn::first);
    }
    const auto signed_at = source.vendor->claimed_time(claim, request.body);
    if (!signed_at) co_return;
    source.metrics->set_clock_skew(time.wall - *signed_at);
    clocks_.stale(source.name, time.wall - *signed_at, std::chrono::steady_clock::now());
}

}  // namespace chathook::ingest
