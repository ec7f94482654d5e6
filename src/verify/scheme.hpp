// How a vendor signs, as data, and the one implementation that checks and makes such signatures. Immutable
// once made; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "chathook/error.hpp"
#include "chathook/request.hpp"
#include "chathook/secret.hpp"
#include "chathook/time.hpp"
#include "chathook/vendor.hpp"
#include "chathook/verified.hpp"
#include "verify/hmac.hpp"

namespace chathook::verify {

// How the MAC is written. Told apart by its length: SHA-256 has 64 hex digits, 44 base64 characters or 43
// without the padding.
enum class Encoding : unsigned char { hex, hex_or_base64 };

enum class HeaderShape : unsigned char {
    bare,   // prefix + MAC; the body alone is signed
    pairs,  // "t=1492774577,v1=MAC": the text of t, a full stop and the body are signed
};

// Which bytes stand for the body in the signed text.
enum class BodyForm : unsigned char {
    raw,                 // as received
    raw_or_stringified,  // as received, else JSON.stringify(JSON.parse(body))
};

// The text fields are literals, or outlive the Scheme.
struct SchemeRules {
    std::string_view header = "";  // "x-lynn-hmac-sha256"; compared without regard to case
    Algorithm algorithm = Algorithm::sha256;
    std::string_view prefix = "";  // "sha256="; must stand exactly so before the MAC. Bare headers only
    Encoding encoding = Encoding::hex;
    HeaderShape shape = HeaderShape::bare;
    BodyForm body = BodyForm::raw;

    // Bare headers only: reads the time that the body tells, which a source may want to be near ours.
    std::optional<Instant> (*time_in_body)(Json body) = nullptr;
};

// More signatures than this in one header are refused: each costs a comparison with every secret.
inline constexpr std::size_t signatures_max = 8;

// Survives three attempts within four minutes that repeat the first one's time (Newoaks' page: retries
// "within 1 minute and 3 minutes").
inline constexpr std::chrono::seconds default_timestamp_tolerance{300};

class Scheme {
public:
    // Prepares a key for each secret and forgets the secret itself. Throws std::invalid_argument if there is
    // none or an empty one; the configuration saw to both.
    Scheme(const SchemeRules& rules, const VendorSettings& settings);

    // The header must be there once, in exactly the rules' form, and hold a MAC under a secret that is live
    // at `now`. All live secrets are compared with all signatures, whichever matched first. The age of a
    // signed time is judged only once the MAC has proved it: a forged one is a wrong signature, not a stale
    // one. The result points into the request.
    Result<Verified> verify(const Request& request, Instant now) const;

    // As Vendor::verify_form.
    Result<Verified> verify_form(const Request& request, Instant now, Verified::Form form) const;

    // As Vendor::claimed_time.
    std::optional<Instant> claimed_time(const Request& request) const;

    // The header a genuine sender would add, under the first secret. For pairs `timestamp` is used as given;
    // empty: `now` in whole seconds.
    std::vector<SignedHeader> sign(std::string_view body, std::string_view timestamp, Instant now) const;

    const SchemeRules& rules() const noexcept { return rules_; }

private:
    struct Key {
        HmacKey hmac;
        std::optional<Instant> not_after;
    };
    struct Claim;

    Result<Claim> read_claim(const Request& request) const;
    Result<Claim> read_pairs(std::string_view value) const;
    bool read_mac(std::string_view text, Mac& mac) const noexcept;
    Mac mac(const HmacKey& key, std::string_view time, std::string_view body) const;
    std::optional<std::size_t> matching_key(const Claim& claim, std::string_view body, Instant now) const;
    Result<Verified> verify_raw(const Claim& claim, std::string_view body, Instant now) const;
    Result<Verified> verify_stringified(const Claim& claim, std::string_view body, Instant now) const;
    bool timely(std::optional<Instant> signed_at, Instant now) const noexcept;
    Result<Verified> held_to_time(Verified verified, Instant now) const;

    SchemeRules rules_;
    std::vector<Key> keys_;
    std::optional<std::chrono::seconds> tolerance_;  // none: no time is looked at
};

}  // namespace chathook::verify
