#include "verify/scheme.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "ecma/document.hpp"
#include "ecma/stringify.hpp"
#include "support/clock.hpp"
#include "verify/encoding.hpp"
#include "verify/key_form.hpp"
#include "verify/seal.hpp"
#include "verify/timestamp.hpp"
#include "verify/token_in_body.hpp"

namespace chathook::verify {
namespace {

constexpr std::size_t signature_bytes_max = 1024;  // RSA with 8192 bits

// A signature of a public key; its length is not fixed. Empty if it is not strictly encoded.
std::vector<std::uint8_t> decode_signature(std::string_view text, Encoding encoding) {
    std::vector<std::uint8_t> bytes(text.size() / 2);
    if (bytes.size() <= signature_bytes_max && encoding != Encoding::base64 && decode_hex(text, bytes)) {
        return bytes;
    }
    const std::size_t padding = std::min<std::size_t>(2, text.size() - (text.find_last_not_of('=') + 1));
    bytes.resize((text.size() - padding) * 3 / 4);
    const bool may = bytes.size() <= signature_bytes_max && encoding != Encoding::hex;
    if (!may || !decode_base64(text, bytes)) bytes.clear();
    return bytes;
}

// A token that is written in base64, decoded; empty if it is not strictly encoded.
std::string decode_token(std::string_view text) {
    const std::vector<std::uint8_t> bytes = decode_signature(text, Encoding::base64);
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Scheme::Scheme(const SchemeRules& rules, const VendorSettings& settings)
    : rules_(rules),
      url_(settings.public_url),
      expectations_(rules.expected, settings.expect),
      tolerance_(settings.timestamp_tolerance) {
    if (!tolerance_) tolerance_ = rules.time.tolerance;
    if (!tolerance_ && rules.signs_time()) tolerance_ = default_timestamp_tolerance;
    if (settings.secrets.empty()) throw std::invalid_argument("a scheme needs a secret");
    keys_.reserve(settings.secrets.size());
    for (const Secret& secret : settings.secrets) keys_.push_back(make_key(secret));
    if (rules.kind == Kind::token) token_ = SecretBytes(settings.secrets.front().bytes.view());
}

Scheme::Key Scheme::make_key(const Secret& secret) const {
    const KeyBytes bytes = key_bytes(rules_, secret.bytes.view());
    if (!bytes.fault.empty()) throw std::invalid_argument("the secret " + bytes.fault);
    const std::string_view text = bytes.bytes.view();
    Key key;
    key.not_after = secret.not_after;
    switch (rules_.kind) {
        case Kind::hmac: key.hmac.emplace(rules_.algorithm, text); break;
        case Kind::token:
            key.hmac.emplace(Algorithm::sha256, text);
            key.token = key.hmac->mac({text});
            break;
        case Kind::public_key: {
            std::string fault;
            key.public_key = PublicKey::read(rules_.public_key, rules_.key, text, fault);
            break;
        }
    }
    return key;
}

Result<Claim> Scheme::claim(const Request& request) const {
    Result<Claim> claim(boost::system::in_place_value);  // filled where the caller has it: it is large
    if (const auto error = read_claim(rules_, request, *claim)) claim = *error;
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

Seal::Proof Scheme::proof_of(std::size_t key, const Claim& claim) noexcept {
    return {key, claim.time_text, claim.time, claim.id, claim.request->fields};
}

Result<Verified> Scheme::verify_raw(const Claim& claim, std::string_view body, const Now& now,
                                    Verified::Content content) const {
    const bool is_read = content == Verified::Content::read;
    if (!is_read && rules_.has_token_in_body()) return Errc::body_too_large;
    const auto key = matching_key(claim, body, now.date);
    if (!key) return Errc::wrong_signature;
    if (!timely(claim.time, now.wall)) return Errc::stale_timestamp;
    const Seal::Proof proof = proof_of(*key, claim);
    if (rules_.has_token_in_body()) {
        return held_to_body(Seal::without_token(body_without_token(body, rules_.token_path).value(), proof),
                            now.wall);
    }
    if (is_read) {
        Verified verified = Seal::raw(body, proof);
        if (rules_.signs(TextPart::Kind::form)) Seal::keep_form(verified, sorted_form(body).value());
        return held_to_body(std::move(verified), now.wall);
    }
    if ((rules_.dates_body() && tolerance_) || !expectations_.empty()) return Errc::body_too_large;
    Verified verified = Seal::unread(body, proof);
    if (rules_.signs(TextPart::Kind::form)) Seal::keep_form(verified, sorted_form(body).value());
    return verified;
}

Result<Verified> Scheme::verify_stringified(const Claim& claim, std::string_view body, const Now& now) const {
    if (!rules_.signs_stringified()) return Errc::wrong_signature;
    std::optional<std::string> text = ecma::stringify_body(body);
    if (!text || *text == body) return Errc::wrong_signature;
    const auto key = matching_key(claim, *text, now.date);
    if (!key) return Errc::wrong_signature;
    if (!timely(claim.time, now.wall)) return Errc::stale_timestamp;
    return held_to_body(Seal::stringified(body, std::move(*text), proof_of(*key, claim)), now.wall);
}

std::optional<Instant> Scheme::claimed_time(const Claim& claim, std::string_view body) const {
    if (!rules_.dates_body()) return claim.time;
    const auto document = JsonDocument::parse_bytes(body);
    return document == nullptr ? std::nullopt : time_in_body(rules_.time, document->root());
}

std::vector<SignedHeader> Scheme::sign(std::string_view body, std::string_view timestamp, Instant now) const {
    if (rules_.kind == Kind::public_key || rules_.has_token_in_body()) return {};
    const std::string time = write_time(timestamp, now);
    const Sha256 digest = sha256(body);
    const std::string id = "msg_" + encode_hex(std::span(digest).first(12));
    std::vector<SignedHeader> headers(1);  // the signature comes first
    if (rules_.time.in == TimeRules::In::header) headers.push_back({std::string(rules_.time.name), time});
    if (!rules_.id_header.empty()) headers.push_back({std::string(rules_.id_header), id});
    for (const TextPart& part : rules_.text) {
        if (part.kind == TextPart::Kind::header) headers.push_back({std::string(part.text), "chathook"});
    }

    std::vector<Field> fields;
    for (const SignedHeader& header : headers) fields.push_back({header.name, header.value});
    const Request request{.method = "POST", .fields = fields};
    Claim claim;
    claim.request = &request;
    claim.time_text = time;
    claim.id = id;
    std::string value(rules_.prefix);
    if (rules_.kind == Kind::token) {
        const std::string_view token = token_.view();
        value += rules_.encoding == Encoding::text
                     ? std::string(token)
                     : encode_base64({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()});
    } else {
        const SignedText text(rules_, claim, body, url_);
        const std::string mac = write_mac(keys_.front().hmac->mac(text.parts()));
        const std::string key(rules_.signature_key);
        if (rules_.shape == HeaderShape::bare) value += mac;
        if (rules_.shape == HeaderShape::list) value = key + "," + mac;
        if (rules_.shape == HeaderShape::pairs) {
            const bool timed = rules_.time.in == TimeRules::In::pair;
            value = (timed ? std::string(rules_.time.name) + "=" + time + "," : "") + key + "=" + mac;
        }
    }
    headers.front() = {std::string(rules_.header), std::move(value)};
    return headers;
}

std::string Scheme::write_mac(const Mac& mac) const {
    return rules_.encoding == Encoding::base64 ? encode_base64(mac.view()) : encode_hex(mac.view());
}

std::string Scheme::write_time(std::string_view timestamp, Instant now) const {
    if (!timestamp.empty()) return std::string(timestamp);
    const auto since = now.time_since_epoch();
    switch (rules_.time.unit) {
        case TimeUnit::iso8601: return to_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
        case TimeUnit::milliseconds:
            return std::to_string(std::chrono::floor<std::chrono::milliseconds>(since).count());
        case TimeUnit::automatic:
        case TimeUnit::seconds: break;
    }
    return std::to_string(std::chrono::floor<std::chrono::seconds>(since).count());
}

// The first match in configuration order. Never stops early, so that timing does not tell which key matched.
std::optional<std::size_t> Scheme::matching_key(const Claim& claim, std::string_view body,
                                                Instant date) const {
    std::optional<SignedText> text;
    std::vector<std::string> given;
    if (rules_.kind == Kind::token) {
        given = tokens(claim, body);
    } else if (!text.emplace(rules_, claim, body, url_)) {
        return std::nullopt;
    }
    std::optional<std::size_t> matched;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const Key& key = keys_[i];
        if (key.not_after && date >= *key.not_after) continue;
        bool any = text && matches(key, claim, *text);
        for (const std::string& token : given) any |= equal(key.hmac->mac({token}), key.token);
        if (any && !matched) matched = i;
    }
    return matched;
}

const HmacKey* Scheme::mac_key(std::size_t secret_index) const noexcept {
    const bool makes = rules_.kind == Kind::hmac && secret_index < keys_.size();
    return makes ? &*keys_[secret_index].hmac : nullptr;
}

bool Scheme::matches(const Key& key, const Claim& claim, const SignedText& text) const {
    if (key.public_key) return matches_public_key(*key.public_key, claim, text);
    const Mac right = key.hmac->mac(text.parts());
    bool any = false;
    for (const Mac& signature : claim.macs) any |= equal(signature, right);
    return any;
}

bool Scheme::matches_public_key(const PublicKey& key, const Claim& claim, const SignedText& text) const {
    for (const std::string_view signature : signature_texts(rules_, *claim.request)) {
        if (key.verifies(text.parts(), decode_signature(signature, rules_.encoding))) return true;
    }
    return false;
}

// The tokens that the request shows, decoded.
std::vector<std::string> Scheme::tokens(const Claim& claim, std::string_view body) const {
    std::vector<std::string> given;
    if (rules_.has_token_in_body()) {
        if (auto token = token_in_body(body, rules_.token_path)) given.push_back(std::move(*token));
        return given;
    }
    for (const std::string_view text : signature_texts(rules_, *claim.request)) {
        given.push_back(rules_.encoding == Encoding::text ? std::string(text) : decode_token(text));
    }
    return given;
}

bool Scheme::timely(std::optional<Instant> signed_at, Instant now) const noexcept {
    return !signed_at || std::chrono::abs(now - *signed_at) <= tolerance_;
}

// If the source has a tolerance, a body without a time counts as stale: it could be replayed for ever.
Result<Verified> Scheme::held_to_body(Verified verified, Instant now) const {
    if (!expectations_.met_by(verified.json())) return Errc::unexpected_account;
    if (!rules_.dates_body() || !tolerance_) return verified;
    const std::optional<Instant> signed_at = time_in_body(rules_.time, verified.json());
    if (!signed_at || !timely(signed_at, now)) return Errc::stale_timestamp;
    Seal::date(verified, *signed_at);
    return verified;
}

}  // namespace chathook::verify
