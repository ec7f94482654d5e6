// Rules in words, for people: `chathookd vendors`. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <chathook/scheme_rules.hpp>

namespace chathook::verify {

struct SigningWords {
    std::string_view algorithm;  // "HMAC-SHA256"; a literal
    std::string encoding;        // "hex, after \"sha256=\""
    std::string signed_text;     // "raw body, else its JSON.stringify form"
};

SigningWords describe(const SchemeRules& rules);

}  // namespace chathook::verify
