#include "http/chunked.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "support/ascii.hpp"

namespace chathook::http {
namespace {

constexpr unsigned digits_max = 8;

}  // namespace

ChunkedDecoder::State ChunkedDecoder::end_of_size() noexcept {
    if (chunk_ > left_) return State::too_large;
    left_ -= chunk_;
    digits_ = 0;
    expect_ = chunk_ == 0 ? Expect::last_return : Expect::data;
    return State::more;
}

// One byte that is not chunk data.
ChunkedDecoder::State ChunkedDecoder::take(char c) noexcept {
    const auto exactly = [&](char wanted, Expect next) {
        expect_ = next;
        return c == wanted ? State::more : State::bad;
    };
    switch (expect_) {
        case Expect::size:
            if (c == '\r' && digits_ > 0) return exactly('\r', Expect::size_line_feed);
            if (!is(c, hex_character) || ++digits_ > digits_max) return State::bad;
            chunk_ = chunk_ * 16 + static_cast<unsigned>(hex_value(c));
            return State::more;
        case Expect::size_line_feed: return c == '\n' ? end_of_size() : State::bad;
        case Expect::data_return: return exactly('\r', Expect::data_line_feed);
        case Expect::data_line_feed: return exactly('\n', Expect::size);
        case Expect::last_return: return exactly('\r', Expect::last_line_feed);
        case Expect::last_line_feed: return c == '\n' ? State::done : State::bad;
        case Expect::data: break;
    }
    return State::bad;
}

ChunkedDecoder::State ChunkedDecoder::feed(std::string_view& input, std::string& body) {
    while (!input.empty()) {
        if (expect_ == Expect::data) {
            const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, input.size()));
            body.append(input.data(), size);
            input.remove_prefix(size);
            chunk_ -= size;
            if (chunk_ == 0) expect_ = Expect::data_return;
            continue;
        }
        const State state = take(input.front());
        input.remove_prefix(1);
        if (state != State::more) return state;
    }
    return State::more;
}

}  // namespace chathook::http
