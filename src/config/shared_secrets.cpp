#include "config/shared_secrets.hpp"

#include <algorithm>
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

// Whether the source's own URL is part of what the vendor signs.
bool signs_url(const Source& source) {
    return source.definition != nullptr && source.definition->rules.signs(verify::TextPart::Kind::url);
}

}  // namespace

void warn_of_shared_secrets(const std::vector<Place>& places, const std::vector<Source>& sources) {
    for (std::size_t later = 1; later < sources.size(); ++later) {
        const Source& source = sources[later];
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            const Source& other = sources[earlier];
            if (source.vendor.empty() || source.vendor != other.vendor) continue;
            if (!share_secret(source.settings, other.settings)) continue;
            if (expect_apart(source.settings, other.settings) || signs_url(source)) continue;
            places[later].warning("has the vendor and a secret of source '" + other.name + "' (line " +
                                  std::to_string(places[earlier].line()) +
                                  "), so that each accepts the requests for the other; give each a secret of "
                                  "its own, or tell them apart with expect");
            break;  // the fix is the same
        }
    }
}

}  // namespace chathook::config
