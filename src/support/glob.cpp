#include "support/glob.hpp"

#include <cstddef>

namespace chathook {

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    constexpr auto none = std::string_view::npos;
    std::size_t in_pattern = 0;
    std::size_t in_text = 0;
    std::size_t star = none;       // the last '*' passed: only it ever needs to take more
    std::size_t star_took_to = 0;  // how far into the text it has reached

    while (in_text < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            star_took_to = in_text;
        } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[in_text]) {
            ++in_pattern;
            ++in_text;
        } else if (star != none) {
            in_pattern = star + 1;
            in_text = ++star_took_to;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == none;
}

}  // namespace chathook
