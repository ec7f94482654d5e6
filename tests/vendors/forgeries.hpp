// Signatures as an attacker would try them, and genuine ones in every documented form. Made with OpenSSL's
// one-shot HMAC from a table of each vendor's documentation, so that src/verify does not judge itself.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

namespace chathook::test {

inline constexpr std::string_view live_secret = "a secret of some length";
inline constexpr std::string_view next_secret = "the next secret, live as well";
inline constexpr std::string_view expired_secret = "a secret that was retired";
inline constexpr std::string_view neighbours_secret = "the secret of another source";
inline constexpr std::string_view sent_at = "1800000000";  // delivered_at in seconds

struct Manner {
    std::string_view vendor;
    std::string_view header;
    std::string_view prefix = "";
    const EVP_MD* (*digest)() = EVP_sha256;
    bool timed = false;        // t=..,v1=..
    bool base64 = false;       // base64 is accepted, too
    bool stringified = false;  // JSON.stringify(JSON.parse(body)) may be what is signed
};

inline constexpr std::array manners{
    Manner{.vendor = "lynn", .header = "x-lynn-hmac-sha256", .base64 = true},
    Manner{.vendor = "chatbase", .header = "x-chatbase-signature", .digest = EVP_sha1, .stringified = true},
    Manner{.vendor = "newoaks", .header = "X-Webhook-Signature", .timed = true, .stringified = true},
    Manner{.vendor = "knowrithm", .header = "X-Knowrithm-Signature", .prefix = "sha256="},
    Manner{.vendor = "wonderchat", .header = "X-Wonderchat-Signature", .stringified = true},
};

// One request for a vendor to verify.
struct Attempt {
    std::string what;
    std::string body;
    std::vector<SignedHeader> headers;
};
using Attempts = std::vector<Attempt>;

std::string hmac(const EVP_MD* digest, std::string_view secret, std::string_view text);
std::string hash(const EVP_MD* digest, std::string_view text);
std::string hex(std::string_view bytes);
std::string upper(std::string_view text);
std::string base64(std::string_view bytes);

// The MAC's bytes for `body`, as the vendor makes it.
std::string right_mac(const Manner& manner, std::string_view body, std::string_view secret = live_secret,
                      std::string_view time = sent_at);

// The header's value with a MAC that is already text.
std::string value_with(const Manner& manner, std::string_view mac_text, std::string_view time = sent_at);

// The header values that prove `body`.
std::set<std::string> genuine_values(const Manner& manner, const std::string& body);

// Misspelled forms of the right signature: forged_texts.cpp.
Attempts forged_texts(const Manner& manner, const std::string& body);

// Well-formed signatures of something else: forged_proofs.cpp.
Attempts forged_bodies(const Manner& manner, const std::string& body);
Attempts forged_forms(const Manner& manner);
Attempts forged_secrets(const Manner& manner, const std::string& body);
Attempts forged_times(const Manner& manner, const std::string& body);

// The requests that must be accepted: `body` in every documented form, and some other bodies.
Attempts genuine_attempts(const Manner& manner, const std::string& body);

}  // namespace chathook::test
