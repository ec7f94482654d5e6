#include "doctor/signature_reading.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "support/ascii.hpp"
#include "verify/timestamp.hpp"

namespace chathook::doctor {

using verify::Algorithm;
using verify::Encoding;
using verify::HeaderShape;
using verify::Kind;
using verify::mac_bytes;
using verify::parse_time;
using verify::SchemeRules;
using verify::signatures_max;
using verify::TimeRules;
using verify::TimeUnit;

namespace {

constexpr std::size_t parts_max = 32;
constexpr std::size_t label_max = 16;     // shorter than any MAC, so that a label is safe to show
constexpr std::size_t meant_as_mac = 20;  // characters; shorter parts are not taken for a MAC

struct DigestSize {
    std::size_t bytes;
    std::string_view name;
};
constexpr std::array digest_sizes{DigestSize{16, "MD5"},     DigestSize{20, "SHA-1"},
                                  DigestSize{28, "SHA-224"}, DigestSize{32, "SHA-256"},
                                  DigestSize{48, "SHA-384"}, DigestSize{64, "SHA-512"}};

std::string_view digest_name(std::size_t bytes) noexcept {
    const auto* const found = std::ranges::find(digest_sizes, bytes, &DigestSize::bytes);
    return found == digest_sizes.end() ? std::string_view{} : found->name;
}

std::string_view name_of(Algorithm algorithm) noexcept { return digest_name(mac_bytes(algorithm)); }

bool is_label(std::string_view text) noexcept {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= label_max && std::ranges::all_of(text, allowed);
}

std::string_view without_quotes(std::string_view text) noexcept {
    const bool quoted =
        text.size() > 1 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
    return quoted ? text.substr(1, text.size() - 2) : text;
}

// Splits "sha256=MAC" into its two halves; base64 padding is not a label separator.
ReadMac split_label(std::string_view part) {
    part = without_quotes(part);
    const std::size_t equals = part.find('=');
    const bool labelled = equals != part.npos && is_label(part.substr(0, equals)) &&
                          part.find_first_not_of('=', equals) != part.npos;
    ReadMac read;
    read.label = labelled ? part.substr(0, equals) : std::string_view{};
    read.text = without_quotes(labelled ? part.substr(equals + 1) : part);
    return read;
}

void decode(ReadMac& read) {
    read.notation = notation_of(read.text);
    std::string bytes;
    if (!decode_loosely(read.text, read.notation, bytes)) return;
    read.bytes = bytes.size();
    const auto is_size = [&](Algorithm algorithm) { return bytes.size() == mac_bytes(algorithm); };
    if (!is_size(Algorithm::sha1) && !is_size(Algorithm::sha256) && !is_size(Algorithm::sha512)) return;
    read.mac.size = bytes.size();
    std::ranges::copy(bytes, read.mac.bytes.begin());
}

std::string counted(std::size_t count, std::string_view things) {
    return std::to_string(count) + " " + std::string(things);
}

std::string_view letters_of(Notation notation) noexcept {
    switch (notation) {
        case Notation::hex: return "hex digits";
        case Notation::base64: return "characters of base64";
        case Notation::base64url: return "characters of base64url";
        case Notation::none: break;
    }
    return "characters that are neither hex nor base64";
}

// For example "40 hex digits, a SHA-1".
std::string describe_mac(const ReadMac& read) {
    std::string text = counted(read.text.size(), letters_of(read.notation));
    const std::string_view digest = digest_name(read.bytes);
    if (!digest.empty()) text += ", the size of " + std::string(digest);
    return text;
}

std::string wanted_mac(const SchemeRules& rules) {
    if (rules.kind == Kind::token)
        return rules.encoding == Encoding::base64 ? "the token in base64" : "the token";
    if (rules.kind == Kind::public_key)
        return rules.encoding == Encoding::base64 ? "the signature in base64" : "the signature in hex";
    const std::string hex = counted(2 * mac_bytes(rules.algorithm), "hex digits");
    const std::string base64 = counted((mac_bytes(rules.algorithm) + 2) / 3 * 4, "characters of base64");
    if (rules.encoding == Encoding::base64) return base64;
    return rules.encoding == Encoding::hex ? hex : hex + " or " + base64;
}

// Why this MAC does not conform to the rules.
std::string explain_mac(const SchemeRules& rules, const ReadMac& read) {
    if (rules.kind == Kind::public_key) {
        return counted(read.text.size(), letters_of(read.notation)) + "; wanted: " + wanted_mac(rules);
    }
    const std::size_t bytes = mac_bytes(rules.algorithm);
    const std::string seen = describe_mac(read);
    const std::string wanted = "; wanted: " + wanted_mac(rules);
    if (read.notation == Notation::none) {
        return seen + wanted;
    }
    if (read.bytes == bytes && read.notation == Notation::base64url) {
        return seen + " (its '-' and '_' stand for '+' and '/')" + wanted;
    }
    if (read.bytes == bytes && rules.encoding == Encoding::hex) return seen + wanted;
    if (read.bytes == bytes) return seen + ", but with wrong padding or stray bits at the end" + wanted;
    if (!digest_name(read.bytes).empty()) {
        return seen + ", but this vendor signs with " + std::string(name_of(rules.algorithm)) + wanted;
    }
    const bool cut = read.notation == Notation::hex && read.text.size() < 2 * bytes;
    return seen + (cut ? ": some are missing" : "") + wanted;
}

bool has_time_pair(const SchemeRules& rules) noexcept { return rules.time.in == TimeRules::In::pair; }

// "t=SECONDS,v1=MAC"
std::string pairs_form(const SchemeRules& rules) {
    const std::string signature = std::string(rules.signature_key) + "=MAC";
    if (!has_time_pair(rules)) return signature;
    const bool milliseconds = rules.time.unit == TimeUnit::milliseconds;
    return std::string(rules.time.name) + (milliseconds ? "=MILLISECONDS," : "=SECONDS,") + signature;
}

std::string explain_time(const SchemeRules& rules, const ReadSignature& read) {
    const std::string key = std::string(rules.time.name) + "=";
    if (read.times == 0) return "no " + key + " in it; wanted: " + pairs_form(rules);
    if (read.times > 1) return "more than one " + key + " in it";
    return key + ' ' + explain_time_text(read.time, rules.time.unit);
}

std::string explain_pairs(const SchemeRules& rules, const ReadSignature& read) {
    if (has_time_pair(rules) && (read.times != 1 || !parse_time(read.time, rules.time.unit))) {
        return explain_time(rules, read);
    }
    const std::string key = std::string(rules.signature_key) + "=";
    const auto is_signature = [&](const ReadMac& mac) { return mac.label == rules.signature_key; };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(read.macs, is_signature));
    if (count > signatures_max) return counted(count, "times") + " " + key + " in it, which is too many";
    if (count == 0) {
        std::string labels;
        for (const ReadMac& mac : read.macs) {
            if (!mac.label.empty()) labels += (labels.empty() ? "" : ", ") + std::string(mac.label);
        }
        return "no " + key + " in it" + (labels.empty() ? "" : " but: " + labels) +
               "; wanted: " + pairs_form(rules);
    }
    for (const ReadMac& mac : read.macs) {
        if (!is_signature(mac)) continue;
        const bool right_size = mac.bytes == mac_bytes(rules.algorithm);
        const bool hex = mac.notation == Notation::hex;
        if (!right_size || hex != (rules.encoding != Encoding::base64))
            return key + " " + explain_mac(rules, mac);
    }
    return "not of the form " + pairs_form(rules) + ": a blank, a quotation mark or a stray comma is in it";
}

std::string explain_bare(const SchemeRules& rules, const ReadSignature& read, std::string_view value) {
    if (read.times > 0) return "of the form t=TIME,v1=MAC; wanted: " + wanted_form(rules);
    if (read.macs.empty()) {
        return counted(value.size(), "characters that hold no MAC; wanted: ") + wanted_form(rules);
    }
    if (read.macs.size() > 1) return counted(read.macs.size(), "signatures in one header; wanted: one");
    const ReadMac& mac = read.macs.front();
    const std::string written = mac.label.empty() ? "" : std::string(mac.label) + "=";
    if (written != rules.prefix) {
        const std::string seen = written.empty() ? "nothing precedes the MAC" : written + " precedes it";
        return seen + "; wanted: " + wanted_form(rules) + " (the rest is " + describe_mac(mac) + ")";
    }
    const ReadMac strict = [&] {
        ReadMac as_sent;
        as_sent.text = value.substr(rules.prefix.size());
        decode(as_sent);
        return as_sent;
    }();
    if (strict.notation == Notation::none && mac.notation != Notation::none) {
        return "quotation marks, blanks or other characters stand around the MAC; wanted: " +
               wanted_form(rules);
    }
    return explain_mac(rules, mac);
}

}  // namespace

