#include "config/shared_secrets.hpp"

#include <algorithm>
#include <span>
#include <string>

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

// Parts whose values are not fixed and stand outside of the body: whoever has a genuine request can send them
// in headers of other names.
bool is_movable(verify::TextPart::Kind kind) noexcept {
    using Part = verify::TextPart::Kind;
    return kind == Part::id || kind == Part::header || kind == Part::time;
}

bool same_part(const verify::TextPart& left, const verify::TextPart& right) {
    using Part = verify::TextPart::Kind;
    if (is_movable(left.kind) && is_movable(right.kind)) return true;
    return left.kind == right.kind && (left.kind != Part::literal || left.text == right.text);
}

// Whether what is signed for one can be made a request for the other. The names of headers, prefixes and
// encodings are not signed, so they tell nothing apart.
bool sign_alike(const verify::SchemeRules& left, const verify::SchemeRules& right) {
    if (left.kind != right.kind) return false;
    if (left.kind == verify::Kind::token) return true;
    const auto text_of = [](const verify::SchemeRules& rules) {
        static constexpr verify::TextPart body[] = {{verify::TextPart::Kind::body}};
        return rules.text.empty() ? std::span<const verify::TextPart>(body) : rules.text;
    };
    const bool same_proof = left.kind == verify::Kind::public_key
                                ? left.public_key == right.public_key
                                : left.algorithm == right.algorithm && left.key == right.key;
    return same_proof && std::ranges::equal(text_of(left), text_of(right), same_part);
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
