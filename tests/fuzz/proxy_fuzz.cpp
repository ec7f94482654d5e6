// A PROXY header means what its specification's plain reading says, means the same however it is cut (what is
// complete was on its way at every byte before, and what follows it changes nothing), and what a balancer
// prints for an address is read back as that address.
#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "net/proxy_header.hpp"

using namespace chathook::fuzz;
using namespace chathook::net;
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

// What a plain reading of a header makes of it; nullopt: it is none, or not all of it has come.
struct Reference {
    std::size_t size = 0;
    std::string client;  // empty: it names nobody
};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words{""};
    for (const char c : text) {
        if (c == ' ') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    return words;
}

bool is_port(const std::string& text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return digits && text.size() <= 5 && std::stoi(text) <= 65535 && (text[0] != '0' || text == "0");
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443" and CRLF, at most 107 bytes of both.
std::optional<Reference> read_text(const std::string& bytes) {
    const std::size_t end = bytes.find_first_of("\r\n");
    if (end == std::string::npos || end > 105 || bytes.substr(end, 2) != "\r\n") return std::nullopt;
    const std::vector<std::string> words = split(bytes.substr(0, end));
    if (words.size() < 2 || words[0] != "PROXY") return std::nullopt;
    if (words[1] == "UNKNOWN") return Reference{end + 2, ""};
    if (words.size() != 6 || (words[1] != "TCP4" && words[1] != "TCP6")) return std::nullopt;
    const int family = words[1] == "TCP4" ? AF_INET : AF_INET6;
    std::array<unsigned char, 16> source{};
    std::array<unsigned char, 16> destination{};
    for (const std::string& word : words) {
        if (word.find('\0') != std::string::npos) return std::nullopt;
    }
    if (inet_pton(family, words[2].c_str(), source.data()) != 1) return std::nullopt;
    if (inet_pton(family, words[3].c_str(), destination.data()) != 1) return std::nullopt;
    if (!is_port(words[4]) || !is_port(words[5])) return std::nullopt;
    return Reference{end + 2, printed(family, source.data())};
}

std::optional<Reference> read_binary(const std::string& header) {
    const auto byte = [&](std::size_t at) {
        return static_cast<unsigned>(static_cast<unsigned char>(header[at]));
    };
    if (header.size() < 16) return std::nullopt;
    const std::size_t length = byte(14) * 256 + byte(15);
    const std::size_t size = 16 + length;
    if (size > 536 || header.size() < size) return std::nullopt;
    if (byte(12) == 0x20) return Reference{size, ""};
    if (byte(12) != 0x21) return std::nullopt;
    if (byte(13) == 0x00 || (byte(13) == 0x31 && length >= 216)) return Reference{size, ""};
    if (byte(13) == 0x11 && length >= 12) return Reference{size, printed(AF_INET, &header[16])};
    if (byte(13) == 0x21 && length >= 36) return Reference{size, printed(AF_INET6, &header[16])};
    return std::nullopt;
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
    const auto reference = bytes.starts_with(signature) ? read_binary(bytes) : read_text(bytes);
    require((whole.state == State::done) == reference.has_value());
    require(whole.state != State::more || size < proxy_header_bytes_max);
    if (!reference) return 0;
    require(whole.size == reference->size && whole.size <= proxy_header_bytes_max);
    require((whole.client ? whole.client->to_string() : "") == reference->client);
    for (std::size_t cut = 0; cut < whole.size; ++cut) {
        require(read_proxy_header(view.substr(0, cut)).state == State::more);
    }
    const ProxyHeader again = read_proxy_header(bytes + "\r\n\r\n");
    require(again.state == State::done && again.size == whole.size && again.client == whole.client);
    return 0;
}
