#include "client/row_reader.hpp"

#include <algorithm>

namespace chathook::client {

void RowReader::read(std::string_view piece) {
    // Most of a row is plain text, which is appended in one step.
    while (!piece.empty()) {
        if (depth_ >= row_depth) {
            const std::size_t plain = piece.find_first_of(in_text_ ? "\"\\" : "\"{}[]");
            if (plain != 0 && !escaped_) {
                row_ += piece.substr(0, plain);
                piece.remove_prefix(std::min(plain, piece.size()));
                continue;
            }
        }
        step(piece.front());
        piece.remove_prefix(1);
    }
}

void RowReader::step(char c) {
    const bool opens = !in_text_ && (c == '{' || c == '[');
    const bool closes = !in_text_ && (c == '}' || c == ']') && depth_ > 0;
    if (opens) ++depth_;
    if (depth_ >= row_depth) row_ += c;
    if (in_text_) {
        in_text_ = c != '"' || escaped_;
        escaped_ = c == '\\' && !escaped_;
    } else {
        in_text_ = c == '"';
    }
    if (!closes) return;
    --depth_;
    ended_ = ended_ || depth_ == 0;
    if (depth_ + 1 != row_depth) return;
    ++rows_;
    take_(row_);
    row_.clear();
}

}  // namespace chathook::client
