#include "learn/search.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "doctor/body_variants.hpp"
#include "doctor/secret_variants.hpp"
#include "ecma/stringify.hpp"
#include "learn/clues.hpp"
#include "learn/templates.hpp"
#include "learn/tokens.hpp"
#include "support/ascii.hpp"
#include "verify/encoding.hpp"
#include "verify/hmac.hpp"
#include "verify/key_form.hpp"
#include "verify/public_key.hpp"
#include "verify/signed_text.hpp"

namespace chathook::learn {
namespace {

using verify::Algorithm;
using verify::KeyForm;
using verify::Kind;
using verify::PublicKeyAlgorithm;

constexpr std::size_t usual_extras_max = 2;

// What an attempt costs besides hashing, as a number of hashed bytes.
constexpr std::uint64_t bytes_per_text = 512;
constexpr std::uint64_t bytes_per_mac = 512;
constexpr std::uint64_t bytes_per_public_key = 60'000;
constexpr std::uint64_t form_factor = 16;  // to decode and sort a byte of a form

constexpr std::array<std::pair<KeyForm, std::string_view>, 4> key_forms{
    {{KeyForm::text, ""}, {KeyForm::whsec, "whsec"}, {KeyForm::base64, "base64"}, {KeyForm::hex, "hex"}}};
constexpr std::array<std::pair<KeyForm, std::string_view>, 3> public_key_forms{
    {{KeyForm::pem, "pem"}, {KeyForm::spki_base64, "spki-base64"}, {KeyForm::raw_hex, "raw-hex"}}};
constexpr std::array<std::pair<Algorithm, std::string_view>, 3> algorithms{
    {{Algorithm::sha256, ""}, {Algorithm::sha1, "sha1"}, {Algorithm::sha512, "sha512"}}};
constexpr std::array<std::pair<PublicKeyAlgorithm, std::string_view>, 3> public_key_algorithms{
    {{PublicKeyAlgorithm::ed25519, "ed25519"},
     {PublicKeyAlgorithm::ecdsa_p256_sha256, "ecdsa-p256-sha256"},
     {PublicKeyAlgorithm::rsa_pkcs1_sha256, "rsa-pkcs1-sha256"}}};

// A key that a secret may give, for one algorithm.
struct Key {
    std::size_t secret = 0;
    std::string_view form;
    std::string_view algorithm;
    std::optional<verify::HmacKey> hmac;
    std::optional<verify::PublicKey> public_key;
    std::string obstacle;  // the secret has to be changed first
};

// What is signed in place of the body.
struct Body {
    std::string text;
    bool stringified = false;
    std::string obstacle;  // no rules can say it, or the body was changed on the way
};

class Search {
public:
    Search(const Evidence& evidence, std::uint64_t bytes_max)
        : evidence_(evidence),
          clues_(signature_clues(evidence.request)),
          values_(signed_values(evidence.request, evidence.public_url)),
          bytes_left_(bytes_max) {}

    Learned run() {
        const std::vector<Key> keys = usual_keys();
        has_form_ = is_form() && verify::sorted_form(evidence_.request.body).has_value();
        if (clues_.empty()) {
            learned_.lessons = token_lessons(evidence_);
            return finish();
        }
        const std::vector<Body> bodies = usual_bodies();
        std::size_t extras = 0;
        for (; extras <= usual_extras_max && !is_over(); ++extras) try_all(extras, keys, bodies);
        if (!is_over()) learned_.lessons = token_lessons(evidence_);
        for (; extras <= extras_max && !is_over(); ++extras) try_all(extras, keys, bodies);
        if (!is_over()) try_what_no_rules_say(keys, bodies);
        return finish();
    }

private:
    Learned finish() {
        if (has_more_values(evidence_.request) && learned_.lessons.empty()) learned_.complete = false;
        if (learned_.lessons.empty()) learned_.remarks = remarks_on(evidence_, !clues_.empty());
        learned_.bytes_left = bytes_left_;
        return std::move(learned_);
    }

    void try_what_no_rules_say(const std::vector<Key>& keys, const std::vector<Body>& bodies) {
        const std::vector<Body> changed = changed_bodies();
        const std::vector<Key> changed_secrets = changed_keys();
        for (std::size_t extras = 0; extras <= usual_extras_max && !is_over(); ++extras)
            try_all(extras, keys, digests());
        if (!is_over()) try_without_body(keys);
        for (std::size_t extras = 0; extras <= usual_extras_max && !is_over(); ++extras)
            try_all(extras, changed_secrets, bodies);
        for (std::size_t extras = 0; extras <= usual_extras_max && !is_over(); ++extras)
            try_all(extras, keys, changed);
    }

    bool is_over() const { return !learned_.lessons.empty() || !learned_.complete; }

