#include "sinks/address.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace chathook::sinks {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool in_block(Bytes address, Bytes prefix, std::size_t bits) {
    for (std::size_t bit = 0; bit < bits; bit += 8) {
        const std::size_t rest = std::min<std::size_t>(bits - bit, 8);
        const unsigned mask = (0xFFu << (8 - rest)) & 0xFFu;
        if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) return false;
    }
    return true;
}

struct BlockV4 {
    std::array<std::uint8_t, 4> prefix;
    std::size_t bits;
    AddressKind kind;
};

// IANA IPv4 Special-Purpose Address Registry. 192.0.0.192 and 100.100.100.200, two clouds' metadata
// addresses, are inside internal blocks.
constexpr std::array<BlockV4, 13> blocks_v4{{
    {{0, 0, 0, 0}, 8, AddressKind::forbidden},
    {{10, 0, 0, 0}, 8, AddressKind::internal},
    {{100, 64, 0, 0}, 10, AddressKind::internal},
    {{127, 0, 0, 0}, 8, AddressKind::loopback},
    {{169, 254, 0, 0}, 16, AddressKind::forbidden},
    {{172, 16, 0, 0}, 12, AddressKind::internal},
    {{192, 0, 0, 0}, 24, AddressKind::internal},
    {{192, 0, 2, 0}, 24, AddressKind::internal},
    {{192, 168, 0, 0}, 16, AddressKind::internal},
    {{198, 18, 0, 0}, 15, AddressKind::internal},
    {{198, 51, 100, 0}, 24, AddressKind::internal},
    {{203, 0, 113, 0}, 24, AddressKind::internal},
    {{224, 0, 0, 0}, 3, AddressKind::forbidden},
}};

struct BlockV6 {
    std::array<std::uint8_t, 16> prefix;
    std::size_t bits;
    AddressKind kind;
};

// IANA IPv6 Special-Purpose Address Registry.
constexpr std::array<BlockV6, 8> blocks_v6{{
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128, AddressKind::forbidden},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressKind::loopback},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, AddressKind::internal},
    {{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128, AddressKind::forbidden},
    {{0xfc}, 7, AddressKind::internal},
    {{0xfe, 0x80}, 10, AddressKind::forbidden},
    {{0xfe, 0xc0}, 10, AddressKind::internal},
    {{0xff}, 8, AddressKind::forbidden},
}};

struct Embedding {
    std::array<std::uint8_t, 16> prefix;
    std::size_t bits;
    std::size_t at;         // offset of the IPv4 address
    std::uint8_t flip = 0;  // Teredo writes it inverted
};

constexpr std::array<Embedding, 6> embeddings{{
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},  // mapped, RFC 4291
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 96, 12},  // translated, RFC 2765
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                    // NAT64, RFC 6052
    {{0x20, 0x02}, 16, 2},                                 // 6to4, RFC 3056
    {{0x20, 0x01, 0, 0}, 32, 12, 0xff},                    // Teredo, RFC 4380
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 96, 12},        // compatible, RFC 4291 (withdrawn)
}};

std::string_view kind_text(AddressKind kind) {
    switch (kind) {
        case AddressKind::global: return "a public address";
        case AddressKind::loopback: return "a loopback address";
        case AddressKind::internal: return "a private address";
        case AddressKind::forbidden: return "a link-local or reserved address";
    }
    return "an address";
}

}  // namespace

AddressKind classify_v4(std::span<const std::uint8_t, 4> bytes) noexcept {
    const auto block = std::find_if(blocks_v4.begin(), blocks_v4.end(), [bytes](const BlockV4& candidate) {
        return in_block(bytes, candidate.prefix, candidate.bits);
    });
    return block == blocks_v4.end() ? AddressKind::global : block->kind;
}

AddressKind classify_v6(std::span<const std::uint8_t, 16> bytes) noexcept {
    const auto block = std::find_if(blocks_v6.begin(), blocks_v6.end(), [bytes](const BlockV6& candidate) {
        return in_block(bytes, candidate.prefix, candidate.bits);
    });
    if (block != blocks_v6.end()) return block->kind;
    const auto embedding = std::find_if(
        embeddings.begin(), embeddings.end(),
        [bytes](const Embedding& candidate) { return in_block(bytes, candidate.prefix, candidate.bits); });
    if (embedding == embeddings.end()) return AddressKind::global;
    std::array<std::uint8_t, 4> inner{};
    for (std::size_t index = 0; index < inner.size(); ++index) {
        inner[index] = static_cast<std::uint8_t>(bytes[embedding->at + index] ^ embedding->flip);
    }
    return classify_v4(inner);
}

AddressKind classify(const sockaddr& address) noexcept {
    if (address.sa_family == AF_INET) {
        sockaddr_in inet{};
        std::memcpy(&inet, &address, sizeof inet);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &inet.sin_addr, bytes.size());
        return classify_v4(bytes);
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 inet{};
        std::memcpy(&inet, &address, sizeof inet);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &inet.sin6_addr, bytes.size());
        return classify_v6(bytes);
    }
    return AddressKind::forbidden;
}

bool may_connect(AddressKind kind, HostForm host, bool allow_private) noexcept {
    switch (kind) {
        case AddressKind::global: return true;
        case AddressKind::loopback: return allow_private || host != HostForm::name;
        case AddressKind::internal: return allow_private || host == HostForm::literal;
        case AddressKind::forbidden: return false;
    }
    return false;
}

std::string describe(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.sa_family == AF_INET) {
        sockaddr_in inet{};
        std::memcpy(&inet, &address, sizeof inet);
        ::inet_ntop(AF_INET, &inet.sin_addr, text.data(), text.size());
    } else if (address.sa_family == AF_INET6) {
        sockaddr_in6 inet{};
        std::memcpy(&inet, &address, sizeof inet);
        ::inet_ntop(AF_INET6, &inet.sin6_addr, text.data(), text.size());
    }
    return std::string(text.data()) + ", " + std::string(kind_text(classify(address)));
}

}  // namespace chathook::sinks
