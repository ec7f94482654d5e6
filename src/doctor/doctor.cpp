#include "doctor/doctor.hpp"

#include <algorithm>
#include <utility>

#include "doctor/cause_search.hpp"
#include "doctor/doctor_parts.hpp"
#include "doctor/neighbours.hpp"
#include "doctor/signature_reading.hpp"
#include "doctor/text_variants.hpp"
#include "verify/key_form.hpp"
#include "verify/scheme.hpp"
#include "verify/vendor.hpp"

namespace chathook::doctor {

using verify::BodyForm;
using verify::key_bytes;
using verify::KeyBytes;
using verify::KeyForm;
using verify::Kind;
using verify::Mac;
using verify::SchemeRules;
using verify::signatures_max;
using verify::TextPart;

namespace {

constexpr std::size_t causes_max = 4;

// A key of a MAC in every form, in place of the secret where an answer is made with it.
constexpr std::string_view any_secret = "00000000000000000000000000000000";

// "the secret", or with its number if there are several: "secret 2 of 3".
std::string secret_name(std::size_t index, std::size_t count) {
    if (count == 1) return "the secret";
    return "secret " + std::to_string(index + 1) + " of " + std::to_string(count);
}

// The secrets and their variants, as the keys that they give. In a form that is decoded, a variant that is
// not of that form is left out, and the text itself is a variant.
std::vector<SecretCandidate> secret_candidates(const SchemeRules& rules, const VendorSettings& settings) {
    std::vector<SecretCandidate> candidates;
    const bool decoded = rules.key != KeyForm::text;
    for (std::size_t i = 0; i < settings.secrets.size(); ++i) {
        const std::string_view secret = settings.secrets[i].bytes.view();
        for (SecretVariant& variant : secret_variants(secret)) {
            if (decoded) {
                KeyBytes key = key_bytes(rules, variant.bytes.view());
                if (!key.fault.empty()) continue;
                variant.bytes = std::move(key.bytes);
            }
            candidates.push_back({i, std::move(variant)});
        }
        if (!decoded) continue;
        candidates.push_back({i,
                              {"not-decoded", "as text, not decoded",
                               "the signer uses the text of the secret as the key: let it decode the secret",
                               SecretBytes(secret)}});
    }
    return candidates;
}

class Doctor {
public:
    explicit Doctor(const Patient& patient)
        : patient_(patient),
          sources_(signature_sources(patient)),
          secrets_(secret_candidates(patient.vendor.rules, patient.settings)) {}

    Diagnosis run() {
        const verify::Vendor vendor(patient_.vendor, patient_.settings);
        const auto verified = vendor.verify(patient_.request, patient_.now);
        if (verified.has_error()) diagnosis_.refusal = verified.error();
        std::optional<Finding> handshake;
        if (verified && !is_encoded(patient_.request)) handshake = examine_handshake(*verified);
        if (is_encoded(patient_.request)) diagnosis_.refusal = Errc::unsupported_encoding;
        if (diagnosis_.refusal) find_neighbours();

        if (patient_.vendor.rules.has_token_in_body()) {
            diagnosis_.findings.push_back(examine_token_in_body(patient_));
        } else {
            diagnosis_.findings.push_back(examine_header(patient_, sources_));
            diagnosis_.findings.push_back(examine_form(patient_, sources_));
        }
        if (auto time = examine_time(patient_, sources_)) diagnosis_.findings.push_back(std::move(*time));
        for (Finding& signed_header : examine_signed_headers(patient_))
            diagnosis_.findings.push_back(std::move(signed_header));
        diagnosis_.findings.push_back(examine_body(patient_));
        diagnosis_.findings.push_back(examine_signature());
        if (diagnosis_.refusal == Errc::unexpected_account) {
            diagnosis_.findings.push_back({"account", Outcome::wrong,
                                           "the body does not say what `expect` asks of it",
                                           "the request is for another source, or `expect` has a mistake"});
        }
        if (handshake) diagnosis_.findings.push_back(std::move(*handshake));
        return std::move(diagnosis_);
    }

private:
    // A proved request that the vendor asks something with.
    std::optional<Finding> examine_handshake(const Verified& verified) {
        // An HMAC that the real secret makes is not shown.
        VendorSettings placeholder;
        for (std::size_t i = 0; i < patient_.settings.secrets.size(); ++i)
            placeholder.secrets.push_back({SecretBytes(any_secret), std::nullopt});
        const bool makes_macs = patient_.vendor.rules.kind == Kind::hmac;
        const verify::Vendor vendor(patient_.vendor, makes_macs ? placeholder : patient_.settings);
        auto answer = vendor.handshake(patient_.request, verified);
        if (!answer) return std::nullopt;
        if (!*answer) {
            diagnosis_.refusal = answer->error();
            return Finding{
                "handshake", Outcome::wrong,
                "what the answer should repeat is missing, too long or has characters that are not "
                "sent back",
                "see `handshake` in the vendor file, and its bounds in docs/vendor-files.md"};
        }
        diagnosis_.handshake = std::move(**answer);
        return Finding{
            "handshake", Outcome::ok,
            "a question of the vendor: it is answered, and no event is made. An HMAC in the answer below is "
            "made with another secret",
            ""};
    }

