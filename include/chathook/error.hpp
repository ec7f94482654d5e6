// All errors that input or the environment can cause, and the Result that carries them. Plain values; any
// thread.
#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace chathook {

enum class Errc {
    // The sender did not prove that it holds a live secret. All of these get the vendor's one refusal, word
    // for word.
    missing_signature = 1,  // no signature header, or an empty one
    repeated_signature,     // the signature header stands in the request more than once
    malformed_signature,    // not the vendor's form: length, alphabet, prefix, padding
    wrong_signature,        // well formed, but no live secret makes this MAC for this body
    stale_timestamp,        // the signed time is further from ours than the source's timestamp_tolerance
    unexpected_account,     // rightly signed, but a field that the source expects has another text
    handshake_refused,      // a GET without the right verify_token, or a challenge that must not be echoed

    // The request cannot be for us.
    unknown_path,
    method_not_allowed,
    length_required,
    body_too_large,
    unsupported_encoding,  // Content-Encoding other than identity: the bytes that were signed are not known
    // This client failed verification too often; never the answer to a correctly signed request
    rate_limited,

    // We cannot take it now. Always a 5xx, so that the vendor tries again.
    journal_full,    // the disk or the journal's own quota is exhausted
    journal_failed,  // the disk reported an error: whether the event was kept is not known
    commit_timeout,  // the commit did not return within limits.commit_timeout
    shutting_down,

    // Start-up.
    bad_settings,
};

// The stable word for logs and the `reason` label of chathook_rejections_total. Part of the public interface:
// never renamed.
constexpr std::string_view reason_code(Errc error) noexcept {
    switch (error) {
        case Errc::missing_signature: return "missing_signature";
        case Errc::repeated_signature: return "repeated_signature";
        case Errc::malformed_signature: return "malformed_signature";
        case Errc::wrong_signature: return "wrong_signature";
        case Errc::stale_timestamp: return "stale_timestamp";
        case Errc::unexpected_account: return "unexpected_account";
        case Errc::handshake_refused: return "handshake_refused";
        case Errc::unknown_path: return "unknown_path";
        case Errc::method_not_allowed: return "method_not_allowed";
        case Errc::length_required: return "length_required";
        case Errc::body_too_large: return "body_too_large";
        case Errc::unsupported_encoding: return "unsupported_encoding";
        case Errc::rate_limited: return "rate_limited";
        case Errc::journal_full: return "journal_full";
        case Errc::journal_failed: return "journal_failed";
        case Errc::commit_timeout: return "commit_timeout";
        case Errc::shutting_down: return "shutting_down";
        case Errc::bad_settings: return "bad_settings";
    }
    return "unknown";
}

// boost::system::result calls this when value() is called on a failure: a programming error, so it throws.
[[noreturn]] inline void throw_exception_from_error(Errc error, const boost::source_location&) {
    throw std::logic_error("value() of a failed Result: " + std::string(reason_code(error)));
}

template <class T>
using Result = boost::system::result<T, Errc>;

}  // namespace chathook
