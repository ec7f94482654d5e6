// Text to tape: the grammar of ECMA-404 and RFC 8259, nothing more and nothing less. Iterative: deep nesting
// costs memory in proportion to the text's length, never stack. One use, one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "ecma/tape.hpp"

namespace chathook::ecma {

class Parser {
public:
    // `text`: valid UTF-8 of at most text_bytes_max.
    Parser(std::string_view text, Tape& tape);

    // Whether the whole text is one JSON value. If not, the contents of the tape are meaningless.
    bool run();

private:
    void skip_blanks() noexcept;
    bool at_end() const noexcept { return at_ == text_.size(); }
    char here() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char wanted) noexcept {
        if (here() != wanted) return false;
        ++at_;
        return true;
    }

    bool child();
    bool name();
    bool value();
    bool word(std::string_view wanted, Json::Kind kind);
    bool number();
    bool string();
    bool escaped_rest(std::size_t start);
    bool escape();
    bool hex_unit(char32_t& unit) noexcept;
    std::size_t plain_end(std::size_t from) const noexcept;

    std::uint32_t add(Json::Kind kind, std::size_t start);
    void open(Json::Kind kind);
    void close();

    std::string_view text_;
    Tape& tape_;
    std::size_t at_ = 0;
    std::uint32_t open_ = no_node;  // the innermost container that is not closed yet
    std::uint32_t depth_ = 0;
};

}  // namespace chathook::ecma
