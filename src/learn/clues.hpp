// What in a request may be its signature, and what else may be part of the text that it signs. Everything
// points into the request. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>
#include <chathook/scheme_rules.hpp>

namespace chathook::learn {

// One reading of a part of a header as a signature. A header may have several readings.
struct SignatureClue {
    std::string_view header;
    verify::HeaderShape shape = verify::HeaderShape::bare;
    std::string_view prefix = {};  // bare: what precedes the signature
    std::string_view key = {};     // pairs and lists: the signature's
    verify::Encoding encoding = verify::Encoding::hex;
    bool url_alphabet = false;  // base64url, which no rules can say
    std::vector<std::uint8_t> bytes = {};
};

// At most clues_max, in the order of the headers; the simplest reading of each first.
inline constexpr std::size_t clues_max = 64;
std::vector<SignatureClue> signature_clues(const Request& request);

// A value outside of the body that a sender may sign with it.
struct SignedValue {
    verify::TextPart::Kind kind = verify::TextPart::Kind::header;  // header, id, time, method, url or literal
    std::string_view text = {};                                    // the value
    std::string_view name = {};                                    // of the header, or the key of the pair
    verify::TimeUnit unit = verify::TimeUnit::automatic;           // of a time
    std::string_view pair_of = {};                                 // a time in a pair: the header around it
};

// Times first, then ids, then other headers; then the method, `public_url` (if not empty) and the path. At
// most values_max headers.
inline constexpr std::size_t values_max = 24;
std::vector<SignedValue> signed_values(const Request& request, std::string_view public_url);

// Whether there are headers beyond values_max, which signed_values() leaves out.
bool has_more_values(const Request& request);

// Headers that clients and proxies add to any request, which are neither signatures nor signed.
bool is_usual_header(std::string_view name);

// Whether it may precede a signature or a token: short, printable ASCII, and nothing in it is long enough to
// be a signature or a secret itself.
bool is_prefix(std::string_view text);

// Whether the value is three or two parts of base64url, divided by full stops, the first of them a JSON
// object: a JSON Web Token or Signature (RFC 7515, section 7.1).
bool is_web_signature(std::string_view value);

}  // namespace chathook::learn
