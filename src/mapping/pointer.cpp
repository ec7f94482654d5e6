#include "mapping/pointer.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "support/ascii.hpp"

namespace chathook::mapping {
namespace {

// Digits of an index that is followed; a body has no more elements.
constexpr std::size_t index_digits_max = 9;

// RFC 6901, section 4: digits without a leading zero.
bool is_index(std::string_view step) noexcept {
    if (step.empty() || step.size() > index_digits_max || !all_digits(step)) return false;
    return step.size() == 1 || step.front() != '0';
}

// RFC 6901, section 4: first "~1", then "~0", which is what reading once from the left gives.
std::string unescaped(std::string_view step) {
    std::string key;
    for (std::size_t i = 0; i < step.size(); ++i) {
        if (step[i] != '~') {
            key += step[i];
        } else {
            key += step[++i] == '1' ? '/' : '~';
        }
    }
    return key;
}

std::size_t leading_carets(std::string_view text) noexcept {
    return std::min(text.find_first_not_of('^'), text.size());
}

bool has_stray_tilde(std::string_view text) noexcept {
    for (std::size_t at = text.find('~'); at != text.npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return true;
    }
    return false;
}

}  // namespace

std::string Pointer::fault_of(std::string_view text) {
    if (text.size() > bytes_max) {
        return "is longer than " + std::to_string(bytes_max) + " bytes, which no pointer may be";
    }
    const std::string_view path = text.substr(leading_carets(text));
    if (!path.empty() && path.front() != '/') {
        if (path.starts_with("$.")) return "is a JSONPath; write a JSON pointer, as in /data/id";
        return "is not a JSON pointer, which begins with '/', as in /data/id";
    }
    if (static_cast<std::size_t>(std::ranges::count(path, '/')) > steps_max) {
        return "has more than " + std::to_string(steps_max) + " steps, which no pointer may have";
    }
    if (has_stray_tilde(path)) return "has a '~' that is neither ~0, for '~', nor ~1, for '/'";
    return {};
}

Pointer::Pointer(std::string_view text, std::size_t parent_number)
    : parent_number_(parent_number), up_(leading_carets(text)) {
    assert(fault_of(text).empty());
    std::string_view rest = text.substr(up_);
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::string_view step = rest.substr(0, rest.find('/'));
        rest.remove_prefix(step.size());
        Step next{.key = unescaped(step)};
        if (is_index(step)) std::from_chars(step.data(), step.data() + step.size(), next.index);
        steps_.push_back(std::move(next));
    }
    is_member_ = steps_.size() == 1 && up_ == 0 && steps_.front().index == no_index;
}

Json Pointer::step(Json value, const Step& step) noexcept {
    if (step.index == no_index || !value.is_array()) return value[step.key];
    if (step.index >= value.size()) return {};
    value = value.first();
    for (std::uint32_t i = 0; i < step.index; ++i) value = value.next();
    return value;
}

Json Pointer::parent_from(const Level& from) const noexcept {
    const Level* level = &from;
    for (std::size_t i = 0; i < up_; ++i) {
        level = level->around;
        if (level == nullptr) return {};
    }
    Json value = level->here;
    for (std::size_t i = 0; i + 1 < steps_.size(); ++i) value = step(value, steps_[i]);
    return value;
}

// Most of these have the parent of the pointer before them.
Json Pointer::follow(const Level& from) const noexcept {
    if (steps_.empty()) return parent_from(from);
    const Step& last = steps_.back();
    if (parent_number_ == 0) return step(parent_from(from), last);
    if (from.parent_found != parent_number_) {
        from.parent = parent_from(from);
        from.parent_found = parent_number_;
    }
    return last.index == no_index ? from.parent[last.key] : step(from.parent, last);
}

bool Pointer::begins_with(std::span<const std::string_view> keys) const noexcept {
    if (keys.size() > steps_.size()) return false;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (steps_[i].key != keys[i]) return false;
    }
    return true;
}

}  // namespace chathook::mapping
