// The texts and lists that a vendor's definition only views, in places that do not move. One thread while
// they are added; then immutable.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/handshake.hpp"
#include "chathook/scheme_rules.hpp"

namespace chathook::vendor_file {

class Texts {
public:
    Texts() = default;
    Texts(const Texts&) = delete;
    Texts& operator=(const Texts&) = delete;

    std::string_view keep(std::string text);
    std::span<const verify::TextPart> keep(std::vector<verify::TextPart> parts);
    std::span<const verify::ExpectedText> keep(std::vector<verify::ExpectedText> expected);
    std::span<const Handshake::Term> keep(std::vector<Handshake::Term> terms);
    std::span<const Handshake::Echo> keep(std::vector<Handshake::Echo> echoes);
    std::span<const std::span<const std::string_view>> keep(
        std::vector<std::span<const std::string_view>> paths);
    std::span<const std::string_view> keep(std::vector<std::string_view> words);

    // The decoded steps of a JSON pointer (RFC 6901) that begins with '/'.
    std::span<const std::string_view> keep_path(std::string_view pointer);

private:
    std::deque<std::string> texts_;
    std::deque<std::vector<verify::TextPart>> parts_;
    std::deque<std::vector<verify::ExpectedText>> expected_;
    std::deque<std::vector<Handshake::Term>> terms_;
    std::deque<std::vector<Handshake::Echo>> echoes_;
    std::deque<std::vector<std::string_view>> paths_;
    std::deque<std::vector<std::span<const std::string_view>>> path_lists_;
};

}  // namespace chathook::vendor_file
