#include "disk/crc32c.hpp"

#include <catch2/catch.hpp>

#include <string>

using chathook::disk::crc32c;
using chathook::disk::crc32c_portable;

TEST_CASE("the record checksum is CRC-32C as RFC 3720 prints it") {
    std::string rising, falling;
    for (int at = 0; at < 32; ++at) {
        rising += static_cast<char>(at);
        falling += static_cast<char>(31 - at);
    }
    for (const auto function : {&crc32c, &crc32c_portable}) {
        CHECK(function(0, "123456789") == 0xe3069283);
        CHECK(function(0, std::string(32, '\0')) == 0x8a9136aa);
        CHECK(function(0, std::string(32, '\xff')) == 0x62a8ab43);
        CHECK(function(0, rising) == 0x46dd794e);
        CHECK(function(0, falling) == 0x113fdb5c);
        CHECK(function(0, "") == 0);
    }
}

TEST_CASE("the record checksum is the same with and without CPU instructions, in one piece or in two") {
    std::string bytes;
    unsigned state = 12345;
    for (int length = 0; length < 200; ++length) {
        const std::size_t cut = bytes.size() / 3;
        const std::uint32_t whole = crc32c_portable(0, bytes);
        CHECK(crc32c(0, bytes) == whole);
        CHECK(crc32c(crc32c(0, bytes.substr(0, cut)), bytes.substr(cut)) == whole);
        state = state * 1103515245 + 12345;
        bytes += static_cast<char>(state >> 16);
    }
}
