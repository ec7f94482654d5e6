#include "http/client_address.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "http/characters.hpp"
#include "net/address.hpp"
#include "support/ascii.hpp"

namespace chathook::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t hops_max = 32;

ip::address_v6 as_v6(const ip::address& address) {
    return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
}

// RFC 7239, 6: nothing, or ":" and a port, which may be an obfuscated name that begins with an underscore.
bool is_port_behind(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() != ':' || text.size() < 2) return false;
    text.remove_prefix(1);
    const bool number = text.size() <= 5 && all_digits(text);
    return number || (text.front() == '_' && all(text, token_character));
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80".
std::optional<ip::address> parse_node(std::string_view text) {
    const bool bracketed = !text.empty() && text.front() == '[';
    std::size_t end = text.size();
    if (bracketed) {
        text.remove_prefix(1);
        end = text.find(']');
        if (end == std::string_view::npos || !is_port_behind(text.substr(end + 1))) return std::nullopt;
    } else if (const std::size_t colon = text.find(':'); colon == text.rfind(':')) {
        end = std::min(colon, end);
        if (!is_port_behind(text.substr(end))) return std::nullopt;
    }
    text = text.substr(0, end);
    if (bracketed && text.find(':') == std::string_view::npos) return std::nullopt;
    return net::read_address(text);
}

// The value of `for` in one element of a Forwarded field; empty if there is none. The elements were split at
// every comma, quoted or not: an odd quote or a backslash means that this one begins within a quoted string,
// which a client may have chosen (host="a, for=192.0.2.1"), so it is ignored.
std::string_view forwarded_for(std::string_view element) {
    if (std::ranges::count(element, '"') % 2 != 0 || element.find('\\') != std::string_view::npos) return {};
    while (!element.empty()) {
        const std::size_t end = element.find(';');
        const std::string_view pair = trimmed(element.substr(0, end));
        element = end == std::string_view::npos ? std::string_view() : element.substr(end + 1);
        if (pair.size() < 4 || !equals_ignoring_case(pair.substr(0, 4), "for=")) continue;
        std::string_view value = pair.substr(4);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        return value;
    }
    return {};
}

// Walks the hops in a header from the last to the first, over all fields of that name.
class Walk {
public:
    Walk(std::span<const Field> fields, std::string_view name) : left_(fields), name_(name) {}

    // nullopt: no hop is left.
    std::optional<std::string_view> next() {
        while (!in_list_) {
            if (left_.empty()) return std::nullopt;
            const Field& field = left_.back();
            left_ = left_.first(left_.size() - 1);
            if (equals_ignoring_case(field.name, name_)) {
                list_ = field.value;
                in_list_ = true;
            }
        }
        const std::size_t comma = list_.rfind(',');
        if (comma == std::string_view::npos) {
            in_list_ = false;
            return trimmed(list_);
        }
        const std::string_view hop = trimmed(list_.substr(comma + 1));
        list_ = list_.substr(0, comma);
        return hop;
    }

private:
    std::span<const Field> left_;
    std::string_view name_;
    std::string_view list_;
    bool in_list_ = false;
};

bool names(std::span<const Field> fields, std::string_view name) {
    for (const Field& field : fields) {
        if (equals_ignoring_case(field.name, name)) return true;
    }
    return false;
}

}  // namespace

TrustedProxies::TrustedProxies(std::span<const std::string> blocks) {
    for (const std::string& text : blocks) {
        const std::size_t slash = text.find('/');
        boost::system::error_code error;
        const ip::address address = ip::make_address(text.substr(0, slash), error);
        const unsigned width = address.is_v4() ? 32 : 128;
        unsigned prefix = width;
        if (slash != std::string::npos) {
            const char* end = text.data() + text.size();
            const auto parsed = std::from_chars(text.data() + slash + 1, end, prefix);
            if (parsed.ec != std::errc() || parsed.ptr != end || prefix > width) {
                error = boost::asio::error::invalid_argument;
            }
        }
        if (error) throw std::invalid_argument("\"" + text + "\" is no address block like 10.0.0.0/8");
        blocks_.push_back({as_v6(address), prefix + (128 - width)});
    }
}

bool TrustedProxies::contains(const ip::address& address) const noexcept {
    const auto bytes = as_v6(address).to_bytes();
    for (const Block& block : blocks_) {
        const auto network = block.network.to_bytes();
        const std::size_t whole = block.prefix / 8;
        bool same = true;
        for (std::size_t i = 0; i < whole; ++i) same = same && bytes[i] == network[i];
        if (const unsigned rest = block.prefix % 8; same && rest != 0) {
            const unsigned mask = 0xffu << (8 - rest) & 0xffu;
            same = (bytes[whole] & mask) == (network[whole] & mask);
        }
        if (same) return true;
    }
    return false;
}

std::optional<ip::address> client_address(const TrustedProxies& trusted,
                                          const std::optional<ip::address>& peer,
                                          std::span<const Field> fields) {
    std::optional<ip::address> client = peer;
    if (client && !trusted.contains(*client)) return client;
    const bool classic = names(fields, "x-forwarded-for");
    Walk walk(fields, classic ? "x-forwarded-for" : "forwarded");
    for (std::size_t hops = 0; hops < hops_max; ++hops) {
        const auto hop = walk.next();
        if (!hop) break;
        const auto address = parse_node(classic ? *hop : forwarded_for(*hop));
        if (!address) break;
        client = address;
        if (!trusted.contains(*client)) break;
    }
    return client;
}

std::uint64_t share_key(std::string_view client) noexcept {
    const auto address = net::read_address(client);
    if (!address) return 0;
    // IPv4 clients use the range of IPv6 multicast, which is never a client's address.
    constexpr std::uint64_t ipv4_space = 0xffffffff00000000;
    if (address->is_v4()) return ipv4_space | address->to_v4().to_uint();
    const auto bytes = address->to_v6().to_bytes();
    std::uint64_t network = 0;
    for (std::size_t i = 0; i < sizeof network; ++i) network = network << 8 | bytes[i];
    return network;
}

}  // namespace chathook::http
