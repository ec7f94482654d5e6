// Signatures as an attacker would try them, and genuine ones in every documented form. Made with OpenSSL's
// one-shot functions from a table of each vendor's documentation (manners.hpp), so that src/verify does not
// judge itself. One thread.
#pragma once

#include <openssl/evp.h>

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "vendors/manners.hpp"
#include "vendors/preset.hpp"

namespace chathook::test {

inline constexpr std::string_view live_secret = "a secret of some length";
inline constexpr std::string_view next_secret = "the next secret, live as well";
inline constexpr std::string_view expired_secret = "a secret that was retired";
inline constexpr std::string_view neighbours_secret = "the secret of another source";
inline constexpr std::chrono::milliseconds sent_at = std::chrono::seconds(1'800'000'000);

// One request for a vendor to verify. Valid during the call of Try.
struct Attempt {
    std::string_view what;
    std::string_view body;
    const std::vector<SignedHeader>& headers;
    std::string_view method = "POST";
};
using Try = std::function<void(const Attempt&)>;

// What is signed beside the body.
struct Stamp {
    std::string time = "1800000000";
    std::string id = "msg_example";
    std::string method = "POST";
    std::string url{preset_url};
};

// Who signs. Keys of the first two are live; those of the neighbour belong to another source.
enum class Signer { live, next, expired, neighbour };

std::string hmac(const EVP_MD* digest, std::string_view secret, std::string_view text);
std::string hash(const EVP_MD* digest, std::string_view text);
std::string hex(std::string_view bytes);
std::string upper(std::string_view text);
std::string base64(std::string_view bytes);
std::string without_padding(std::string_view base64_text);

// As the source is configured with it, and the bytes of the key that the vendor then signs with.
std::string secret_text(const Manner& manner, Signer signer = Signer::live);
std::string key_bytes(const Manner& manner, Signer signer = Signer::live);

// The key pair of a signer whose vendor has a public key; the same for each call.
const KeyPair& key_pair(SecretForm form, Signer signer);

// A time as the vendor writes it, so much later than sent_at.
std::string time_text(Unit unit, std::chrono::milliseconds later = {});
Stamp stamp_of(const Manner& manner);

// Whether the vendor's receiver is to take this time at sent_at, of those that this suite sends.
bool is_timely(const Manner& manner, std::string_view time);

// A text like "{id}.{time}.{body}" with its parts filled in.
std::string filled(std::string_view text, std::string_view body, const Stamp& stamp);
std::string sorted_form_of(std::string_view body);  // Twilio's

// The bytes of a signature of `text`, or the token.
std::string sign_text(const Manner& manner, std::string_view text, Signer signer = Signer::live);

// The bytes as the vendor writes them: in the first place the usual way.
std::vector<std::string> writings(const Manner& manner, std::string_view bytes);

// The signature header's value with a signature that is already text, and the headers of a whole request, the
// signature's first.
std::string value_with(const Manner& manner, std::string_view mac_text, std::string_view time);
std::vector<SignedHeader> headers_with(const Manner& manner, std::string value, const Stamp& stamp);

// The header values that prove what this signature is of.
std::set<std::string> genuine_values(const Manner& manner, std::string_view signature);

// `body` with this JSON text as its token (LiveChat), and a text as JSON.
std::string body_with_token(std::string_view body, std::string_view json_text);
std::string as_json(std::string_view text);

// Misspelled forms of the right signature: forged_texts.cpp.
void forged_texts(const Manner& manner, const std::string& body, const Try& attempt);

// Headers that are missing, repeated or renamed, and lists and pairs of signatures: forged_headers.cpp.
void forged_headers(const Manner& manner, const std::string& body, const Try& attempt);

// Well-formed signatures of another body: forged_bodies.cpp.
void forged_bodies(const Manner& manner, const std::string& body, const Try& attempt);
void forged_forms(const Manner& manner, const Try& attempt);

// By another secret, or of another text or id: forged_proofs.cpp.
void forged_secrets(const Manner& manner, const std::string& body, const Try& attempt);
void forged_stamps(const Manner& manner, const std::string& body, const Try& attempt);

// Of another address or method, or of fields joined otherwise: forged_requests.cpp.
void forged_requests(const Manner& manner, const std::string& body, const Try& attempt);

// For a vendor that signs a time: one that is not timely: forged_times.cpp.
void forged_times(const Manner& manner, const std::string& body, const Try& attempt);

// Signatures of public keys: forged_keys.cpp.
void forged_keys(const Manner& manner, const std::string& body, const Try& attempt);

// Tokens in the body: forged_tokens.cpp.
void forged_tokens(const Manner& manner, const std::string& body, const Try& attempt);

// The requests that must be accepted, `body` in every documented form and some other bodies: genuine.cpp.
void genuine_attempts(const Manner& manner, const std::string& body, const Try& attempt);

}  // namespace chathook::test