    void find_neighbours() {
        std::string names, titles;
        for (const VendorDefinition* other : neighbours(patient_)) {
            diagnosis_.neighbours.push_back(other->name);
            names += (names.empty() ? "" : ", ") + std::string(other->name);
            titles += (titles.empty() ? "" : " or ") + std::string(other->title);
        }
        if (names.empty()) return;
        const bool one = diagnosis_.neighbours.size() == 1;
        diagnosis_.causes.push_back(
            {{"vendor:" + std::string(diagnosis_.neighbours.front())},
             "this is what " + titles + " sends: the signature is right for that",
             {one ? "configure the source with vendor: " + names
                  : "configure the source with the vendor that sends it, one of " + names}});
    }

    Finding examine_signature() {
        if (patient_.vendor.rules.kind != Kind::hmac) return examine_proof();
        bool any = false;
        bool complete = true;
        for (const SignatureSource& source : sources_) {
            const ReadSignature read = read_signature(source.value, time_key(source.vendor->rules));
            std::vector<Mac> macs;
            for (const ReadMac& mac : read.macs) {
                if (mac.mac.size > 0 && macs.size() < signatures_max) macs.push_back(mac.mac);
            }
            if (macs.empty()) continue;
            any = true;
            const bool stringified = source.vendor->rules.body == BodyForm::raw_or_stringified;
            if (source.vendor->rules.signs(TextPart::Kind::form)) {
                bodies_ = {{{}, "the form's fields", {}, ""}};  // they are part of the demanded text
            } else {
                bodies_ = body_variants(patient_.request.body, content_length(patient_.request), stringified);
            }
            const std::vector<TextVariant> texts = text_variants(patient_, source, read);
            const SearchResult found = find_matches(
                {macs, texts, bodies_, secrets_, source.vendor->rules.body == BodyForm::raw_or_stringified});
            if (!found.matches.empty()) return matched(source, texts, found.matches);
            complete = complete && found.complete;
        }
        return any ? unmatched(complete) : unreadable();
    }

    // Of a token or a public key's signature there are no variants to try.
    Finding examine_proof() const {
        const bool token = patient_.vendor.rules.kind == Kind::token;
        const bool right = !diagnosis_.refusal || diagnosis_.refusal == Errc::stale_timestamp ||
                           diagnosis_.refusal == Errc::unexpected_account;
        if (right) return {"signature", Outcome::ok, token ? "the token is right" : "made with the key", ""};
        if (!diagnosis_.neighbours.empty()) return unmatched(true);
        const bool explained = std::ranges::any_of(
            diagnosis_.findings, [](const Finding& finding) { return finding.outcome == Outcome::wrong; });
        if (explained && (!token || sources_.empty())) {
            return {"signature", Outcome::cannot_tell,
                    token ? "there is no token to compare with"
                          : "what it should be a signature of cannot be put together",
                    "see what is wrong above"};
        }
        return {
            "signature", Outcome::wrong,
            token ? "not the token of this source" : "not a signature of this request under the key",
            token ? "copy the token anew from the vendor's page"
                  : "see that the key is the one of this very webhook; else the body was changed on the way"};
    }

