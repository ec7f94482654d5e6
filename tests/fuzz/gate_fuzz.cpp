// Whatever the gate lets pass has to mean the same to Beast, and whatever frames a chunked body has to decode
// to the same bytes however it is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/chunked.hpp"
#include "http/gate.hpp"
#include "http/second_opinion.hpp"

using namespace chathook::http;

namespace {

void fuzz_head(std::string_view bytes) {
    static Head head;
    const GateLimits limits;
    HeadProgress progress;
    if (find_head_end(bytes, limits, progress) || progress.size == 0) return;
    const std::string_view whole = bytes.substr(0, progress.size);
    if (read_head(whole, limits, head)) return;
    // Beast reads Connection lists more strictly than the gate; nothing else may be to its distaste.
    for (const auto& field : head.fields) {
        if (field.name.size() == 10 || field.name.size() == 16) return;  // [Proxy-]Connection
    }
    if (!beast_agrees(whole, limits, head)) std::abort();
}

void fuzz_chunks(std::string_view bytes) {
    std::string at_once;
    std::string_view input = bytes;
    const auto state = ChunkedDecoder(1000).feed(input, at_once);
    const std::size_t rest = input.size();
    std::string piecemeal;
    ChunkedDecoder decoder(1000);
    auto last = ChunkedDecoder::State::more;
    std::size_t taken = 0;
    while (taken < bytes.size() && last == ChunkedDecoder::State::more) {
        std::string_view one = bytes.substr(taken++, 1);
        last = decoder.feed(one, piecemeal);
    }
    if (last != state || piecemeal != at_once || bytes.size() - taken != rest) std::abort();
    if (at_once.size() > 1000) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    fuzz_head(bytes);
    fuzz_chunks(bytes);
    return 0;
}
