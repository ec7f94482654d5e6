// What a mapping may say: the fields that it fills, the types that it names and the words that some fields
// are limited to. Stated once, for the reader, for the checks of vendor files and for the pages. Constants;
// any thread.
#pragma once

#include <span>
#include <string_view>

#include <chathook/normalized.hpp>

namespace chathook::mapping {

// Which JSON values a field takes; every other is as if it were absent.
enum class Kind : unsigned char {
    text,    // a string
    id,      // a string, or a number as it is written
    number,  // a number as it is written
};

using Word = std::string_view;

struct Target {
    std::string_view name;  // "contact.email"
    std::string_view& (*member)(Normalized&) noexcept = nullptr;
    Kind kind = Kind::text;
    std::span<const Word> words = {};  // not empty: it takes only these
};

std::span<const Target> targets() noexcept;

// Null if there is none of that name.
const Target* find_target(std::string_view name) noexcept;

// The list of questions and answers of a lead, which no Target is.
inline constexpr std::string_view answers_name = "lead.answers";

// What an event is about, unless its mapping says something else: the first of them that is not empty.
std::span<const Word> default_subject() noexcept;

std::span<const Word> types() noexcept;

// Who wrote a message.
std::span<const Word> roles() noexcept;

}  // namespace chathook::mapping
