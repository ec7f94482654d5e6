// A row of the table of requests is read as it was written, and from any other bytes nothing or a row whose
// parts fit its envelope. The input is the bytes of a row.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "format/requests.hpp"
#include "fuzz/require.hpp"

using namespace chathook;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint64_t first = 7;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (std::uint64_t last = first; last < first + 4; ++last) {
        const auto row = format::read_request(first, last, bytes);
        if (!row) continue;
        require(row->head.first == first && row->head.last == last);
        require(row->envelope.size() == row->head.envelope_bytes);
        require(row->envelope.data() >= bytes.data() &&
                row->envelope.data() + row->envelope.size() <= bytes.data() + bytes.size());
        std::uint32_t at = 0;
        for (const format::RequestPart& part : row->head.parts) {
            require(part.at >= at && part.at <= row->head.envelope_bytes);
            at = part.at;
        }
        const auto around = format::around_envelope(row->head, row->envelope);
        require(around.before + std::string(row->envelope) + around.behind == bytes);
    }
    return 0;
}
