#include "net/address.hpp"

#include <algorithm>
#include <array>

namespace chathook::net {

namespace ip = boost::asio::ip;

std::optional<ip::address> read_address(std::string_view text) {
    using namespace std::string_view_literals;
    std::array<char, 46> name{};  // the longest IPv6 address and a NUL
    if (text.size() >= name.size() || text.find_first_of("%\0"sv) != std::string_view::npos) {
        return std::nullopt;
    }
    std::ranges::copy(text, name.begin());
    boost::system::error_code error;
    const ip::address address = ip::make_address(name.data(), error);
    if (error) return std::nullopt;
    return unmapped(address);
}

ip::address unmapped(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

}  // namespace chathook::net
