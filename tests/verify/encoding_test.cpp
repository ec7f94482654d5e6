#include "verify/encoding.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

using namespace chathook::verify;
using namespace std::string_view_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

bool hex_fits(std::string_view text, std::size_t size) {
    Bytes out(size);
    return decode_hex(text, out);
}

bool base64_fits(std::string_view text, std::size_t size) {
    Bytes out(size);
    return decode_base64(text, out);
}

}  // namespace

TEST_CASE("hex is read in either case and written in lowercase") {
    Bytes all(256);
    std::iota(all.begin(), all.end(), std::uint8_t{0});
    const std::string text = encode_hex(all);
    CHECK(text.substr(0, 8) == "00010203");
    CHECK(text.substr(504) == "fcfdfeff");
    Bytes read(256);
    CHECK(decode_hex(text, read));
    CHECK(read == all);
    Bytes mixed(2);
    CHECK(decode_hex("aBCd", mixed));
    CHECK(mixed == Bytes{0xAB, 0xCD});
}

TEST_CASE("hex of another length or with any other character is refused") {
    for (const std::string_view text : {""sv, "0"sv, "000"sv, "00000"sv, "0g00"sv, "00G0"sv, " 000"sv,
                                        "000 "sv, "0x00"sv, "00:0"sv, "000\0"sv, "+000"sv, "000\n"sv,
                                        "\xEF\xBC\x90"
                                        "0"sv}) {
        CAPTURE(text);
        CHECK_FALSE(hex_fits(text, 2));
    }
    for (int c = 0; c < 256; ++c) {
        const std::string text = std::string(3, '0') + static_cast<char>(c);
        CHECK(hex_fits(text, 2) ==
              ("0123456789abcdefABCDEF"sv.find(static_cast<char>(c)) != std::string::npos));
    }
}

TEST_CASE("the base64 examples of the RFC are read with and without padding") {
    struct Row {
        std::string_view text, padded, bare;
    };
    for (const Row& row : {Row{"f", "Zg==", "Zg"}, Row{"fo", "Zm8=", "Zm8"}, Row{"foo", "Zm9v", "Zm9v"},
                           Row{"foob", "Zm9vYg==", "Zm9vYg"}, Row{"fooba", "Zm9vYmE=", "Zm9vYmE"},
                           Row{"foobar", "Zm9vYmFy", "Zm9vYmFy"}}) {
        const Bytes bytes(row.text.begin(), row.text.end());
        CHECK(encode_base64(bytes) == row.padded);
        Bytes read(bytes.size());
        CHECK(decode_base64(row.padded, read));
        CHECK(read == bytes);
        CHECK(decode_base64(row.bare, read));
        CHECK(read == bytes);
    }
    CHECK(encode_base64({}).empty());
}

TEST_CASE("base64 whose unused bits are not zero is refused") {
    std::size_t accepted = 0;
    for (const char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"sv) {
        const bool one = base64_fits(std::string("A") + c + "==", 1);
        const bool two = base64_fits(std::string("AA") + c + "=", 2);
        CHECK(one == ("AQgw"sv.find(c) != std::string_view::npos));
        accepted += two;
    }
    CHECK(accepted == 16);
}

TEST_CASE("base64 of another length, alphabet or padding is refused") {
    REQUIRE(base64_fits("AAA=", 2));
    for (const std::string_view text :
         {""sv, "A"sv, "AA"sv, "AA="sv, "AA=="sv, "AAA=="sv, "AAAA"sv, "AAAAA"sv, "AA-="sv, "AA_="sv,
          "AA*="sv, " AAA"sv, "AAA "sv, "AAA\n"sv, "A=A="sv, "=AAA"sv, "AAA\0"sv, "A\nA="sv, "A==="sv}) {
        CAPTURE(text);
        CHECK_FALSE(base64_fits(text, 2));
    }
}

TEST_CASE("a SHA-256 in base64 has 44 characters, or 43 without its padding") {
    const Bytes bytes(32, 0xFB);
    const std::string text = encode_base64(bytes);
    REQUIRE(text.size() == 44);
    CHECK(text.find('+') != std::string::npos);
    CHECK(base64_fits(text, 32));
    CHECK(base64_fits(text.substr(0, 43), 32));
    CHECK_FALSE(base64_fits(text.substr(0, 42), 32));
    CHECK_FALSE(base64_fits(text + "=", 32));
}
