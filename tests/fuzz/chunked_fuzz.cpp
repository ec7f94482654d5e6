// A chunked body decodes to what a plain reading of RFC 9112, 7.1, from left to right gives, ends at the same
// byte and for the same reason, and does so however it is cut.
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "http/chunked.hpp"

using namespace chathook::fuzz;
using namespace chathook::http;
using State = ChunkedDecoder::State;

namespace {

constexpr std::size_t body_bytes_max = 1000;

class Reference {
public:
    explicit Reference(std::string_view input) : input_(input) {}

    // What is missing at the input's end is neither right nor wrong yet.
    State read() {
        const State state = read_chunks();
        return ended_ ? State::more : state;
    }

    std::size_t taken() const { return taken_; }
    const std::string& body() const { return body_; }

private:
    int next() {
        if (taken_ < input_.size()) return static_cast<unsigned char>(input_[taken_++]);
        ended_ = true;
        return -1;
    }

    // The last chunk differs from the others only in that it is empty and none follows it.
    State read_chunks() {
        while (true) {
            std::string digits;
            int c = 0;
            while (std::isxdigit(c = next()) != 0) {
                digits += static_cast<char>(c);
                if (digits.size() > 8) return State::bad;
            }
            if (digits.empty() || c != '\r' || next() != '\n') return State::bad;
            const std::uint64_t size = std::stoull(digits, nullptr, 16);
            if (size + body_.size() > body_bytes_max) return State::too_large;
            for (std::uint64_t left = size; left > 0; --left) {
                if ((c = next()) < 0) return State::more;
                body_ += static_cast<char>(c);
            }
            if (next() != '\r' || next() != '\n') return State::bad;
            if (size == 0) return State::done;
        }
    }

    std::string_view input_;
    std::size_t taken_ = 0;
    bool ended_ = false;
    std::string body_;
};

// Feeds pieces of `width` bytes.
void require_same(std::string_view bytes, std::size_t width, const Reference& reference, State wanted) {
    ChunkedDecoder decoder(body_bytes_max);
    std::string body;
    State state = State::more;
    std::size_t taken = 0;
    while (state == State::more && taken < bytes.size()) {
        std::string_view piece = bytes.substr(taken, width);
        const std::size_t size = piece.size();
        state = decoder.feed(piece, body);
        taken += size - piece.size();
        require(state != State::more || piece.empty());
    }
    require(state == wanted && taken == reference.taken() && body == reference.body());
    require(body.size() <= body_bytes_max);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Reference reference(bytes);
    const State wanted = reference.read();
    for (const std::size_t width : {std::size_t{1}, std::size_t{3}, size + 1}) {
        require_same(bytes, width, reference, wanted);
    }
    return 0;
}
