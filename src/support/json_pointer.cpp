#include "support/json_pointer.hpp"

#include <algorithm>

namespace chathook {

std::string fault_of_json_pointer(std::string_view text) {
    if (!text.starts_with('/')) return "is not a JSON pointer, which begins with '/', as in /account/id";
    if (text.size() > json_pointer_bytes_max)
        return "is longer than " + std::to_string(json_pointer_bytes_max) + " bytes, which no pointer may be";
    if (static_cast<std::size_t>(std::ranges::count(text, '/')) > json_pointer_steps_max)
        return "has more than " + std::to_string(json_pointer_steps_max) +
               " steps, which no pointer may have";
    for (std::size_t at = text.find('~'); at != text.npos; at = text.find('~', at + 1)) {
        const char next = at + 1 < text.size() ? text[at + 1] : ' ';
        if (next != '0' && next != '1') return "has a '~' that is neither ~0, for '~', nor ~1, for '/'";
    }
    return {};
}

std::vector<std::string> json_pointer_steps(std::string_view text) {
    std::vector<std::string> steps;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '/') {
            steps.emplace_back();
        } else if (text[at] == '~' && at + 1 < text.size()) {
            steps.back() += text[++at] == '1' ? '/' : '~';
        } else {
            steps.back() += text[at];
        }
    }
    return steps;
}

}  // namespace chathook
