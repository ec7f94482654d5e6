// The only implementation that checks signatures and makes them, by the rules of a vendor and the secrets of
// a source. Immutable; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/error.hpp"
#include "chathook/now.hpp"
#include "chathook/request.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/secret.hpp"
#include "chathook/time.hpp"
#include "chathook/vendor.hpp"
#include "chathook/verified.hpp"
#include "verify/claim.hpp"
#include "verify/expectations.hpp"
#include "verify/hmac.hpp"
#include "verify/public_key.hpp"
#include "verify/seal.hpp"
#include "verify/signed_text.hpp"

namespace chathook::verify {

// Accepts three attempts within four minutes that repeat the time of the first (Newoaks' page: retries
// "within 1 minute and 3 minutes").
inline constexpr std::chrono::seconds default_timestamp_tolerance{300};

class Scheme {
public:
    // Prepares a key for each secret; only a token is kept, because sign() sends it. Throws
    // std::invalid_argument if there is no secret, an empty one, or one that is not of the rules' form, which
    // the configuration has ruled out.
    Scheme(const SchemeRules& rules, const VendorSettings& settings);

    // See verify/claim.hpp for both.
    Result<std::string_view> signature(const Request& request) const noexcept {
        return read_signature_header(rules_, request);
    }
    Result<Claim> claim(const Request& request) const;

    // Proves that the sender holds a live secret: the claim must contain a signature of the body's text in
    // this form, or be a token, under a secret that has not expired by the date of `now`. All live secrets
    // are compared with all signatures, even after a match. The age of a signed time is judged only after the
    // MAC has proved it: a forged time is a wrong signature, not a stale one. So is what the body is expected
    // to say: unexpected_account. `content` is for a raw body: if it is unread, but its time or its account
    // has to be read, the result is body_too_large. The result points into `body`
    // and the request of `claim`.
    Result<Verified> verify_form(const Claim& claim, std::string_view body, const Now& now,
                                 Verified::Form form,
                                 Verified::Content content = Verified::Content::read) const;

    // The whole of it: the claim, then the raw form and, if that is a wrong_signature, the stringified one,
    // which takes many times longer.
    Result<Verified> verify(const Request& request, const Now& now) const;

    // The time that the tolerance is checked against, as the request claims it: proved only if its claim and
    // body verified or were a stale_timestamp. nullopt if there is none.
    std::optional<Instant> claimed_time(const Claim& claim, std::string_view body) const;

    // The headers that a genuine sender would add, the signature's first, made with the first secret. A
    // signed time is `timestamp` as given; if empty, `now` in the rules' unit. Empty for public keys, which
    // cannot sign, and for a token in the body.
    std::vector<SignedHeader> sign(std::string_view body, std::string_view timestamp, Instant now) const;

    const SchemeRules& rules() const noexcept { return rules_; }

protected:
    // The key of a secret, by its place in the configuration; null if it makes no MACs.
    const HmacKey* mac_key(std::size_t secret_index) const noexcept;

private:
    struct Key {
        std::optional<HmacKey> hmac;
        std::optional<PublicKey> public_key;
        Mac token{};  // the MAC of the token under itself: a guess is compared by its MAC
        std::optional<Instant> not_after;
    };

    Key make_key(const Secret& secret) const;
    std::optional<std::size_t> matching_key(const Claim& claim, std::string_view body, Instant date) const;
    bool matches(const Key& key, const Claim& claim, const SignedText& text) const;
    std::vector<std::string> tokens(const Claim& claim, std::string_view body) const;
    bool matches_public_key(const PublicKey& key, const Claim& claim, const SignedText& text) const;
    std::string write_mac(const Mac& mac) const;
    std::string write_time(std::string_view timestamp, Instant now) const;
    static Seal::Proof proof_of(std::size_t key, const Claim& claim) noexcept;
    Result<Verified> verify_raw(const Claim& claim, std::string_view body, const Now& now,
                                Verified::Content content) const;
    Result<Verified> verify_stringified(const Claim& claim, std::string_view body, const Now& now) const;
    bool timely(std::optional<Instant> signed_at, Instant now) const noexcept;
    Result<Verified> held_to_body(Verified verified, Instant now) const;

    SchemeRules rules_;
    std::vector<Key> keys_;
    std::string url_;
    Expectations expectations_;
    SecretBytes token_;                              // the first one, of tokens in a header
    std::optional<std::chrono::seconds> tolerance_;  // none: times are not checked
};

}  // namespace chathook::verify
