#include "verify/event_line.hpp"

#include <cstdint>

#include "verify/encoding.hpp"

namespace chathook {

std::string_view LinePieces::next() {
    const std::string_view text(event_.text);
    switch (part_) {
        case Part::before:
            part_ = event_.lacks_base64() ? Part::base64 : Part::end;
            return event_.lacks_base64() ? text.substr(0, event_.original_at) : text;
        case Part::base64:
            if (encoded_ < event_.raw.size()) {
                constexpr std::size_t bytes =
                    piece_bytes / 4 * 3;  // whole groups: only the last piece is padded
                const std::string_view piece = std::string_view(event_.raw).substr(encoded_, bytes);
                encoded_ += piece.size();
                piece_ = verify::encode_base64(
                    {reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size()});
                return piece_;
            }
            part_ = Part::end;
            return text.substr(event_.original_at);
        case Part::end: break;
    }
    return {};
}

std::string Event::line() const {
    std::string line;
    line.reserve(line_size());
    LinePieces pieces(*this);
    for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) line += piece;
    return line;
}

}  // namespace chathook
