#include "verify/claim.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "verify/encoding.hpp"
#include "verify/timestamp.hpp"

namespace chathook::verify {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

// Pairs are separated by commas, white space around a pair is ignored, and a key ends at the first '='. There
// must be exactly one time, if one is signed, and one to signatures_max signatures. Other keys are reserved
// for other versions of the scheme and ignored, as in the vendors' own samples.
template <class Take>
bool walk_pairs(const SchemeRules& rules, std::string_view value, std::string_view& time, const Take& take) {
    const bool timed = rules.time.in == TimeRules::In::pair;
    std::size_t signatures = 0;
    while (true) {
        const std::size_t comma = value.find(',');
        const std::string_view pair = trimmed(value.substr(0, comma));
        const std::size_t equals = pair.find('=');
        if (equals == pair.npos) return false;
        const std::string_view key = pair.substr(0, equals);
        const std::string_view text = pair.substr(equals + 1);
        if (timed && key == rules.time.name) {
            if (!time.empty() || text.empty()) return false;
            time = text;
        } else if (key == rules.signature_key) {
            if (++signatures > signatures_max || !take(text)) return false;
        }
        if (comma == value.npos) break;
        value.remove_prefix(comma + 1);
    }
    return signatures > 0 && (!timed || !time.empty());
}

// Entries are separated by blanks, and a key ends at the first comma. Other keys are ignored: in Standard
// Webhooks they are versions that others understand.
template <class Take>
bool walk_list(const SchemeRules& rules, std::string_view value, const Take& take) {
    std::size_t signatures = 0;
    for (value = trimmed(value); !value.empty(); value = trimmed(value)) {
        const std::string_view entry = value.substr(0, value.find(' '));
        value.remove_prefix(entry.size());
        const std::size_t comma = entry.find(',');
        if (comma == entry.npos) return false;
        if (entry.substr(0, comma) != rules.signature_key) continue;
        if (++signatures > signatures_max || !take(entry.substr(comma + 1))) return false;
    }
    return signatures > 0;
}

template <class Take>
bool walk_signatures(const SchemeRules& rules, std::string_view value, std::string_view& time,
                     const Take& take) {
    switch (rules.shape) {
        case HeaderShape::pairs: return walk_pairs(rules, value, time, take);
        case HeaderShape::list: return walk_list(rules, value, take);
        case HeaderShape::bare: break;
    }
    return value.starts_with(rules.prefix) && take(value.substr(rules.prefix.size()));
}

bool read_mac(const SchemeRules& rules, std::string_view text, Mac& mac) noexcept {
    mac.size = mac_bytes(rules.algorithm);
    const std::span<std::uint8_t> bytes = std::span(mac.bytes).first(mac.size);
    if (rules.encoding != Encoding::base64 && decode_hex(text, bytes)) return true;
    return rules.encoding != Encoding::hex && decode_base64(text, bytes);
}

Result<std::string_view> single(const Request& request, std::string_view name) noexcept {
    const HeaderValue found = header(request.fields, name);
    if (found.count > 1) return Errc::repeated_signature;
    if (found.value.empty()) return Errc::missing_signature;
    return found.value;
}

// The headers that are signed beside the body.
std::optional<Errc> read_signed_headers(const SchemeRules& rules, const Request& request, Claim& claim) {
    if (rules.time.in == TimeRules::In::header) {
        const auto time = single(request, rules.time.name);
        if (!time) return time.error();
        claim.time_text = *time;
    }
    if (!rules.id_header.empty()) {
        const auto id = single(request, rules.id_header);
        if (!id) return id.error();
        claim.id = *id;
    }
    for (std::size_t i = 0; i < rules.text.size(); ++i) {
        const TextPart& part = rules.text[i];
        const bool is_id = part.kind == TextPart::Kind::id;
        if (!is_id && part.kind != TextPart::Kind::header) continue;
        const auto value = single(request, is_id ? rules.id_header : part.text);
        if (!value) return value.error();
        if (blurs_border(*value, rules.text, i)) return Errc::malformed_signature;
    }
    return std::nullopt;
}

}  // namespace

namespace {

bool is_before_body(std::span<const TextPart> text, std::size_t part) noexcept {
    return std::ranges::any_of(text.subspan(part), [](const TextPart& later) {
        return later.kind == TextPart::Kind::body || later.kind == TextPart::Kind::form;
    });
}

}  // namespace

std::string_view border_of(std::span<const TextPart> text, std::size_t part) noexcept {
    const bool before = is_before_body(text, part);
    if (before ? part + 1 == text.size() : part == 0) return {};
    const TextPart& beside = text[before ? part + 1 : part - 1];
    return beside.kind == TextPart::Kind::literal ? beside.text : std::string_view();
}

// In "{id}.{time}.{body}" a full stop in the id would move the beginning of what is signed as the body into
// the id and the time. Standard Webhooks asks senders for ids without one. In "{body}.{id}" it would move the
// body's end.
bool blurs_border(std::string_view value, std::span<const TextPart> text, std::size_t part) {
    const std::string_view border = border_of(text, part);
    if (border.empty()) return false;
    // Together, because the border may begin at the value's end: "a-" before "--".
    if (is_before_body(text, part)) return std::string(value).append(border).find(border) != value.size();
    return std::string(border).append(value).rfind(border) != 0;
}

Result<std::string_view> read_signature_header(const SchemeRules& rules, const Request& request) noexcept {
    if (rules.has_token_in_body()) return std::string_view();
    return single(request, rules.header);
}

std::optional<Errc> read_claim(const SchemeRules& rules, const Request& request, Claim& claim) {
    claim.request = &request;
    if (rules.has_token_in_body()) return std::nullopt;
    const Result<std::string_view> value = single(request, rules.header);
    if (!value) return value.error();
    if (const auto error = read_signed_headers(rules, request, claim)) return error;
    if (!walk_signatures(rules, *value, claim.time_text, [&](std::string_view text) {
            if (rules.kind != Kind::hmac) return !text.empty();
            return read_mac(rules, text, claim.macs.emplace_back());
        }))
        return Errc::malformed_signature;
    if (rules.time.in != TimeRules::In::header && rules.time.in != TimeRules::In::pair) return std::nullopt;
    claim.time = parse_time(claim.time_text, rules.time.unit);
    if (!claim.time) return Errc::malformed_signature;
    return std::nullopt;
}

bool has_signature_form(const SchemeRules& rules, std::string_view value) {
    std::string_view time;
    Mac mac;
    const bool formed = walk_signatures(rules, value, time, [&](std::string_view text) {
        return rules.kind == Kind::hmac ? read_mac(rules, text, mac) : !text.empty();
    });
    return formed && (rules.time.in != TimeRules::In::pair || parse_time(time, rules.time.unit));
}

boost::container::small_vector<std::string_view, 1> signature_texts(const SchemeRules& rules,
                                                                    const Request& request) {
    boost::container::small_vector<std::string_view, 1> texts;
    std::string_view time;
    walk_signatures(rules, header(request.fields, rules.header).value, time, [&](std::string_view text) {
        texts.push_back(text);
        return true;
    });
    return texts;
}

}  // namespace chathook::verify
