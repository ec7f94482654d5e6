// A PROXY header means what its specification's plain reading says, means the same however it is cut (what is
// complete was on its way at every byte before, and what follows it changes nothing), and what a balancer
// prints for an address is read back as that address.
#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "http/proxy_header.hpp"

using namespace chathook::fuzz;
using namespace chathook::http;
using State = ProxyHeader::State;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

// IPv4 addresses in their IPv6 mapping are printed as the IPv4 addresses they are.
std::string printed(int family, const void* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    require(inet_ntop(family, address, text.data(), text.size()) != nullptr);
    std::string result = text.data();
    const std::string mapping = "::ffff:";
    const bool mapped = result.starts_with(mapping) && result.find('.') != std::string::npos;
    return mapped ? result.substr(mapping.size()) : result;
}

// "" for a header that names nobody.
std::string client_of_text(const std::string& line) {
    std::istringstream words(line);
    std::string proxy, family, source;
    words >> proxy >> family >> source;
    require(proxy == "PROXY" && (family == "TCP4" || family == "TCP6" || family == "UNKNOWN"));
    if (family == "UNKNOWN") return "";
    std::array<unsigned char, 16> address{};
    const int kind = family == "TCP4" ? AF_INET : AF_INET6;
    require(inet_pton(kind, source.c_str(), address.data()) == 1);
    return printed(kind, address.data());
}

std::string client_of_binary(const std::string& header) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(header.data());
    require(bytes[12] == 0x20 || bytes[12] == 0x21);
    require(header.size() == 16u + bytes[14] * 256u + bytes[15]);
    if (bytes[12] == 0x20) return "";
    if (bytes[13] == 0x11) return printed(AF_INET, bytes + 16);
    if (bytes[13] == 0x21) return printed(AF_INET6, bytes + 16);
    require(bytes[13] == 0x00 || bytes[13] == 0x31);
    return "";
}

void require_read_back(const std::string& header, const std::string& client) {
    const ProxyHeader read = read_proxy_header(header + "POST");
    require(read.state == State::done && read.size == header.size());
    require(read.client && read.client->to_string() == client);
}

// Prints headers as a balancer would for the address that `bytes` begin with.
void require_round_trip(const std::string& bytes) {
    for (const bool v6 : {false, true}) {
        const int family = v6 ? AF_INET6 : AF_INET;
        const std::size_t size = v6 ? 16 : 4;
        if (bytes.size() < size) return;
        const std::string address = bytes.substr(0, size);
        std::array<char, INET6_ADDRSTRLEN> text{};
        inet_ntop(family, address.data(), text.data(), text.size());
        const std::string name = text.data();
        const std::string client = printed(family, address.data());
        require_read_back((v6 ? "PROXY TCP6 " : "PROXY TCP4 ") + name + " " + name + " 0 65535\r\n", client);
        const std::string ports = "\1\2\3\4";
        const std::string tlv = bytes.substr(size, 100);
        const std::size_t length = 2 * size + ports.size() + tlv.size();
        std::string header = signature + "\x21" + (v6 ? "\x21" : "\x11");
        header += static_cast<char>(length >> 8);
        header += static_cast<char>(length & 255);
        require_read_back(header + address + address + ports + tlv, client);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    require_round_trip(bytes);
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

    const std::string header = bytes.substr(0, whole.size);
    const std::string client =
        header.starts_with(signature) ? client_of_binary(header) : client_of_text(header);
    require((whole.client ? whole.client->to_string() : "") == client);
    return 0;
}
