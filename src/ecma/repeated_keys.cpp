#include <chathook/json.hpp>

#include <algorithm>

namespace chathook {
namespace {

// One step of a JSON pointer (RFC 6901, section 3).
void append_step(std::string& pointer, std::string_view name) {
    pointer += '/';
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
}

}  // namespace

void RepeatedKeys::note(const Json& object, std::string_view key) noexcept {
    if (count_ == most) return;
    const bool known = std::any_of(found_.begin(), found_.begin() + count_, [&](const Found& found) {
        return found.object.index_ == object.index_ && found.key == key;
    });
    if (!known) found_[count_++] = {object, key};
}

// Handles do not know their parents, so each object is searched from the root: of the siblings, the last one
// that does not begin after it contains it.
std::vector<std::string> RepeatedKeys::pointers() const {
    std::vector<std::string> pointers;
    for (std::size_t i = 0; i < count_; ++i) {
        const Found& found = found_[i];
        std::string pointer;
        Json at(found.object.document_, 0, nullptr);
        while (at.index_ != found.object.index_) {
            Json next = at.first();
            std::size_t place = 0;
            for (Json child = next.next(); child && child.index_ <= found.object.index_;
                 child = child.next()) {
                next = child;
                ++place;
            }
            append_step(pointer, at.is_array() ? std::to_string(place) : std::string(next.key()));
            at = next;
        }
        append_step(pointer, found.key);
        pointers.push_back(std::move(pointer));
    }
    return pointers;
}

}  // namespace chathook
