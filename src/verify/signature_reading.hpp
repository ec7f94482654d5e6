// A signature header read as leniently as can be, and what is wrong with its form: for explaining, never for
// accepting (that is scheme.hpp). Nothing here repeats a MAC in what it says. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verify/loose_encoding.hpp"
#include "verify/scheme.hpp"

namespace chathook::verify {

struct ReadMac {
    std::string_view label;  // "sha256" or "v1", what stands before an equals sign; may be empty
    std::string_view text;
    Notation notation = Notation::none;
    std::size_t bytes = 0;  // that the text stands for; 0: it cannot be decoded
    Mac mac;                // of the size of SHA-1 or SHA-256; else empty
};

// All views point into the value that was read.
struct ReadSignature {
    std::string_view time;  // of the first "t="
    std::size_t times = 0;
    std::vector<ReadMac> macs;  // what is, or is long enough to be meant as, a MAC
};

// Takes the value apart at commas, semicolons and blanks.
ReadSignature read_signature(std::string_view value);

// What `value` is, for somebody who knows that its form is right: "64 hex digits, a SHA-256".
std::string describe_form(const SchemeRules& rules, std::string_view value);

// What is wrong with it, for somebody who knows that Scheme refused its form.
std::string explain_form(const SchemeRules& rules, std::string_view value);

// How the rules want it: "sha256= and 64 hex digits".
std::string wanted_form(const SchemeRules& rules);

}  // namespace chathook::verify
