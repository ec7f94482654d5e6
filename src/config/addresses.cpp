#include "config/addresses.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "config/reading.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::config {

namespace {

constexpr std::string_view address_forms =
    "write host:port, \"[v6]:port\" (in quotes), unix:/path or systemd";
constexpr std::size_t unix_path_max = sizeof(sockaddr_un::sun_path) - 1;

// The bytes of an IP address literal; family 0 if the text is not one.
struct IpLiteral {
    int family = 0;
    std::array<unsigned char, 16> bytes{};
    unsigned bits() const { return family == AF_INET ? 32 : 128; }
};

IpLiteral parse_ip(const std::string& text) {
    IpLiteral ip;
    if (text.find('\0') != std::string::npos) return ip;
    if (inet_pton(AF_INET, text.c_str(), ip.bytes.data()) == 1) {
        ip.family = AF_INET;
    } else if (inet_pton(AF_INET6, text.c_str(), ip.bytes.data()) == 1) {
        ip.family = AF_INET6;
    }
    return ip;
}

AddressOrProblem wrong(std::string_view text, const std::string& what) {
    return {std::nullopt, in_quotes(text) + " " + what};
}

AddressOrProblem parse_unix(std::string_view text) {
    const std::string_view path = text.substr(std::string_view("unix:").size());
    if (path.size() < 2 || path.front() != '/') {
        return wrong(text, "is not the address of a UNIX socket; write unix: and an absolute path");
    }
    if (path.size() > unix_path_max) {
        return wrong(text, "is too long for a UNIX socket; its path may have " +
                               std::to_string(unix_path_max) + " bytes");
    }
    return {Address{Address::Kind::unix_socket, std::string(path), 0, std::string(text)}, {}};
}

// systemd.socket(5): at most 255 characters of printable ASCII, without ':'.
AddressOrProblem parse_systemd(std::string_view text) {
    const std::string_view name = text.substr(std::string_view("systemd:").size());
    const bool good =
        !name.empty() && name.size() <= 255 &&
        std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~' && c != ':'; });
    if (!good) {
        return wrong(text, "names no socket; write systemd: and the FileDescriptorName= of the socket unit");
    }
    return {Address{Address::Kind::systemd, std::string(name), 0, std::string(text)}, {}};
}

// What the daemon binds for the host of an address: localhost is 127.0.0.1 (net/listener.hpp).
IpLiteral bound_to(const Address& address) {
    return parse_ip(address.host == "localhost" ? "127.0.0.1" : address.host);
}

bool is_wildcard(const IpLiteral& ip) { return ip.bytes == std::array<unsigned char, 16>{}; }

// The same file, however many slashes and dots the path has. With "..", which a symbolic link may lead
// elsewhere, only the text counts.
bool same_path(const std::string& left, const std::string& right) {
    const auto plain = [](const std::string& path) {
        return path.find("..") != std::string::npos ? path
                                                    : std::filesystem::path(path).lexically_normal().string();
    };
    return plain(left) == plain(right);
}

// Whether the address has bits set beyond its prefix length.
bool has_host_bits(const IpLiteral& ip, std::uint64_t prefix) {
    for (unsigned bit = static_cast<unsigned>(prefix); bit < ip.bits(); ++bit) {
        if ((ip.bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return true;
    }
    return false;
}

}  // namespace

AddressOrProblem parse_address(std::string_view text) {
    if (text == "systemd") return {Address{Address::Kind::systemd, "", 0, "systemd"}, {}};
    if (text.starts_with("systemd:")) return parse_systemd(text);
    if (text.starts_with("unix:")) return parse_unix(text);

    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong(text, "has no port; " + std::string(address_forms));
    std::string host(text.substr(0, colon));
    const auto port = yaml::parse_count(text.substr(colon + 1));
    if (host.empty() || host == "*") {
        return wrong(text, "names no address; write 0.0.0.0:PORT or [::]:PORT to listen on all of them");
    }
    if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
        return wrong(text, "has no port from 0 to 65535 after its last colon; " + std::string(address_forms));
    }
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const int family = parse_ip(host).family;
    if (family == AF_INET6 && !bracketed) {
        return wrong(
            text, "is an IPv6 address without brackets; write \"[address]:port\", with the quotation marks");
    }
    if (family == 0 ? host != "localhost" || bracketed : bracketed && family == AF_INET) {
        return wrong(text,
                     "is not an IP address with a port; names other than localhost are not looked up; " +
                         std::string(address_forms));
    }
    return {Address{Address::Kind::tcp, host, static_cast<std::uint16_t>(*port), std::string(text)}, {}};
}

ModeOrProblem parse_mode(std::string_view text) {
    ModeOrProblem result;
    const bool octal =
        text.size() >= 3 && text.size() <= 4 && text.find_first_not_of("01234567") == text.npos;
    if (octal) result.mode = static_cast<unsigned>(std::stoul(std::string(text), nullptr, 8));
    if (!octal) {
        result.problem = in_quotes(text) + " is not an octal mode, for example 0660";
    } else if (result.mode > 0777) {
        result.problem = in_quotes(text) + " has bits that a socket does not have; write at most 0777";
    } else if ((result.mode & 0222) == 0) {
        result.problem = in_quotes(text) + " lets nobody connect, which takes the right to write; write 0660";
    } else if ((result.mode & 0002) != 0) {
        result.doubt =
            in_quotes(text) + " lets every user of this machine connect; write 0660 and set a group";
    }
    return result;
}

bool is_local(const Address& address) {
    if (address.kind == Address::Kind::unix_socket) return true;
    if (address.kind == Address::Kind::systemd) return false;
    if (address.host == "localhost") return true;
    const IpLiteral ip = parse_ip(address.host);
    if (ip.family == AF_INET) return ip.bytes[0] == 127;
    return ip.family == AF_INET6 && ip.bytes == parse_ip("::1").bytes;
}

bool collide(const Address& left, const Address& right) {
    if (left.kind != right.kind) return false;
    if (left.kind == Address::Kind::systemd) {
        return left.host.empty() || right.host.empty() || left.host == right.host;
    }
    if (left.kind == Address::Kind::unix_socket) return same_path(left.host, right.host);
    if (left.port != right.port || left.port == 0) return false;
    const IpLiteral one = bound_to(left);
    const IpLiteral other = bound_to(right);
    return one.family == other.family && (one.bytes == other.bytes || is_wildcard(one) || is_wildcard(other));
}

NetworkOrProblem parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    const IpLiteral ip = parse_ip(address);
    if (ip.family == 0) {
        return {{}, in_quotes(text) + " is not a network; write one such as 10.0.0.0/8 or fd00::/8", {}};
    }
    std::uint64_t prefix = ip.bits();
    if (slash != std::string_view::npos) {
        const auto written = yaml::parse_count(text.substr(slash + 1));
        if (!written || *written > ip.bits()) {
            return {{}, in_quotes(text) + " has no prefix length from 0 to " + std::to_string(ip.bits()), {}};
        }
        prefix = *written;
    }
    NetworkOrProblem network{address + "/" + std::to_string(prefix), {}, {}};
    if (prefix == 0) {
        network.doubt = in_quotes(text) + " trusts every sender to name any client; list the proxies only";
    } else if (has_host_bits(ip, prefix)) {
        network.doubt =
            in_quotes(text) + " has bits beyond its prefix, which mean nothing; shorten the address";
    }
    return network;
}

}  // namespace chathook::config
