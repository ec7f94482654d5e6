#include <chathook/request.hpp>

#include <algorithm>

namespace chathook {
namespace {

// Field names are ASCII tokens (RFC 9110, section 5.1); no locale has a say in them.
char lower(char character) noexcept {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

bool same_name(std::string_view left, std::string_view right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char one, char other) { return lower(one) == lower(other); });
}

}  // namespace

HeaderValue header(std::span<const Field> fields, std::string_view name) noexcept {
    HeaderValue found;
    for (const Field& field : fields) {
        if (!same_name(field.name, name)) continue;
        if (found.count == 0) found.value = field.value;
        ++found.count;
    }
    return found;
}

}  // namespace chathook
