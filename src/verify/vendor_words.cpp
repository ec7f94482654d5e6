#include "verify/vendor_words.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "verify/scheme.hpp"

namespace chathook::verify {
namespace {

std::string pointer_of(std::span<const std::string_view> steps) {
    std::string pointer;
    for (const std::string_view step : steps) pointer.append("/").append(step);
    return pointer;
}

// As a configuration says it.
std::string in_words(std::chrono::seconds time) {
    constexpr std::array<std::pair<int, const char*>, 3> units{{{86400, "d"}, {3600, "h"}, {60, "m"}}};
    for (const auto& [seconds, name] : units) {
        if (time.count() % seconds == 0) return std::to_string(time.count() / seconds) + name;
    }
    return std::to_string(time.count()) + "s";
}

std::string time_of(const SchemeRules& rules) {
    const TimeRules& time = rules.time;
    if (time.in == TimeRules::In::none) return {};
    const std::string place = time.in == TimeRules::In::body ? pointer_of(time.path) : std::string(time.name);
    if (time.tolerance || rules.signs_time())
        return place + ", within " + in_words(time.tolerance.value_or(default_timestamp_tolerance));
    return place + ", looked at if timestamp_tolerance is set";
}

std::string condition_of(const Handshake& asked) {
    std::string words = asked.is_get ? "GET ?" : "";
    for (const Handshake::Term& term : asked.query) {
        if (!words.ends_with('?')) words += '&';
        words += std::string(term.name) + "=" +
                 (term.is_verify_token ? std::string("verify_token") : std::string(term.text));
    }
    const auto add = [&](const std::string& more) { words += (words.empty() ? "" : ", ") + more; };
    if (!asked.header.empty()) add("header " + std::string(asked.header));
    if (!asked.path.empty()) {
        add(pointer_of(asked.path) + (asked.present ? " is there" : " is " + std::string(asked.is)));
    }
    for (const auto& path : asked.absent) add("no " + pointer_of(path));
    return words;
}

std::string answer_to(const Handshake& asked) {
    if (asked.answer == Handshake::Answer::accepted) return "the answer to a webhook";
    std::string words;
    for (const Handshake::Echo& echo : asked.echoes) {
        std::string place =
            echo.from == Handshake::Echo::From::body ? pointer_of(echo.path) : std::string(echo.name);
        if (echo.hmac_hex) place = "HMAC-SHA256 of " + place;
        words += (words.empty() ? "" : ", ") + place;
    }
    return words + (asked.answer == Handshake::Answer::json ? ", as JSON" : "");
}

bool asks_for_token(const Handshake& asked) {
    return std::ranges::any_of(asked.query, &Handshake::Term::is_verify_token);
}

}  // namespace

VendorWords words_of(const VendorDefinition& vendor) {
    VendorWords words;
    words.time = time_of(vendor.rules);
    if (vendor.rules.signs(TextPart::Kind::url))
        words.needs.emplace_back("public_url, because the address is part of what is signed");
    if (std::ranges::any_of(vendor.handshakes, asks_for_token))
        words.needs.emplace_back("verify_token, or the vendor's GET is refused");
    if (vendor.never_repeats_refusals)
        words.needs.emplace_back("keep_rejected: true, because what was refused once is never sent again");
    for (const ExpectedText& expected : vendor.rules.expected)
        words.expects.push_back(pointer_of(expected.path) + " is " + std::string(expected.text));
    for (const Handshake& asked : vendor.handshakes)
        words.handshakes.push_back(condition_of(asked) + " -> " + answer_to(asked));
    return words;
}

}  // namespace chathook::verify
