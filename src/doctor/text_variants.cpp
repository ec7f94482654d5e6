#include "doctor/text_variants.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "verify/claim.hpp"
#include "verify/signed_text.hpp"
#include "verify/signing_words.hpp"

namespace chathook::doctor {

using verify::Claim;
using verify::describe;
using verify::read_claim;
using verify::SchemeRules;
using verify::SignedText;
using verify::TextPart;
using verify::time_dot_body;

namespace {

// What stands before and behind the body in the text that the rules demand; nothing if it cannot be made. A
// form stands with all the rest before.
std::optional<TextVariant> demanded_text(const SchemeRules& rules, const Request& request,
                                         std::string_view url) {
    Claim claim;
    if (read_claim(rules, request, claim) && claim.time_text.empty() && rules.signs_time())
        return std::nullopt;
    constexpr std::string_view place("\0", 1);  // in no header
    const bool is_form = rules.signs(TextPart::Kind::form);
    const SignedText text(rules, claim, is_form ? request.body : place, url);
    if (!text) return std::nullopt;
    TextVariant variant;
    bool behind = false;
    for (const std::string_view part : text.parts()) {
        if (part.data() == place.data()) {
            behind = true;
            continue;
        }
        (behind ? variant.after : variant.before) += part;
    }
    if (!behind && !is_form) return std::nullopt;
    return variant;
}

// Spellings of a URL under which the vendor may know the webhook: a slash or a query less or more, the other
// scheme, a port.
std::vector<std::string> other_spellings(const std::string& url) {
    std::vector<std::string> all;
    const std::string path = url.substr(0, url.find('?'));
    if (path != url) all.push_back(path);
    all.push_back(path.ends_with('/') ? path.substr(0, path.size() - 1) : path + '/');
    const std::size_t scheme = url.find("://");
    if (scheme == url.npos) return all;
    all.push_back((url.starts_with("https") ? "http" : "https") + url.substr(scheme));
    const std::size_t end = std::min(url.find('/', scheme + 3), url.size());
    const std::size_t port = url.find(':', scheme + 3);
    all.push_back(port < end ? url.substr(0, port) + url.substr(end)
                             : url.substr(0, end) + ":443" + url.substr(end));
    return all;
}

// The texts that may have been signed; the one that `rules` demand is marked as expected.
class TextVariants {
public:
    TextVariants(const VendorDefinition& vendor, std::optional<TextVariant> demanded)
        : rules_(vendor.rules), demanded_(std::move(demanded)) {
        hint_ = "the signer mixes the signed text differently: " + std::string(vendor.name) + " signs " +
                (is_plain(vendor.rules)     ? "the body alone, without a time"
                 : is_classic(vendor.rules) ? "the time as sent, a full stop and the body"
                                            : describe(vendor.rules).signed_text);
        add("time-not-signed", "without the time", "");
    }

    // The vendor's text with another spelling of public_url.
    void with_url(std::optional<TextVariant> text, const std::string& url) {
        if (!text) return;
        text->name = "other-url";
        text->what = "with the URL " + url;
        text->hint = "set public_url of the source to " + url;
        texts_.push_back(std::move(*text));
    }

    // Adds the texts with `time` as found in `where`, also with the message id that Standard Webhooks signs.
    void with_time(std::string_view time, const std::string& where, std::string_view id) {
        if (time.empty()) return;
        const std::string text(time);
        add("time-signed", "together with the time from " + where + " (time, full stop, body)", text + '.');
        if (is_classic(rules_) && !demanded_ && !texts_.empty() && texts_.back().before == text + '.') {
            texts_.back().hint = "the text is the one that is demanded, but the time stands in " + where +
                                 ", not in " + std::string(rules_.time.name) +
                                 ": see who renamed it, or correct verify.time of the vendor file";
        }
        add("time-without-full-stop",
            "together with the time from " + where + ", without a full stop between them", text);
        add("time-behind", "together with the time from " + where + ", which stands behind the body", "",
            text);
        if (id.empty()) return;
        add("standard-webhooks", "together with id and time from " + where + ", as Standard Webhooks are",
            std::string(id) + '.' + text + '.');
    }

    std::vector<TextVariant> take() {
        if (demanded_) {
            demanded_->expected = true;
            demanded_->name = "as-demanded";
            texts_.insert(texts_.begin(), std::move(*demanded_));
        }
        return std::move(texts_);
    }

private:
    static bool is_plain(const SchemeRules& rules) noexcept { return rules.text.empty(); }
    static bool is_classic(const SchemeRules& rules) noexcept {
        return rules.text.data() == static_cast<const TextPart*>(time_dot_body);
    }

    void add(const char* name, std::string what, std::string before, std::string after = "") {
        const auto same = [&](const TextVariant& known) {
            return known.before == before && known.after == after;
        };
        if (!(demanded_ && same(*demanded_)) && std::ranges::none_of(texts_, same))
            texts_.push_back({false, name, std::move(what), hint_, std::move(before), std::move(after)});
    }

    const SchemeRules& rules_;
    std::optional<TextVariant> demanded_;
    std::string hint_;
    std::vector<TextVariant> texts_;
};

}  // namespace

std::vector<TextVariant> text_variants(const Patient& patient, const SignatureSource& source,
                                       const ReadSignature& read) {
    // A header of another name is read as if it had the vendor's.
    std::vector<Field> fields(patient.request.fields.begin(), patient.request.fields.end());
    for (Field& field : fields) {
        if (field.value.data() == source.value.data()) field.name = source.vendor->rules.header;
    }
    Request request = patient.request;
    request.fields = fields;
    TextVariants texts(*source.vendor,
                       demanded_text(source.vendor->rules, request, patient.settings.public_url));
    if (source.vendor->rules.signs(TextPart::Kind::url)) {
        for (const std::string& url : other_spellings(patient.settings.public_url))
            texts.with_url(demanded_text(source.vendor->rules, request, url), url);
    }
    const std::string_view id = header(patient.request.fields, "webhook-id").value;
    texts.with_time(read.time, "t=", id);
    for (const Field& field : time_fields(patient.request)) {
        texts.with_time(field.value, std::string(field.name), id);
    }
    return texts.take();
}

}  // namespace chathook::doctor
