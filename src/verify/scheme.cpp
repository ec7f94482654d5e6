#include "verify/scheme.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "ecma/document.hpp"
#include "ecma/stringify.hpp"
#include "verify/encoding.hpp"
#include "verify/seal.hpp"
#include "verify/timestamp.hpp"

namespace chathook::verify {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

Scheme::Scheme(const SchemeRules& rules, const VendorSettings& settings)
    : rules_(rules), tolerance_(settings.timestamp_tolerance) {
    if (rules.signs_time() && !tolerance_) tolerance_ = default_timestamp_tolerance;
    if (settings.secrets.empty()) throw std::invalid_argument("a scheme needs a secret");
    keys_.reserve(settings.secrets.size());
    for (const Secret& secret : settings.secrets) {
        keys_.push_back({HmacKey(rules.algorithm, secret.bytes.view()), secret.not_after});
    }
}

Result<std::string_view> Scheme::signature(const Request& request) const noexcept {
    const HeaderValue found = header(request.fields, rules_.header);
    if (found.count > 1) return Errc::repeated_signature;
    if (found.value.empty()) return Errc::missing_signature;
    return found.value;
}

Result<Claim> Scheme::claim(const Request& request) const {
    Result<Claim> claim(boost::system::in_place_value);  // filled where the caller has it: it is large
    const Result<std::string_view> value = signature(request);
    const std::optional<Errc> error = !value                               ? value.error()
                                      : rules_.shape == HeaderShape::pairs ? read_pairs(*value, *claim)
                                                                           : read_bare(*value, *claim);
    if (error) claim = *error;
    return claim;
}

Result<Verified> Scheme::verify_form(const Claim& claim, std::string_view body, const Now& now,
                                     Verified::Form form, Verified::Content content) const {
    if (form == Verified::Form::raw) return verify_raw(claim, body, now, content);
    return verify_stringified(claim, body, now);
}

Result<Verified> Scheme::verify(const Request& request, const Now& now) const {
    const Result<Claim> claim = this->claim(request);
    if (!claim) return claim.error();
    Result<Verified> verified = verify_form(*claim, request.body, now, Verified::Form::raw);
    if (verified || verified.error() != Errc::wrong_signature) return verified;
    return verify_form(*claim, request.body, now, Verified::Form::stringified);
}

Result<Verified> Scheme::verify_raw(const Claim& claim, std::string_view body, const Now& now,
                                    Verified::Content content) const {
    const auto key = matching_key(claim, body, now.date);
    if (!key) return Errc::wrong_signature;
    if (!timely(claim.time, now.wall)) return Errc::stale_timestamp;
    if (content == Verified::Content::read) {
        return held_to_time(Seal::raw(body, {*key, claim.time_text, claim.time}), now.wall);
    }
    if (rules_.time_in_body != nullptr && tolerance_) return Errc::body_too_large;
    return Seal::unread(body, {*key, claim.time_text, claim.time});
}

Result<Verified> Scheme::verify_stringified(const Claim& claim, std::string_view body, const Now& now) const {
    if (!rules_.signs_stringified()) return Errc::wrong_signature;
    std::optional<std::string> text = ecma::stringify_body(body);
    if (!text || *text == body) return Errc::wrong_signature;
    const auto key = matching_key(claim, *text, now.date);
    if (!key) return Errc::wrong_signature;
    if (!timely(claim.time, now.wall)) return Errc::stale_timestamp;
    return held_to_time(Seal::stringified(body, std::move(*text), {*key, claim.time_text, claim.time}),
                        now.wall);
}

std::optional<Instant> Scheme::claimed_time(const Claim& claim, std::string_view body) const {
    if (!rules_.dates_body()) return claim.time;
    const auto document = JsonDocument::parse_bytes(body);
    return document == nullptr ? std::nullopt : rules_.time_in_body(document->root());
}

std::vector<SignedHeader> Scheme::sign(std::string_view body, std::string_view timestamp, Instant now) const {
    std::string time;
    std::string value(rules_.prefix);
    if (rules_.shape == HeaderShape::pairs) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
        time = timestamp.empty() ? std::to_string(seconds) : std::string(timestamp);
        value = "t=" + time + ",v1=";
    }
    value += encode_hex(mac(keys_.front().hmac, time, body).view());
    return {{std::string(rules_.header), std::move(value)}};
}

