// A PROXY header means the same however it is cut: what is complete was on its way at every byte before, and
// what follows it changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/proxy_header.hpp"

using namespace chathook::http;
using State = ProxyHeader::State;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const std::string_view view = bytes;
    const ProxyHeader whole = read_proxy_header(view);
    require(whole.state != State::more || size < proxy_header_bytes_max);
    if (whole.state != State::done) return 0;
    require(whole.size <= size && whole.size <= proxy_header_bytes_max);
    for (std::size_t cut = 0; cut < whole.size; ++cut) {
        require(read_proxy_header(view.substr(0, cut)).state == State::more);
    }
    const ProxyHeader again = read_proxy_header(bytes + "\r\n\r\n");
    require(again.state == State::done && again.size == whole.size && again.client == whole.client);
    return 0;
}
