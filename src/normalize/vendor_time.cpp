#include "normalize/vendor_time.hpp"

#include "support/clock.hpp"
#include "verify/timestamp.hpp"

namespace chathook::normalize {

std::optional<Instant> parse_vendor_time(std::string_view text) noexcept {
    if (const auto instant = verify::parse_timestamp(text)) return instant;
    return parse_rfc3339(text);
}

}  // namespace chathook::normalize
