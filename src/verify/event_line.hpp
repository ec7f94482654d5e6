// An event's line in pieces, so that writing an event with a long body does not need memory for the whole
// base64. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <chathook/event.hpp>

namespace chathook {

// `event` outlives this.
class LinePieces {
public:
    static constexpr std::size_t piece_bytes = 64 * 1024;  // for base64; other pieces may be longer

    explicit LinePieces(const Event& event) noexcept : event_(event) {}

    // The next piece, valid until the next call; empty at the end.
    std::string_view next();

private:
    const Event& event_;
    enum class Part : unsigned char { before, base64, end } part_ = Part::before;
    std::size_t encoded_ = 0;  // bytes of raw
    std::string piece_;
};

}  // namespace chathook
