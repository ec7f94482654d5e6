#include "vendor_file/rules_reading.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "mapping/pointer.hpp"
#include "support/ascii.hpp"
#include "vendor_file/signed_text_reading.hpp"
#include "vendor_file/words.hpp"

namespace chathook::vendor_file {
namespace {

using namespace std::chrono_literals;
using verify::Algorithm;
using verify::Encoding;
using verify::HeaderShape;
using verify::KeyForm;
using verify::Kind;
using verify::PublicKeyAlgorithm;
using verify::SchemeRules;
using verify::TextPart;
using verify::TimeRules;
using verify::TimeUnit;
using yaml::in_quotes;
using yaml::Place;

template <class Value, std::size_t size>
using WordTable = std::array<std::pair<std::string_view, Value>, size>;

constexpr std::size_t expected_max = 8;

constexpr WordTable<Kind, 3> kinds{
    {{"hmac", Kind::hmac}, {"token", Kind::token}, {"public-key", Kind::public_key}}};
constexpr WordTable<Algorithm, 3> algorithms{
    {{"sha1", Algorithm::sha1}, {"sha256", Algorithm::sha256}, {"sha512", Algorithm::sha512}}};
constexpr WordTable<PublicKeyAlgorithm, 3> public_key_algorithms{
    {{"ed25519", PublicKeyAlgorithm::ed25519},
     {"ecdsa-p256-sha256", PublicKeyAlgorithm::ecdsa_p256_sha256},
     {"rsa-pkcs1-sha256", PublicKeyAlgorithm::rsa_pkcs1_sha256}}};
constexpr WordTable<KeyForm, 4> key_forms{
    {{"text", KeyForm::text}, {"base64", KeyForm::base64}, {"hex", KeyForm::hex}, {"whsec", KeyForm::whsec}}};
constexpr WordTable<KeyForm, 3> public_key_forms{
    {{"pem", KeyForm::pem}, {"spki-base64", KeyForm::spki_base64}, {"raw-hex", KeyForm::raw_hex}}};
constexpr WordTable<HeaderShape, 3> shapes{
    {{"bare", HeaderShape::bare}, {"pairs", HeaderShape::pairs}, {"list", HeaderShape::list}}};
constexpr WordTable<TimeUnit, 4> units{{{"s", TimeUnit::seconds},
                                        {"ms", TimeUnit::milliseconds},
                                        {"iso8601", TimeUnit::iso8601},
                                        {"auto", TimeUnit::automatic}}};

// Leaves `value` unchanged if the place is absent or wrong.
template <class Value, std::size_t size>
void read_word(const Place& at, const WordTable<Value, size>& table, Value& value) {
    std::vector<std::string> words;
    for (const auto& [word, ignored] : table) words.emplace_back(word);
    std::string chosen;
    if (!at.choice(chosen, words)) return;
    for (const auto& [word, meant] : table) {
        if (word == chosen) value = meant;
    }
}

// The steps; none, and an error at the place, if the text is no pointer into the body.
std::span<const std::string_view> steps_of(const Place& at, const std::string& pointer, Texts& texts) {
    std::string fault = mapping::Pointer::fault_of(pointer);
    if (fault.empty() && !pointer.starts_with('/')) fault = "must begin with '/'";
    if (fault.empty()) return texts.keep_path(pointer);
    at.error(in_quotes(pointer) + " " + fault);
    return {};
}

// "hex", "base64" or both as a list.
void read_encoding(const Place& at, SchemeRules& rules) {
    if (!at.present()) return;
    if (rules.kind == Kind::token) {
        constexpr WordTable<Encoding, 2> of_tokens{{{"text", Encoding::text}, {"base64", Encoding::base64}}};
        return read_word(at, of_tokens, rules.encoding);
    }
    constexpr WordTable<Encoding, 2> of_macs{{{"hex", Encoding::hex}, {"base64", Encoding::base64}}};
    const std::vector<Place> items = at.items(2);
    for (const Place& item : items) read_word(item, of_macs, rules.encoding);
    if (items.size() < 2) return;
    if (rules.kind == Kind::public_key) {
        at.error(
            "names two encodings, whose lengths meet, for a signature has no fixed one; write hex or base64");
    }
    rules.encoding = Encoding::hex_or_base64;
}

void read_body_form(const Place& at, SchemeRules& rules) {
    if (!at.present()) return;
    std::vector<std::string> forms;
    for (const Place& item : at.items(2)) {
        std::string form;
        if (item.choice(form, {"raw", "stringified"})) forms.push_back(std::move(form));
    }
    if (forms == std::vector<std::string>{"raw", "stringified"}) {
        rules.body = verify::BodyForm::raw_or_stringified;
    } else if (forms != std::vector<std::string>{"raw"}) {
        at.error("must be raw, or [raw, stringified]");
    }
}

void read_time(const Place& at, SchemeRules& rules, Texts& texts) {
    if (!at.present()) return;
    const Place header = at["header"];
    const Place pair = at["pair"];
    const Place pointer = at["pointer"];
    TimeRules& time = rules.time;
    if (header.present() + pair.present() + pointer.present() != 1) {
        at.error("must say where the time stands: one of header, pair and pointer");
    }
    if (header.present()) {
        time.in = TimeRules::In::header;
        time.name = read_header_name(header, texts);
    } else if (pair.present()) {
        std::string key;
        time.in = TimeRules::In::pair;
        if (pair.text(key)) time.name = texts.keep(std::move(key));
        if (rules.shape != HeaderShape::pairs) pair.error("needs form: pairs");
    } else if (pointer.present()) {
        time.in = TimeRules::In::body;
        time.path = read_path(pointer, texts);
    }
    read_word(at["unit"], units, time.unit);
    std::chrono::seconds tolerance{};
    if (at["tolerance"].duration(tolerance, 1s, 24h)) time.tolerance = tolerance;
}

// What has no meaning with tokens, which sign nothing.
void refuse_beside_token(const Place& at) {
    for (const char* key : {"time", "text", "body", "algorithm", "id", "key"}) {
        const Place place = at[key];
        if (place.present()) {
            place.error(
                "has no meaning with kind: token, which proves the sender and nothing of what was sent; "
                "remove it");
        }
    }
}

// Whether the end of a part that is on the body's left, or the beginning of one on its right, is certain,
// given what stands between it and the body.
bool is_bounded(const TextPart& part, const TextPart& beside, bool before_body, const SchemeRules& rules) {
    using Part = TextPart::Kind;
    if (part.kind == Part::id || part.kind == Part::header) return beside.kind == Part::literal;
    if (part.kind != Part::time || rules.time.unit != TimeUnit::automatic) return true;
    // Digits end where something else begins. A URL begins with a letter, and may end in a digit.
    if (beside.kind == Part::method || (beside.kind == Part::url && before_body)) return true;
    if (beside.kind != Part::literal) return false;
    return !is_digit(before_body ? beside.text.front() : beside.text.back());
}

// One text, one reading: from both ends towards the body, the end of every part is certain. An id or a header
// ends at the fixed text beside it, which may not occur in it (verify/claim.hpp). Times of one length, and
// those of ISO 8601, of which none begins or ends another, need nothing.
void judge_borders(const Place& at, const SchemeRules& rules) {
    const auto is_body = [](const TextPart& part) {
        return part.kind == TextPart::Kind::body || part.kind == TextPart::Kind::form;
    };
    const auto body =
        static_cast<std::size_t>(std::ranges::find_if(rules.text, is_body) - rules.text.begin());
    for (std::size_t i = 0; i < rules.text.size(); ++i) {
        if (i == body || is_body(rules.text[i])) continue;
        const bool before = i < body;
        if (before && i + 1 == rules.text.size()) continue;  // there is no body, which is an error of its own
        const TextPart& beside = rules.text[before ? i + 1 : i - 1];
        if (is_bounded(rules.text[i], beside, before, rules)) continue;
        at.error(
            "has two parts side by side whose border nobody signs: characters could be moved from one to the "
            "other; write a character between them, or a {time} with unit: s, ms or iso8601");
        return;
    }
}

void judge_text(const Place& at, const SchemeRules& rules) {
    using Part = TextPart::Kind;
    if (rules.text.empty()) return;
    if (!rules.signs(Part::body) && !rules.signs(Part::form)) {
        at.error(
            "has neither {body} nor {form}: the body would be anybody's; a vendor that does not sign it "
            "cannot "
            "be verified");
    }
    if (rules.signs(Part::form) && rules.signs_stringified()) {
        at.error("has {form}, which has no JSON.stringify form; write body: raw");
    }
    if (rules.signs(Part::time) && rules.time.in != TimeRules::In::header &&
        rules.time.in != TimeRules::In::pair) {
        at.error(rules.time.in == TimeRules::In::body
                     ? "has {time}, which is a time in a header or a pair; a time in the body, at a pointer, "
                       "is signed "
                       "with it"
                     : "has {time}: say where it stands, as in time: {header: X-Timestamp, unit: s}");
    }
    if (rules.signs(Part::id) && rules.id_header.empty()) {
        at.error("has {id}: say where it stands, as in id: {header: webhook-id}");
    }
    for (const auto& [kind, name] : {std::pair(Part::body, "{body}"), std::pair(Part::form, "{form}")}) {
        if (std::ranges::count(rules.text, kind, &TextPart::kind) < 2) continue;
        return at.error("has " + std::string(name) + " twice; take one out");
    }
    if (rules.signs(Part::body) && rules.signs(Part::form)) {
        return at.error("has {body} and {form}, which are the same bytes; take one out");
    }
    judge_borders(at, rules);
}

void judge_time(const Place& at, const SchemeRules& rules) {
    const bool outside = rules.time.in == TimeRules::In::header || rules.time.in == TimeRules::In::pair;
    if (outside && !rules.signs_time()) {
        at.error(
            "is not part of the signed text, so anybody could set it: put {time} into text, or remove it");
    }
}

void read_grammar(const Place& at, SchemeRules& rules, Texts& texts) {
    read_word(at["form"], shapes, rules.shape);
    const Place prefix = at["prefix"];
    const Place signature = at["signature"];
    std::string text;
    if (prefix.text(text)) {
        const char last = text.back();
        const bool blurred =
            (last >= '0' && last <= '9') || (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
        if (blurred) prefix.warning("ends in a letter or digit, as the signature begins; is a '=' missing?");
        if (rules.shape != HeaderShape::bare) prefix.error("has a meaning with form: bare only; remove it");
        rules.prefix = texts.keep(std::move(text));
    }
    const bool keyed = rules.shape != HeaderShape::bare;
    if (keyed && !signature.required("write the key whose values are signatures, as in signature: v1"))
        return;
    std::string key;
    if (!signature.text(key)) return;
    if (!keyed) signature.error("has a meaning with form: pairs or list only; remove it");
    rules.signature_key = texts.keep(std::move(key));
}

void read_algorithm(const Place& at, SchemeRules& rules) {
    if (rules.kind == Kind::hmac) {
        read_word(at["algorithm"], algorithms, rules.algorithm);
        return read_word(at["key"], key_forms, rules.key);
    }
    const Place algorithm = at["algorithm"];
    const Place key = at["key"];
    if (algorithm.required("write ed25519, ecdsa-p256-sha256 or rsa-pkcs1-sha256")) {
        read_word(algorithm, public_key_algorithms, rules.public_key);
    }
    if (key.required("write pem, spki-base64 or raw-hex")) read_word(key, public_key_forms, rules.key);
    if (rules.key == KeyForm::raw_hex && rules.public_key != PublicKeyAlgorithm::ed25519) {
        key.error("must be pem or spki-base64: raw-hex is for ed25519 only");
    }
}

}  // namespace

std::string_view read_header_name(const Place& at, Texts& texts) {
    std::string name;
    if (!at.text(name)) return {};
    if (!is_header_name(name)) {
        at.error(in_quotes(name) + " is not the name of a header; use letters, digits and '-'");
        return {};
    }
    if (name.find('_') != name.npos) {
        at.warning(in_quotes(name) +
                   " has a '_': nginx drops such headers unless underscores_in_headers is on");
    }
    return texts.keep(std::move(name));
}

std::span<const std::string_view> read_path(const Place& at, Texts& texts) {
    std::string pointer;
    if (!at.text(pointer)) return {};
    return steps_of(at, pointer, texts);
}

std::vector<std::string> signed_headers(const SchemeRules& rules) {
    std::vector<std::string> names;
    for (const TextPart& part : rules.text) {
        if (part.kind == TextPart::Kind::header) names.emplace_back(part.text);
    }
    if (rules.signs(TextPart::Kind::id)) names.emplace_back(rules.id_header);
    if (rules.signs_time() && rules.time.in == TimeRules::In::header) names.emplace_back(rules.time.name);
    return names;
}

std::span<const verify::ExpectedText> read_expected(const Place& at, Texts& texts) {
    if (!at.present()) return {};
    std::vector<verify::ExpectedText> expected;
    for (const auto& [pointer, place] : at.entries(expected_max)) {
        const auto path = steps_of(place, pointer, texts);
        std::string text;
        if (place.text(text)) expected.push_back({path, texts.keep(std::move(text))});
    }
    return texts.keep(std::move(expected));
}

SchemeRules read_rules(const Place& at, Texts& texts) {
    SchemeRules rules;
    read_word(at["kind"], kinds, rules.kind);
    const Place header = at["header"];
    const Place pointer = at["pointer"];
    if (rules.kind == Kind::token) rules.encoding = Encoding::text;
    if (rules.kind == Kind::token && pointer.present()) {
        rules.token_path = read_path(pointer, texts);
        if (header.present()) header.error("header and pointer both stand here; keep one");
    } else if (pointer.present()) {
        pointer.error("has a meaning with kind: token only; remove it");
    } else if (header.required(
                   rules.kind == Kind::token
                       ? "write the header with the token, as in header: X-Token, or the place in the "
                         "body where it stands, as in pointer: /token"
                       : "write the header with the signature, as in header: X-Signature")) {
        rules.header = read_header_name(header, texts);
    }
    read_grammar(at, rules, texts);
    if (rules.kind == Kind::token) {
        refuse_beside_token(at);
    } else {
        read_algorithm(at, rules);
    }
    read_encoding(at["encoding"], rules);
    if (rules.kind == Kind::token) return rules;
    const Place text = at["text"];
    rules.text = texts.keep(read_signed_text(text, texts));
    read_body_form(at["body"], rules);
    const Place id = at["id"];
    if (id.present()) rules.id_header = read_header_name(id["header"], texts);
    if (id.present() && !rules.signs(TextPart::Kind::id)) {
        id.error("is not part of the signed text, so anybody could set it: put {id} into text, or remove it");
    }
    read_time(at["time"], rules, texts);
    judge_text(text, rules);
    judge_time(at["time"], rules);
    return rules;
}

}  // namespace chathook::vendor_file