    // The algorithms whose MACs have the length of some clue.
    bool is_wanted(std::size_t bytes) const {
        return std::ranges::any_of(clues_,
                                   [&](const SignatureClue& clue) { return clue.bytes.size() == bytes; });
    }

    void add_macs(std::vector<Key>& keys, std::size_t secret, std::string_view form, std::string_view bytes,
                  const std::string& obstacle) const {
        if (bytes.empty()) return;
        for (const auto& [algorithm, word] : algorithms) {
            if (!is_wanted(verify::mac_bytes(algorithm))) continue;
            keys.push_back({secret, form, word, verify::HmacKey(algorithm, bytes), std::nullopt, obstacle});
        }
    }

    std::vector<Key> usual_keys() const {
        std::vector<Key> keys;
        for (std::size_t i = 0; i < evidence_.secrets.size(); ++i) {
            const std::string_view secret = evidence_.secrets[i].bytes.view();
            const bool is_public = is_public_at(evidence_, i);
            for (const auto& [form, word] : key_forms) {
                if (is_public) break;
                if (form == KeyForm::whsec && !secret.starts_with("whsec_")) continue;
                const auto key = verify::key_bytes({.key = form}, secret);
                if (key.fault.empty()) add_macs(keys, i, word, key.bytes.view(), "");
            }
            for (const auto& [algorithm, name] : public_key_algorithms) {
                if (!is_public) break;
                for (const auto& [form, word] : public_key_forms) {
                    std::string fault;
                    if (form == KeyForm::raw_hex && algorithm != PublicKeyAlgorithm::ed25519) continue;
                    if (auto key = verify::PublicKey::read(algorithm, form, secret, fault))
                        keys.push_back({i, word, name, std::nullopt, std::move(key), ""});
                }
            }
        }
        return keys;
    }

    std::vector<Key> changed_keys() const {
        std::vector<Key> keys;
        for (std::size_t i = 0; i < evidence_.secrets.size(); ++i) {
            for (const doctor::SecretVariant& variant :
                 doctor::secret_variants(evidence_.secrets[i].bytes.view())) {
                if (variant.name.empty() || is_public_at(evidence_, i)) continue;
                add_macs(keys, i, "", variant.bytes.view(),
                         "matches with the secret " + std::string(variant.what) +
                             ", which no `key` says: " + std::string(variant.hint));
            }
        }
        return keys;
    }

    std::vector<Body> usual_bodies() const {
        std::vector<Body> bodies{{std::string(evidence_.request.body), false, ""}};
        auto text = ecma::stringify_body(evidence_.request.body);
        if (text && *text != evidence_.request.body) bodies.push_back({std::move(*text), true, ""});
        return bodies;
    }

    std::vector<Body> digests() const {
        const verify::Sha256 digest = verify::sha256(evidence_.request.body);
        const std::string obstacle =
            "signs the SHA-256 of the body and not the body, which `text` cannot say";
        return {{verify::encode_hex(digest), false, obstacle},
                {verify::encode_base64(digest), false, obstacle}};
    }

    std::vector<Body> changed_bodies() const {
        std::vector<Body> bodies;
        for (doctor::BodyVariant& variant : doctor::body_variants(evidence_.request.body, std::nullopt)) {
            if (variant.name.empty() || variant.name == "stringified") continue;
            bodies.push_back(
                {std::move(variant.body), false,
                 "matches " + variant.what + ", not the body as it is here: " + std::string(variant.hint)});
        }
        return bodies;
    }

    void try_all(std::size_t extras, const std::vector<Key>& keys, const std::vector<Body>& bodies) {
        if (keys.empty()) return;
        for_each_template(values_, extras, Around::body, [&](const Template& text) {
            return std::ranges::all_of(bodies, [&](const Body& body) { return try_text(text, keys, body); });
        });
        if (!has_form_ || is_over()) return;
        const Body form{std::string(evidence_.request.body), false, ""};
        for_each_template(values_, extras, Around::form,
                          [&](const Template& text) { return try_text(text, keys, form); });
    }

    bool is_form() const {
        return header(evidence_.request.fields, "content-type")
            .value.starts_with("application/x-www-form-urlencoded");
    }

    // Signatures of some values, in the headers or in the body, that leave the rest of the body to anybody.
    void try_without_body(const std::vector<Key>& keys) {
        for (const auto& [pointer, value] : body_values(evidence_.request.body)) {
            const std::string obstacle = "signs " + pointer +
                                         " and not the rest of the body, so anybody could send another body "
                                         "with it; a secret path or a token is all that is left";
            for (std::size_t extras = 0; extras <= 1 && !is_over(); ++extras)
                try_all(extras, keys, {{value, false, obstacle}});
        }
        const std::string obstacle =
            "does not sign the body, so anybody could send another body with it; a "
            "secret path or a token is all that is left";
        for (std::size_t extras = 1; extras <= usual_extras_max && !is_over(); ++extras) {
            for_each_template(values_, extras, Around::nothing, [&](const Template& text) {
                return try_text(text, keys, {"", false, obstacle});
            });
        }
    }

