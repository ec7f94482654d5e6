// The texts that senders sign, as far as they are known: the body and up to four values around it, in any
// order, with one separator between them. Pure; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "learn/clues.hpp"
#include "verify/claim.hpp"

namespace chathook::learn {

inline constexpr std::size_t extras_max = 4;

// One text, as rules have it.
struct Template {
    std::vector<verify::TextPart> parts;  // one of kind body (or form), unless it was asked for without
    const SignedValue* time = nullptr;    // null: not signed
    const SignedValue* id = nullptr;
    std::size_t extras = 0;  // values around the body

    // `{time}.{body}`
    std::string text() const;

    // The rules and the claim for this text alone; both point into this and into the request.
    verify::SchemeRules rules() const;
    verify::Claim claim(const Request& request) const;
};

enum class Around : unsigned char { body, form, nothing };

// Passes on every text with exactly that many of the values, the usual ones first, until `take` returns
// false; then it returns false as well. At most one time, two ids or headers, one of URL and path, and the
// method.
bool for_each_template(std::span<const SignedValue> values, std::size_t extras, Around around,
                       const std::function<bool(const Template&)>& take);

}  // namespace chathook::learn
