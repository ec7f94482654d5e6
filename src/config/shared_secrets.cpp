#include "config/shared_secrets.hpp"

#include <algorithm>
#include <string>

#include "support/ascii.hpp"

namespace chathook::config {

namespace {

using Expected = VendorSettings::Expected;

bool share_secret(const VendorSettings& left, const VendorSettings& right) {
    return std::ranges::any_of(left.secrets, [&](const Secret& one) {
        return std::ranges::any_of(right.secrets,
                                   [&](const Secret& other) { return one.bytes == other.bytes; });
    });
}

// Whether no body is what both expect: one field with two texts.
bool expect_apart(const VendorSettings& left, const VendorSettings& right) {
    return std::ranges::any_of(left.expect, [&](const Expected& one) {
        return std::ranges::any_of(right.expect, [&](const Expected& other) {
            return one.pointer == other.pointer && one.text != other.text;
        });
    });
}

bool same_part(const verify::TextPart& left, const verify::TextPart& right) {
    return left.kind == right.kind && same_ignoring_case(left.text, right.text);
}

// Whether a request that is signed for one is signed for the other as well, under whatever names.
bool sign_alike(const verify::SchemeRules& left, const verify::SchemeRules& right) {
    if (!same_ignoring_case(left.header, right.header) || left.kind != right.kind) return false;
    const bool proof =
        left.algorithm == right.algorithm && left.public_key == right.public_key && left.key == right.key;
    const bool form = left.prefix == right.prefix && left.shape == right.shape &&
                      left.signature_key == right.signature_key &&
                      std::ranges::equal(left.token_path, right.token_path);
    const bool time = !left.signs_time() ||
                      (left.time.in == right.time.in && same_ignoring_case(left.time.name, right.time.name));
    return proof && form && time && std::ranges::equal(left.text, right.text, same_part) &&
           same_ignoring_case(left.id_header, right.id_header);
}

// Each would accept what is signed for the other. Of a vendor that could not be read the name is all there
// is.
bool accept_alike(const Source& left, const Source& right) {
    if (left.definition == nullptr || right.definition == nullptr) {
        return !left.vendor.empty() && left.vendor == right.vendor;
    }
    const verify::SchemeRules& rules = left.definition->rules;
    const bool apart =
        rules.signs(verify::TextPart::Kind::url) && left.settings.public_url != right.settings.public_url;
    return !apart && sign_alike(rules, right.definition->rules);
}

}  // namespace

void warn_of_shared_secrets(const std::vector<Place>& places, const std::vector<Source>& sources) {
    for (std::size_t later = 1; later < sources.size(); ++later) {
        const Source& source = sources[later];
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            const Source& other = sources[earlier];
            if (!accept_alike(source, other) || !share_secret(source.settings, other.settings)) continue;
            if (expect_apart(source.settings, other.settings)) continue;
            places[later].warning("has the way of signing and a secret of source '" + other.name +
                                  "' (line " + std::to_string(places[earlier].line()) +
                                  "), so that each accepts the requests for the other; give each a secret of "
                                  "its own, or tell them apart with expect");
            break;  // the fix is the same
        }
    }
}

}  // namespace chathook::config
