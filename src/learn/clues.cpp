#include "learn/clues.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "doctor/loose_encoding.hpp"
#include "support/ascii.hpp"
#include "verify/timestamp.hpp"

namespace chathook::learn {
namespace {

using verify::Encoding;
using verify::HeaderShape;
using verify::TextPart;
using verify::TimeUnit;

constexpr std::size_t prefix_max = 40;
constexpr std::size_t word_max = 15;               // of a prefix: "HMAC", "ed25519"
constexpr std::size_t signature_bytes_min = 20;    // SHA-1
constexpr std::size_t signature_bytes_max = 1024;  // RSA with 8192 bits
constexpr std::size_t value_bytes_max = 256;
constexpr std::size_t parts_max = 16;

// What clients and proxies add to any request.
constexpr std::array<std::string_view, 22> usual_headers{"accept",
                                                         "accept-encoding",
                                                         "accept-language",
                                                         "cache-control",
                                                         "cdn-loop",
                                                         "connection",
                                                         "content-length",
                                                         "content-type",
                                                         "cookie",
                                                         "forwarded",
                                                         "host",
                                                         "keep-alive",
                                                         "pragma",
                                                         "transfer-encoding",
                                                         "upgrade-insecure-requests",
                                                         "user-agent",
                                                         "via",
                                                         "x-forwarded-for",
                                                         "x-forwarded-host",
                                                         "x-forwarded-port",
                                                         "x-forwarded-proto",
                                                         "x-real-ip"};

std::string_view trimmed(std::string_view text) noexcept { return doctor::without_blanks_around(text); }

// Splits at any of the separators, leaving out empty parts.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (!text.empty() && parts.size() < parts_max) {
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        const std::string_view part = trimmed(text.substr(0, end));
        if (!part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

class Clues {
public:
    void add_header(const Field& field) {
        header_ = field.name;
        const std::string_view value = field.value;
        add(value, {.prefix = {}});
        // The prefix ends behind a character that is not part of a signature, or may be the padding of one.
        for (std::size_t end = 0; end < std::min(prefix_max, value.size()); ++end) {
            constexpr std::string_view ends = "= :;|";
            if (ends.find(value[end]) != ends.npos)
                add(value.substr(end + 1), {.prefix = value.substr(0, end + 1)});
        }
        if (value.find(',') == value.npos) return;
        for (const std::string_view pair : split(value, ",")) {
            const std::size_t equals = pair.find('=');
            if (equals == pair.npos || equals == 0) continue;
            add(trimmed(pair.substr(equals + 1)),
                {.shape = HeaderShape::pairs, .key = trimmed(pair.substr(0, equals))});
        }
        for (const std::string_view entry : split(value, " ")) {
            const std::size_t comma = entry.find(',');
            if (comma == entry.npos || comma == 0) continue;
            add(entry.substr(comma + 1), {.shape = HeaderShape::list, .key = entry.substr(0, comma)});
        }
    }

    std::vector<SignatureClue> take() { return std::move(clues_); }

private:
    struct Form {
        HeaderShape shape = HeaderShape::bare;
        std::string_view prefix = {};
        std::string_view key = {};
    };

    // Every reading of `text` as the bytes of a signature: what is hex is base64 as well.
    void add(std::string_view text, const Form& form) {
        if (!is_prefix(form.prefix) || !is_prefix(form.key)) return;
        const doctor::Notation notation = doctor::notation_of(text);
        if (notation == doctor::Notation::none) return;
        if (notation == doctor::Notation::hex) add(text, form, doctor::Notation::hex);
        add(text, form, notation == doctor::Notation::base64url ? notation : doctor::Notation::base64);
    }

    void add(std::string_view text, const Form& form, doctor::Notation notation) {
        std::string bytes;
        if (clues_.size() == clues_max || !doctor::decode_loosely(text, notation, bytes)) return;
        if (bytes.size() < signature_bytes_min || bytes.size() > signature_bytes_max) return;
        SignatureClue clue;
        clue.header = header_;
        clue.shape = form.shape;
        clue.prefix = form.prefix;
        clue.key = form.key;
        clue.encoding = notation == doctor::Notation::hex ? Encoding::hex : Encoding::base64;
        clue.url_alphabet = notation == doctor::Notation::base64url;
        clue.bytes.assign(bytes.begin(), bytes.end());
        clues_.push_back(std::move(clue));
    }

    std::string_view header_;
    std::vector<SignatureClue> clues_;
};

// The unit in which the text is a time; nullopt if it is none that rules can say.
std::optional<TimeUnit> unit_of(std::string_view text) {
    for (const TimeUnit unit : {TimeUnit::seconds, TimeUnit::milliseconds, TimeUnit::iso8601}) {
        if (verify::parse_time(text, unit)) return unit;
    }
    return std::nullopt;
}

bool is_id_name(std::string_view name) {
    std::string text(name);
    std::ranges::transform(text, text.begin(), to_lower);
    return text.ends_with("-id") || text.ends_with("_id") || text == "id" || text.ends_with("-uuid") ||
           text.ends_with("nonce") || text.ends_with("delivery");
}

}  // namespace

std::vector<SignatureClue> signature_clues(const Request& request) {
    Clues clues;
    for (const Field& field : request.fields) {
        if (!is_usual_header(field.name)) clues.add_header(field);
    }
    return clues.take();
}

std::vector<SignedValue> signed_values(const Request& request, std::string_view public_url) {
    std::vector<SignedValue> times, ids, others;
    for (const Field& field : request.fields) {
        if (is_usual_header(field.name) || field.value.empty()) continue;
        if (times.size() + ids.size() + others.size() >= values_max) break;
        if (const auto unit = unit_of(field.value)) {
            times.push_back({TextPart::Kind::time, field.value, field.name, *unit, {}});
        } else if (field.value.size() <= value_bytes_max) {
            const bool is_id = is_id_name(field.name);
            (is_id ? ids : others)
                .push_back({is_id ? TextPart::Kind::id : TextPart::Kind::header,
                            field.value,
                            field.name,
                            TimeUnit::automatic,
                            {}});
        }
        for (const std::string_view pair : split(field.value, ",")) {
            const std::size_t equals = pair.find('=');
            if (equals == pair.npos || equals == 0) continue;
            const std::string_view value = trimmed(pair.substr(equals + 1));
            if (const auto unit = unit_of(value))
                times.push_back(
                    {TextPart::Kind::time, value, trimmed(pair.substr(0, equals)), *unit, field.name});
        }
    }
    std::vector<SignedValue> values = std::move(times);
    values.insert(values.end(), ids.begin(), ids.end());
    values.insert(values.end(), others.begin(), others.end());
    values.push_back({TextPart::Kind::method, request.method, {}, TimeUnit::automatic, {}});
    if (!public_url.empty()) values.push_back({TextPart::Kind::url, public_url, {}, TimeUnit::automatic, {}});
    if (request.path.size() > 1)
        values.push_back({TextPart::Kind::literal, request.path, {}, TimeUnit::automatic, {}});
    return values;
}

bool is_usual_header(std::string_view name) {
    return std::ranges::any_of(usual_headers,
                               [&](std::string_view usual) { return equals_ignoring_case(name, usual); });
}

bool is_prefix(std::string_view text) {
    std::size_t run = 0;
    for (const char c : text) {
        if (c < ' ' || c > '~') return false;
        run = is_alphanumeric(c) ? run + 1 : 0;
        if (run > word_max) return false;
    }
    return text.size() <= prefix_max;
}

bool has_more_values(const Request& request) {
    return std::ranges::count_if(request.fields, [](const Field& field) {
               return !is_usual_header(field.name) && !field.value.empty();
           }) > static_cast<std::ptrdiff_t>(values_max);
}

bool is_web_signature(std::string_view value) {
    const std::size_t blank = value.find(' ');  // Bearer
    if (blank != value.npos) value = trimmed(value.substr(blank + 1));
    const std::size_t first = value.find('.');
    if (first == value.npos || value.find('.', first + 1) == value.npos) return false;
    std::string head;
    return doctor::decode_loosely(value.substr(0, first), doctor::Notation::base64url, head) &&
           head.starts_with('{') && head.ends_with('}');
}

}  // namespace chathook::learn