std::optional<Errc> Scheme::read_bare(std::string_view value, Claim& claim) const {
    if (!value.starts_with(rules_.prefix)) return Errc::malformed_signature;
    value.remove_prefix(rules_.prefix.size());
    if (!read_mac(value, claim.macs.emplace_back())) return Errc::malformed_signature;
    return std::nullopt;
}

// Pairs are separated by commas, white space around a pair is ignored, and a key ends at the first '='. There
// must be exactly one t and one to signatures_max v1. Other keys are reserved for other versions of the
// scheme and ignored, as in the vendor's own sample.
std::optional<Errc> Scheme::read_pairs(std::string_view value, Claim& claim) const {
    while (true) {
        const std::size_t comma = value.find(',');
        const std::string_view pair = trimmed(value.substr(0, comma));
        const std::size_t equals = pair.find('=');
        if (equals == pair.npos) return Errc::malformed_signature;
        const std::string_view key = pair.substr(0, equals);
        const std::string_view text = pair.substr(equals + 1);
        if (key == "t") {
            const std::optional<Instant> time = parse_timestamp(text);
            if (!time || !claim.time_text.empty()) return Errc::malformed_signature;
            claim.time_text = text;
            claim.time = *time;
        } else if (key == "v1") {
            if (claim.macs.size() == signatures_max) return Errc::malformed_signature;
            if (!read_mac(text, claim.macs.emplace_back())) return Errc::malformed_signature;
        }
        if (comma == value.npos) break;
        value.remove_prefix(comma + 1);
    }
    if (claim.time_text.empty() || claim.macs.empty()) return Errc::malformed_signature;
    return std::nullopt;
}

bool Scheme::read_mac(std::string_view text, Mac& mac) const noexcept {
    mac.size = mac_bytes(rules_.algorithm);
    const std::span<std::uint8_t> bytes = std::span(mac.bytes).first(mac.size);
    if (decode_hex(text, bytes)) return true;
    return rules_.encoding == Encoding::hex_or_base64 && decode_base64(text, bytes);
}

Mac Scheme::mac(const HmacKey& key, std::string_view time, std::string_view body) const {
    return rules_.shape == HeaderShape::pairs ? key.mac({time, ".", body}) : key.mac({body});
}

// The first match in configuration order. Never stops early, so that timing does not tell which key matched.
std::optional<std::size_t> Scheme::matching_key(const Claim& claim, std::string_view body,
                                                Instant date) const {
    std::optional<std::size_t> matched;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (keys_[i].not_after && date >= *keys_[i].not_after) continue;
        const Mac right = mac(keys_[i].hmac, claim.time_text, body);
        bool any = false;
        for (const Mac& signature : claim.macs) any |= equal(signature, right);
        if (any && !matched) matched = i;
    }
    return matched;
}

bool Scheme::timely(std::optional<Instant> signed_at, Instant now) const noexcept {
    return !signed_at || std::chrono::abs(now - *signed_at) <= tolerance_;
}

// If the source has a tolerance, a body without a time counts as stale: it could be replayed for ever.
Result<Verified> Scheme::held_to_time(Verified verified, Instant now) const {
    if (rules_.time_in_body == nullptr || !tolerance_) return verified;
    const std::optional<Instant> signed_at = rules_.time_in_body(verified.json());
    if (!signed_at || !timely(signed_at, now)) return Errc::stale_timestamp;
    Seal::date(verified, *signed_at);
    return verified;
}

}  // namespace chathook::verify
