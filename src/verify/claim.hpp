// What a request claims of its sender: its signature and the other signed headers, read once and proved by
// nothing yet. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "chathook/error.hpp"
#include "chathook/request.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/time.hpp"
#include "verify/hmac.hpp"

namespace chathook::verify {

// A header with more signatures is refused: each costs a comparison with every secret.
inline constexpr std::size_t signatures_max = 8;

// Points into the request, which outlives it. Few bytes for one signature, because it is kept for as long as
// the request is answered.
struct Claim {
    const Request* request = nullptr;
    boost::container::small_vector<Mac, 1> macs;  // of MACs; at most signatures_max
    std::string_view time_text;                   // of a time in a header, like `time`
    std::optional<Instant> time;
    std::string_view id;
};

// The value of the signature header, which must occur once and not be empty. All that can be said of a
// request whose body has yet to come. Empty if the rules name no header.
Result<std::string_view> read_signature_header(const SchemeRules& rules, const Request& request) noexcept;

// Reads every header that is signed or a signature. Each must be there once, not be empty, and have exactly
// the form of the rules. Fills `claim`, which is new, and returns what is wrong.
std::optional<Errc> read_claim(const SchemeRules& rules, const Request& request, Claim& claim);

// Whether the value of the signature header, taken alone, has the form of the rules: for explaining a request
// whose other headers may be wrong.
bool has_signature_form(const SchemeRules& rules, std::string_view value);

// Where a part of the signed text ends: an id or a header may have any text, so the fixed text between it and
// the body must not occur in it, or the signed text could be read in two ways. The literal is the one behind
// the part if the body follows, the one before it if the body precedes; empty if there is none, which the
// rules' reader refuses.
std::string_view border_of(std::span<const TextPart> text, std::size_t part) noexcept;

// Whether the value of that part contains its border, or makes one together with it.
bool blurs_border(std::string_view value, std::span<const TextPart> text, std::size_t part);

// The signatures of a request whose claim was read, as they are written: for kinds other than MACs.
boost::container::small_vector<std::string_view, 1> signature_texts(const SchemeRules& rules,
                                                                    const Request& request);

}  // namespace chathook::verify