    // False when the limit was reached, or there are enough lessons.
    bool try_text(const Template& text, const std::vector<Key>& keys, const Body& body) {
        // A form is decoded and sorted anew for each text.
        const bool is_form = text.parts.size() > 0 && std::ranges::any_of(text.parts, [](const auto& part) {
                                 return part.kind == verify::TextPart::Kind::form;
                             });
        if (!afford(bytes_per_text + (is_form ? form_factor * body.text.size() : 0))) return false;
        const verify::SchemeRules rules = text.rules();
        const verify::Claim claim = text.claim(evidence_.request);
        const verify::SignedText parts(rules, claim, body.text, evidence_.public_url);
        for (const Key& key : keys) {
            if (key.hmac) {
                if (!afford(body.text.size() + bytes_per_mac)) return false;
                const verify::Mac mac = key.hmac->mac(parts.parts());
                for (const SignatureClue& clue : clues_) {
                    if (std::ranges::equal(clue.bytes, mac.view())) keep(text, clue, key, body);
                }
                continue;
            }
            for (const SignatureClue& clue : clues_) {
                if (!fits(text, clue) || !may_be_of(key, clue)) continue;
                if (!afford(body.text.size() + bytes_per_public_key)) return false;
                if (key.public_key->verifies(parts.parts(), clue.bytes)) keep(text, clue, key, body);
            }
        }
        return learned_.lessons.size() < lessons_max;
    }

    // By the length of the signature.
    static bool may_be_of(const Key& key, const SignatureClue& clue) {
        const std::size_t size = clue.bytes.size();
        if (key.algorithm == "ed25519") return size == 64;
        return key.algorithm == "ecdsa-p256-sha256" ? size >= 64 && size <= 72 : size >= 256;
    }

    bool afford(std::uint64_t cost) {
        learned_.complete = cost <= bytes_left_;
        if (learned_.complete) bytes_left_ -= cost;
        return learned_.complete;
    }

    // Whether the text can be signed by this signature: its time stands in the same header's pairs, and its
    // header is another one.
    static bool fits(const Template& text, const SignatureClue& clue) {
        if (text.time != nullptr && !text.time->pair_of.empty() &&
            (clue.shape != verify::HeaderShape::pairs || text.time->pair_of != clue.header)) {
            return false;
        }
        if (text.id != nullptr && same_ignoring_case(text.id->name, clue.header)) return false;
        return std::ranges::none_of(text.parts, [&](const verify::TextPart& part) {
            return part.kind == verify::TextPart::Kind::header && same_ignoring_case(part.text, clue.header);
        });
    }

    void keep(const Template& text, const SignatureClue& clue, const Key& key, const Body& body) {
        if (!fits(text, clue) || learned_.lessons.size() == lessons_max) return;
        Lesson lesson;
        if (key.public_key) lesson.kind = "public-key";
        lesson.algorithm = key.algorithm;
        lesson.key = key.form;
        lesson.header = clue.header;
        lesson.prefix = clue.prefix;
        if (clue.shape == verify::HeaderShape::pairs) lesson.form = "pairs";
        if (clue.shape == verify::HeaderShape::list) lesson.form = "list";
        lesson.signature = clue.key;
        if (clue.encoding == verify::Encoding::base64) lesson.encoding = "base64";
        if (text.text() != "{body}") lesson.text = text.text();
        lesson.stringified = body.stringified;
        if (text.id != nullptr) lesson.id_header = text.id->name;
        if (text.time != nullptr) {
            const bool in_pair = !text.time->pair_of.empty();
            (in_pair ? lesson.time_pair : lesson.time_header) = text.time->name;
            lesson.time_unit = word_of(text.time->unit);
        }
        lesson.secret = key.secret;
        if (!key.obstacle.empty()) lesson.obstacles.push_back(key.obstacle);
        if (!body.obstacle.empty()) lesson.obstacles.push_back(body.obstacle);
        if (clue.url_alphabet)
            lesson.obstacles.emplace_back("is written in base64url, which `encoding` cannot say");
        learned_.lessons.push_back(std::move(lesson));
    }

    static std::string_view word_of(verify::TimeUnit unit) noexcept {
        if (unit == verify::TimeUnit::seconds) return "s";
        return unit == verify::TimeUnit::milliseconds ? "ms" : "iso8601";
    }

    const Evidence& evidence_;
    std::vector<SignatureClue> clues_;
    std::vector<SignedValue> values_;
    std::uint64_t bytes_left_;
    bool has_form_ = false;
    Learned learned_;
};

}  // namespace

Learned learn(const Evidence& evidence, std::uint64_t bytes_max) { return Search(evidence, bytes_max).run(); }

}  // namespace chathook::learn
