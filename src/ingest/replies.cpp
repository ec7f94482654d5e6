#include "ingest/replies.hpp"

#include <string>

namespace chathook::ingest {

namespace {

constexpr std::chrono::seconds retry_after{5};

constexpr unsigned status_of(Errc error) noexcept {
    switch (error) {
        case Errc::missing_signature:
        case Errc::repeated_signature:
        case Errc::malformed_signature:
        case Errc::wrong_signature:
        case Errc::stale_timestamp:
        case Errc::unexpected_account:
        case Errc::handshake_refused: return 401;
        case Errc::unknown_path: return 404;
        case Errc::method_not_allowed: return 405;
        case Errc::length_required: return 411;
        case Errc::body_too_large: return 413;
        case Errc::unsupported_encoding: return 415;
        case Errc::rate_limited: return 429;
        case Errc::journal_full:
        case Errc::journal_failed:
        case Errc::commit_timeout:
        case Errc::shutting_down: return 503;
        case Errc::bad_settings: return 500;
    }
    return 500;
}

}  // namespace

Reply reply_for(Errc error) {
    Reply reply;
    reply.status = status_of(error);
    reply.body = "{\"error\":\"" + std::string(reason_code(error)) + "\"}";
    if (error == Errc::method_not_allowed) reply.allow = "POST";
    if (reply.status == 429 || reply.status == 503) reply.retry_after = retry_after;
    return reply;
}

}  // namespace chathook::ingest
