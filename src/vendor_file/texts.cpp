#include "vendor_file/texts.hpp"

#include <utility>

namespace chathook::vendor_file {
namespace {

// "~1" is '/', "~0" is '~'.
std::string decoded(std::string_view step) {
    std::string text;
    for (std::size_t at = 0; at < step.size(); ++at) {
        const bool escape = step[at] == '~' && at + 1 < step.size();
        text += !escape ? step[at] : step[++at] == '1' ? '/' : '~';
    }
    return text;
}

}  // namespace

std::string_view Texts::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

std::span<const verify::TextPart> Texts::keep(std::vector<verify::TextPart> parts) {
    return parts_.emplace_back(std::move(parts));
}

std::span<const verify::ExpectedText> Texts::keep(std::vector<verify::ExpectedText> expected) {
    return expected_.emplace_back(std::move(expected));
}

std::span<const Handshake::Term> Texts::keep(std::vector<Handshake::Term> terms) {
    return terms_.emplace_back(std::move(terms));
}

std::span<const Handshake::Echo> Texts::keep(std::vector<Handshake::Echo> echoes) {
    return echoes_.emplace_back(std::move(echoes));
}

std::span<const std::span<const std::string_view>> Texts::keep(
    std::vector<std::span<const std::string_view>> paths) {
    return path_lists_.emplace_back(std::move(paths));
}

std::span<const std::string_view> Texts::keep(std::vector<std::string_view> words) {
    return paths_.emplace_back(std::move(words));
}

std::span<const std::string_view> Texts::keep_path(std::string_view pointer) {
    std::vector<std::string_view>& steps = paths_.emplace_back();
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::string_view step = pointer.substr(0, pointer.find('/'));
        steps.push_back(keep(decoded(step)));
        pointer.remove_prefix(step.size());
    }
    return steps;
}

}  // namespace chathook::vendor_file