std::string_view time_key(const SchemeRules& rules) noexcept {
    return has_time_pair(rules) ? rules.time.name : "t";
}

ReadSignature read_signature(std::string_view value, std::string_view time_key_of) {
    constexpr std::string_view separators = ",; \t";
    ReadSignature read;
    for (std::size_t parts = 0; parts < parts_max; ++parts) {
        const std::size_t first = value.find_first_not_of(separators);
        if (first == value.npos) break;
        value.remove_prefix(first);
        const std::string_view part = value.substr(0, value.find_first_of(separators));
        value.remove_prefix(part.size());
        ReadMac mac = split_label(part);
        if (mac.label == time_key_of) {
            if (read.times++ == 0) read.time = mac.text;
            continue;
        }
        decode(mac);
        const bool known_size = !digest_name(mac.bytes).empty();
        if (known_size || mac.text.size() >= meant_as_mac || mac.label == "v1") read.macs.push_back(mac);
    }
    return read;
}

std::string explain_time_text(std::string_view text, TimeUnit unit) {
    std::string wanted;
    switch (unit) {
        case TimeUnit::automatic: wanted = "seconds or milliseconds since 1970"; break;
        case TimeUnit::seconds: wanted = "the 10 digits of seconds since 1970"; break;
        case TimeUnit::milliseconds: wanted = "the 13 digits of milliseconds since 1970"; break;
        case TimeUnit::iso8601: wanted = "a date with its zone, as in 2026-11-21T20:00:00Z"; break;
    }
    if (text.empty()) return "is empty; wanted: " + wanted;
    if (!all_digits(text)) {
        return (unit == TimeUnit::iso8601 ? "is no such date or has no zone; wanted: "
                                          : "is not a whole number; wanted: ") +
               wanted;
    }
    const char* guess = "";
    if (text.size() == 10) guess = ", seconds";
    if (text.size() == 13) guess = ", milliseconds";
    if (text.size() == 16) guess = ", microseconds";
    if (text.size() == 19) guess = ", nanoseconds";
    return "has " + counted(text.size(), "digits") + guess + "; wanted: " + wanted;
}

