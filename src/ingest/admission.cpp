#include "ingest/admission.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "support/ascii.hpp"

namespace chathook::ingest {
namespace {

// Whether the body was sent without a content coding. Names of codings are case-insensitive (RFC 9110,
// section 8.4.1). UTF-8 is not a coding, but some senders confuse the field with the charset; their bytes are
// not coded, and the signature proves them as they are.
bool is_identity(const Request& request) noexcept {
    const HeaderValue encoding = header(request.fields, "content-encoding");
    constexpr std::array<std::string_view, 4> uncoded{"", "identity", "utf-8", "utf8"};
    const auto is_named = [&](std::string_view name) { return equals_ignoring_case(encoding.value, name); };
    return encoding.count == 0 || (encoding.count == 1 && std::ranges::any_of(uncoded, is_named));
}

// Expect: 100-continue: do not invite a body that we would refuse for lack of a signature.
std::optional<Errc> missing_proof(const Source& source, const Request& request) noexcept {
    const auto signature = source.vendor->signature(request);
    return signature.has_error() ? std::optional(signature.error()) : std::nullopt;
}

}  // namespace

bool is_handshake_by_get(const Source& source, const Request& request) noexcept {
    return source.vendor->answers_get() && request.method == "GET";
}

std::optional<Errc> objection(const Source* source, const Request& request, const http::Incoming& incoming,
                              std::uint64_t body_bytes_max) noexcept {
    if (source == nullptr) return Errc::unknown_path;
    if (request.method != "POST") {
        if (!is_handshake_by_get(*source, request)) return Errc::method_not_allowed;
        return incoming.content_length.value_or(0) > 0 || incoming.chunked
                   ? std::optional(Errc::body_too_large)
                   : std::nullopt;
    }
    if (!is_identity(request)) return Errc::unsupported_encoding;
    if (!incoming.content_length && !incoming.chunked) return Errc::length_required;
    if (incoming.content_length.value_or(0) > body_bytes_max) return Errc::body_too_large;
    return incoming.waits_for_continue ? missing_proof(*source, request) : std::nullopt;
}

}  // namespace chathook::ingest
