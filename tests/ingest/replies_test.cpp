#include "ingest/replies.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace chathook {

TEST_CASE("every error has a status, and a failure of ours is never a 4xx", "[ingest]") {
    const std::pair<Errc, unsigned> table[] = {
        {Errc::missing_signature, 401},    {Errc::repeated_signature, 401}, {Errc::malformed_signature, 401},
        {Errc::wrong_signature, 401},      {Errc::stale_timestamp, 401},    {Errc::unknown_path, 404},
        {Errc::method_not_allowed, 405},   {Errc::length_required, 411},    {Errc::body_too_large, 413},
        {Errc::unsupported_encoding, 415}, {Errc::rate_limited, 429},       {Errc::journal_full, 503},
        {Errc::journal_failed, 503},       {Errc::commit_timeout, 503},     {Errc::shutting_down, 503},
        {Errc::unexpected_account, 401},   {Errc::handshake_refused, 401},
    };
    for (const auto& [error, status] : table) {
        INFO(reason_code(error));
        const Reply reply = ingest::reply_for(error);
        CHECK(reply.status == status);
        CHECK((reply.retry_after.count() > 0) == (status == 429 || status == 503));
        CHECK(reply.body == "{\"error\":\"" + std::string(reason_code(error)) + "\"}");
    }
}

}  // namespace chathook
