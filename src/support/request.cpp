#include <chathook/request.hpp>

#include <algorithm>

#include "support/ascii.hpp"

namespace chathook {
namespace {}  // namespace

HeaderValue header(std::span<const Field> fields, std::string_view name) noexcept {
    HeaderValue found;
    for (const Field& field : fields) {
        if (!same_ignoring_case(field.name, name)) continue;
        if (found.count == 0) found.value = field.value;
        ++found.count;
    }
    return found;
}

}  // namespace chathook
