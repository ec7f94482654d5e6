// The only implementation that checks signatures and makes them, by the rules of a vendor and the secrets of
// a source. Immutable; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "chathook/error.hpp"
#include "chathook/now.hpp"
#include "chathook/request.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/secret.hpp"
#include "chathook/time.hpp"
#include "chathook/vendor.hpp"
#include "chathook/verified.hpp"
#include "verify/hmac.hpp"

namespace chathook::verify {

// A header with more signatures is refused: each costs a comparison with every secret.
inline constexpr std::size_t signatures_max = 8;

// Accepts three attempts within four minutes that repeat the time of the first (Newoaks' page: retries
// "within 1 minute and 3 minutes").
inline constexpr std::chrono::seconds default_timestamp_tolerance{300};

// What a request claims of its sender: its signature header, decoded once and proved by nothing yet. Points
// into the request. Few bytes for one signature, because it is kept for as long as the request is answered.
struct Claim {
    boost::container::small_vector<Mac, 1> macs;  // at most signatures_max
    std::string_view time_text;                   // pairs only, like `time`
    std::optional<Instant> time;
};

class Scheme {
public:
    // Prepares a key for each secret and does not keep the secret. Throws std::invalid_argument if there is
    // no secret or an empty one, which the configuration has ruled out.
    Scheme(const SchemeRules& rules, const VendorSettings& settings);

    // The value of the signature header, which must occur once and not be empty. All that can be said of a
    // request whose body has yet to come.
    Result<std::string_view> signature(const Request& request) const noexcept;

    // Reads signature(), which must have exactly the form of the rules.
    Result<Claim> claim(const Request& request) const;

    // Proves that the sender holds a live secret: the claim must contain a MAC of the body's text in this
    // form, under a secret that has not expired by the date of `now`. All live secrets are compared with all
    // signatures, even after a match. The age of a signed time is judged only after the MAC has proved it: a
    // forged time is a wrong signature, not a stale one. `content` is for a raw body: if it is unread, but
    // its time has to be read, the result is body_too_large. The result points into `body` and the request of
    // `claim`.
    Result<Verified> verify_form(const Claim& claim, std::string_view body, const Now& now,
                                 Verified::Form form,
                                 Verified::Content content = Verified::Content::read) const;

    // The whole of it: the claim, then the raw form and, if that is a wrong_signature, the stringified one,
    // which takes many times longer.
    Result<Verified> verify(const Request& request, const Now& now) const;

    // The time that the tolerance is checked against, as the request claims it: proved only if its claim and
    // body verified or were a stale_timestamp. nullopt if there is none.
    std::optional<Instant> claimed_time(const Claim& claim, std::string_view body) const;

    // The header that a genuine sender would add, made with the first secret. For pairs `timestamp` is used
    // as given; if empty, `now` in whole seconds.
    std::vector<SignedHeader> sign(std::string_view body, std::string_view timestamp, Instant now) const;

    const SchemeRules& rules() const noexcept { return rules_; }

private:
    struct Key {
        HmacKey hmac;
        std::optional<Instant> not_after;
    };

    // These fill a new claim, and return what is wrong.
    std::optional<Errc> read_bare(std::string_view value, Claim& claim) const;
    std::optional<Errc> read_pairs(std::string_view value, Claim& claim) const;
    bool read_mac(std::string_view text, Mac& mac) const noexcept;
    Mac mac(const HmacKey& key, std::string_view time, std::string_view body) const;
    std::optional<std::size_t> matching_key(const Claim& claim, std::string_view body, Instant date) const;
    Result<Verified> verify_raw(const Claim& claim, std::string_view body, const Now& now,
                                Verified::Content content) const;
    Result<Verified> verify_stringified(const Claim& claim, std::string_view body, const Now& now) const;
    bool timely(std::optional<Instant> signed_at, Instant now) const noexcept;
    Result<Verified> held_to_time(Verified verified, Instant now) const;

    SchemeRules rules_;
    std::vector<Key> keys_;
    std::optional<std::chrono::seconds> tolerance_;  // none: times are not checked
};

}  // namespace chathook::verify
