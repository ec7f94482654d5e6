#include "net/proxy_header.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "net/address.hpp"

namespace chathook::net {
namespace {

namespace ip = boost::asio::ip;
using namespace std::string_view_literals;
using State = ProxyHeader::State;

constexpr std::string_view text_start = "PROXY ";
constexpr std::size_t text_bytes_max = 107;  // the CRLF included

constexpr std::string_view binary_start = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t binary_fixed_bytes = 16;

const ProxyHeader bad{};
const ProxyHeader more{State::more, 0, std::nullopt};

// Removes the next word and the blank behind it from `line`.
std::string_view take_word(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() &&
           (text.size() == 1 || text.front() != '0');
}

// The notation decides the family: a mapped IPv4 address is written as an IPv6 one.
std::optional<ip::address> read_address_of(std::string_view text, bool v6) {
    if ((text.find(':') != std::string_view::npos) != v6) return std::nullopt;
    return read_address(text);
}

// "TCP4 192.0.2.1 192.0.2.2 56324 443", after "PROXY ", without CRLF.
ProxyHeader read_text_line(std::string_view line, std::size_t size) {
    const bool open_end = line.ends_with(' ');
    const std::string_view family = take_word(line);
    if (family == "UNKNOWN") return {State::done, size, std::nullopt};
    if ((family != "TCP4" && family != "TCP6") || open_end) return bad;
    const bool v6 = family == "TCP6";
    const auto source = read_address_of(take_word(line), v6);
    const auto destination = read_address_of(take_word(line), v6);
    const bool ports = is_port(take_word(line)) && is_port(take_word(line));
    if (!source || !destination || !ports || !line.empty()) return bad;
    return {State::done, size, source};
}

ProxyHeader read_text(std::string_view bytes) {
    const std::string_view window = bytes.substr(0, text_bytes_max);
    const std::size_t end = window.find('\r');
    if (end == std::string_view::npos) {
        // Its CR may be the last byte but one.
        return window.size() >= text_bytes_max - 1 || window.find('\n') != std::string_view::npos ? bad
                                                                                                  : more;
    }
    if (window.substr(0, end).find('\n') != std::string_view::npos) return bad;
    if (end + 1 == window.size()) return window.size() == text_bytes_max ? bad : more;
    if (window[end + 1] != '\n') return bad;
    return read_text_line(window.substr(text_start.size(), end - text_start.size()), end + 2);
}

unsigned byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

template <class Address>
ip::address source_of(std::string_view addresses) {
    typename Address::bytes_type raw{};
    for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<unsigned char>(addresses[i]);
    return unmapped(Address(raw));
}

// The addresses are followed by TLVs, which are ignored.
ProxyHeader read_binary(std::string_view bytes) {
    constexpr std::size_t v4_bytes = 12;
    constexpr std::size_t v6_bytes = 36;
    constexpr std::size_t unix_bytes = 216;
    if (bytes.size() > 12 && byte(bytes, 12) != 0x20 && byte(bytes, 12) != 0x21) return bad;
    if (bytes.size() < binary_fixed_bytes) return more;
    const bool local = byte(bytes, 12) == 0x20;
    const unsigned family = byte(bytes, 13);
    const std::size_t length = byte(bytes, 14) << 8 | byte(bytes, 15);
    const std::size_t size = binary_fixed_bytes + length;
    if (size > proxy_header_bytes_max) return bad;
    if (bytes.size() < size) return more;
    const std::string_view addresses = bytes.substr(binary_fixed_bytes, length);
    ProxyHeader header{State::done, size, std::nullopt};
    if (local) return header;  // the family is ignored then
    switch (family) {
        case 0x00: return header;  // UNSPEC
        case 0x11:                 // TCP over IPv4
            if (length < v4_bytes) return bad;
            header.client = source_of<ip::address_v4>(addresses);
            return header;
        case 0x21:  // TCP over IPv6
            if (length < v6_bytes) return bad;
            header.client = source_of<ip::address_v6>(addresses);
            return header;
        case 0x31: return length < unix_bytes ? bad : header;
        default: return bad;  // datagrams do not come here
    }
}

bool begins(std::string_view bytes, std::string_view start) {
    const std::size_t size = std::min(bytes.size(), start.size());
    return bytes.substr(0, size) == start.substr(0, size);
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
    if (begins(bytes, binary_start)) return bytes.size() < binary_start.size() ? more : read_binary(bytes);
    if (begins(bytes, text_start)) return bytes.size() < text_start.size() ? more : read_text(bytes);
    return bad;
}

}  // namespace chathook::net