std::string wanted_form(const SchemeRules& rules) {
    if (rules.shape == HeaderShape::pairs) {
        const std::string form = pairs_form(rules);
        return form.substr(0, form.rfind("MAC")) + " and " + wanted_mac(rules);
    }
    if (rules.shape == HeaderShape::list)
        return std::string(rules.signature_key) + ", and " + wanted_mac(rules);
    if (rules.prefix.empty()) return wanted_mac(rules) + " and nothing else";
    return std::string(rules.prefix) + " and " + wanted_mac(rules);
}

std::string describe_form(const SchemeRules& rules, std::string_view value) {
    const ReadSignature read = read_signature(value, time_key(rules));
    if (read.macs.empty()) return wanted_form(rules);
    std::string text;
    if (rules.shape == HeaderShape::pairs) {
        text = (has_time_pair(rules) ? std::string(rules.time.name) + "= and " : "") +
               std::string(rules.signature_key) + "= with ";
    }
    if (!rules.prefix.empty()) text = std::string(rules.prefix) + " and ";
    const ReadMac& first = read.macs.front();
    // Of public keys' signatures the size says nothing.
    const bool is_mac = rules.kind == Kind::hmac;
    return text + (is_mac ? describe_mac(first) : counted(first.text.size(), letters_of(first.notation)));
}

std::string explain_form(const SchemeRules& rules, std::string_view value) {
    const ReadSignature read = read_signature(value, time_key(rules));
    switch (rules.shape) {
        case HeaderShape::pairs: return explain_pairs(rules, read);
        case HeaderShape::list:
            return "not of the form " + std::string(rules.signature_key) +
                   ",MAC with blanks between several; wanted: " + wanted_form(rules);
        case HeaderShape::bare: break;
    }
    return explain_bare(rules, read, value);
}

}  // namespace chathook::doctor
