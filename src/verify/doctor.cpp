#include "verify/doctor.hpp"

#include <utility>

#include "verify/cause_search.hpp"
#include "verify/doctor_parts.hpp"
#include "verify/scheme.hpp"
#include "verify/signature_reading.hpp"

namespace chathook::verify {
namespace {

constexpr std::size_t causes_max = 4;

// "the secret", or with its number if there are several: "secret 2 of 3".
std::string secret_name(std::size_t index, std::size_t count) {
    if (count == 1) return "the secret";
    return "secret " + std::to_string(index + 1) + " of " + std::to_string(count);
}

std::vector<SecretCandidate> secret_candidates(const VendorSettings& settings) {
    std::vector<SecretCandidate> candidates;
    for (std::size_t i = 0; i < settings.secrets.size(); ++i) {
        for (SecretVariant& variant : secret_variants(settings.secrets[i].bytes.view())) {
            candidates.push_back({i, std::move(variant)});
        }
    }
    return candidates;
}

// The texts that may have been signed; the one that `rules` demand is marked as expected.
class SignedTexts {
public:
    SignedTexts(const SchemeRules& rules, std::string_view vendor)
        : timed_(rules.shape == HeaderShape::pairs) {
        mend_ = "the signer mixes the signed text differently: " + std::string(vendor) + " signs " +
                (timed_ ? "the time as sent, a full stop and the body" : "the body alone, without a time");
        add(!timed_, "time-not-signed", "without the time", "");
    }

    // Adds the texts with `time` as found in `where`, also with the message id that Standard Webhooks signs.
    void with_time(std::string_view time, const std::string& where, std::string_view id, bool own) {
        if (time.empty()) return;
        const std::string text(time);
        add(timed_ && own, "time-signed", "together with the time from " + where + " (time, full stop, body)",
            text + '.');
        add(false, "time-without-full-stop",
            "together with the time from " + where + ", without a full stop between them", text);
        if (id.empty()) return;
        add(false, "standard-webhooks",
            "together with id and time from " + where + ", as Standard Webhooks are",
            std::string(id) + '.' + text + '.');
    }

    std::vector<SignedText> take() { return std::move(texts_); }

private:
    void add(bool expected, const char* name, std::string what, std::string before) {
        texts_.push_back({expected, name, std::move(what), mend_, std::move(before)});
    }

    bool timed_;
    std::string mend_;
    std::vector<SignedText> texts_;
};

std::vector<SignedText> signed_texts(const Patient& patient, const SignatureSource& source,
                                     const ReadSignature& read) {
    SignedTexts texts(source.vendor->rules, source.vendor->name);
    const std::string_view id = header(patient.request.fields, "webhook-id").value;
    texts.with_time(read.time, "t=", id, true);
    for (const Field& field : time_fields(patient.request)) {
        texts.with_time(field.value, std::string(field.name), id, false);
    }
    return texts.take();
}

class Doctor {
public:
    explicit Doctor(const Patient& patient)
        : patient_(patient),
          sources_(signature_sources(patient)),
          secrets_(secret_candidates(patient.settings)) {}

    Diagnosis run() {
        const Scheme scheme(patient_.vendor.rules, patient_.settings);
        const auto verified = scheme.verify(patient_.request, patient_.now);
        if (verified.has_error()) diagnosis_.refusal = verified.error();
        if (is_encoded(patient_.request)) diagnosis_.refusal = Errc::unsupported_encoding;

        diagnosis_.findings.push_back(examine_header(patient_, sources_));
        diagnosis_.findings.push_back(examine_form(patient_, sources_));
        if (auto time = examine_time(patient_, sources_)) diagnosis_.findings.push_back(std::move(*time));
        diagnosis_.findings.push_back(examine_body(patient_));
        diagnosis_.findings.push_back(examine_signature());
        return std::move(diagnosis_);
    }

private:
    Finding examine_signature() {
        bool any = false;
        bool complete = true;
        for (const SignatureSource& source : sources_) {
            const ReadSignature read = read_signature(source.value);
            std::vector<Mac> macs;
            for (const ReadMac& mac : read.macs) {
                if (mac.mac.size > 0 && macs.size() < signatures_max) macs.push_back(mac.mac);
            }
            if (macs.empty()) continue;
            any = true;
            const bool stringified = source.vendor->rules.body == BodyForm::raw_or_stringified;
            bodies_ = body_variants(patient_.request.body, content_length(patient_.request), stringified);
            const std::vector<SignedText> texts = signed_texts(patient_, source, read);
            const SearchResult found = find_matches(
                {macs, texts, bodies_, secrets_, source.vendor->rules.body == BodyForm::raw_or_stringified});
            if (!found.matches.empty()) return matched(source, texts, found.matches);
            complete = complete && found.complete;
        }
        return any ? unmatched(complete) : unreadable();
    }

    Finding matched(const SignatureSource& source, const std::vector<SignedText>& texts,
                    const std::vector<Match>& matches) {
        const Match& first = matches.front();
        if (first.plain) return right(source, first);
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

    Cause cause(const SignatureSource& source, const SignedText& text, const Match& match) const {
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
        const bool one = patient_.settings.secrets.size() == 1;
        std::string text = one ? "not the MAC of this body under the secret; no usual cause matches"
                               : "not the MAC of this body under any of the secrets; no usual cause matches";
        if (!complete) text += ", but the body is too large to try all of them";
        return {"signature", Outcome::wrong, std::move(text),
                "most likely another secret signs: copy it anew from the vendor's page, the one of this very "
                "webhook; else the body was changed on the way: save it byte for byte as it is received"};
    }

    static Finding unreadable() {
        return {"signature", Outcome::cannot_tell, "there is no MAC of SHA-1 or SHA-256 to compare with", ""};
    }

    const Patient& patient_;
    std::vector<SignatureSource> sources_;
    std::vector<BodyVariant> bodies_;  // depend on the signature source under examination
    std::vector<SecretCandidate> secrets_;
    Diagnosis diagnosis_;
};

}  // namespace

Diagnosis diagnose(const Patient& patient) { return Doctor(patient).run(); }

}  // namespace chathook::verify