    Finding matched(const SignatureSource& source, const std::vector<TextVariant>& texts,
                    const std::vector<Match>& matches) {
        const Match& first = matches.front();
        if (first.plain) return right(source, first);
        if (!diagnosis_.neighbours.empty()) return unmatched(true);
        for (const Match& match : matches) {
            if (diagnosis_.causes.size() == causes_max) break;
            diagnosis_.causes.push_back(cause(source, texts[match.text], match));
        }
        return {"signature", Outcome::wrong,
                "not the MAC of the body as it stands; a usual cause matches, see below", ""};
    }

    Finding right(const SignatureSource& source, const Match& match) const {
        const SecretCandidate& secret = secrets_[match.secret];
        std::string text = "made with " + secret_name(secret.index, patient_.settings.secrets.size()) +
                           " over " + bodies_[match.body].what;
        if (source.vendor->name != patient_.vendor.name) {
            text += ", as " + std::string(source.vendor->name) + " signs";
        }
        return {
            "signature", Outcome::ok, std::move(text),
            secret.index == 0 ? "" : "keep this secret in `secrets` until the vendor signs with the first"};
    }

    Cause cause(const SignatureSource& source, const TextVariant& text, const Match& match) const {
        const BodyVariant& body = bodies_[match.body];
        const SecretCandidate& secret = secrets_[match.secret];
        const std::size_t secrets = patient_.settings.secrets.size();
        Cause cause;
        cause.text = "the signature matches " + body.what;
        const auto add = [&](const std::string& name, std::string_view hint) {
            cause.names.push_back(name);
            cause.hints.emplace_back(hint);
        };
        const bool stringified_expected = source.vendor->rules.body == BodyForm::raw_or_stringified;
        if (!body.name.empty() && !(body.name == "stringified" && stringified_expected)) {
            add("body:" + std::string(body.name), body.hint);
        }
        if (!text.expected) {
            cause.text += ", signed " + text.what;
            add("text:" + text.name, text.hint);
        }
        if (!secret.variant.name.empty() || secrets > 1) {
            cause.text += ", with " + secret_name(secret.index, secrets);
        }
        if (!secret.variant.name.empty()) {
            cause.text += " " + std::string(secret.variant.what);
            add("secret:" + std::string(secret.variant.name), secret.variant.hint);
        }
        return cause;
    }

    Finding unmatched(bool complete) const {
        if (!diagnosis_.neighbours.empty()) {
            return {"signature", Outcome::wrong,
                    "not what " + std::string(patient_.vendor.name) +
                        " signs, but right for another vendor, see below",
                    ""};
        }
        const bool one = patient_.settings.secrets.size() == 1;
        std::string text = one ? "not the MAC of this body under the secret; no usual cause matches"
                               : "not the MAC of this body under any of the secrets; no usual cause matches";
        if (!complete) text += ", but the body is too large to try all of them";
        const bool explained =
            verify::Scheme(patient_.vendor.rules, patient_.settings).claim(patient_.request).has_error() &&
            std::ranges::any_of(diagnosis_.findings, [](const Finding& finding) {
                return finding.outcome == Outcome::wrong && (finding.part == "id" || finding.part == "time");
            });
        if (explained) return {"signature", Outcome::wrong, std::move(text), "see what is wrong above"};
        if (patient_.vendor.rules.signs(TextPart::Kind::url)) {
            return {
                "signature", Outcome::wrong, std::move(text),
                "the vendor signs the URL that it calls, and public_url is " + patient_.settings.public_url +
                    ": is that what stands at the vendor, character by character? Else another secret signs, "
                    "or the body was changed on the way"};
        }
        return {
            "signature", Outcome::wrong, std::move(text),
            "most likely another secret signs: copy it anew from the vendor's page, the one of this very "
            "webhook; else the body was changed on the way: save it byte for byte as it is received. If it "
            "signs otherwise than the vendor's file says, `chathookd vendors learn` finds out how"};
    }

    static Finding unreadable() {
        return {"signature", Outcome::cannot_tell,
                "there is no MAC of SHA-1, SHA-256 or SHA-512 to compare with", ""};
    }

    const Patient& patient_;
    std::vector<SignatureSource> sources_;
    std::vector<BodyVariant> bodies_;  // depend on the signature source under examination
    std::vector<SecretCandidate> secrets_;
    Diagnosis diagnosis_;
};

}  // namespace

Diagnosis diagnose(const Patient& patient) { return Doctor(patient).run(); }

}  // namespace chathook::doctor
