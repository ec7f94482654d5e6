// Lenient reading of a signature header, and what is wrong with its form: to explain a signature, never to
// accept it (see scheme.hpp for that). No text made here repeats a MAC. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/loose_encoding.hpp"
#include "verify/scheme.hpp"

namespace chathook::doctor {

struct ReadMac {
    std::string_view label;  // "sha256" or "v1", the part before an equals sign; may be empty
    std::string_view text;
    Notation notation = Notation::none;
    std::size_t bytes = 0;  // number of decoded bytes; 0: it cannot be decoded
    verify::Mac mac;        // if of the size of a MAC (SHA-1, SHA-256, SHA-512); otherwise empty
};

// All views point into the value.
struct ReadSignature {
    std::string_view time;  // value of the first pair that is the time
    std::size_t times = 0;
    std::vector<ReadMac> macs;  // parts that are a MAC, or long enough to be meant as one
};

// Splits the value at commas, semicolons, spaces and tabs. `time_key`: of the pair that is the time.
ReadSignature read_signature(std::string_view value, std::string_view time_key = "t");

// The key of the pair that is the time; `t` if the rules have none.
std::string_view time_key(const verify::SchemeRules& rules) noexcept;

// Describes a `value` of correct form: "64 hex digits, a SHA-256".
std::string describe_form(const verify::SchemeRules& rules, std::string_view value);

// Explains what is wrong with a `value` whose form Scheme refused.
std::string explain_form(const verify::SchemeRules& rules, std::string_view value);

// What is wrong with a time that is not of the unit, as a sentence without its subject: "has 10 digits;
// wanted: the 13 of milliseconds since 1970". Repeats nothing of it.
std::string explain_time_text(std::string_view text, verify::TimeUnit unit);

// The form that the rules demand: "sha256= and 64 hex digits".
std::string wanted_form(const verify::SchemeRules& rules);

}  // namespace chathook::doctor
