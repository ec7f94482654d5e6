#include "support/ascii.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chathook;

TEST_CASE("letters and digits are those of ASCII, whatever the locale says") {
    std::string digits, alphanumerics;
    for (int c = 0; c < 256; ++c) {
        if (is_digit(static_cast<char>(c))) digits += static_cast<char>(c);
        if (is_alphanumeric(static_cast<char>(c))) alphanumerics += static_cast<char>(c);
    }
    CHECK(digits == "0123456789");
    CHECK(alphanumerics == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

TEST_CASE("a hexadecimal digit has its value in either case") {
    std::string digits;
    for (int value = 0; value < 16; ++value) {
        for (int c = 0; c < 256; ++c) {
            if (hex_value(static_cast<char>(c)) == value) digits += static_cast<char>(c);
        }
    }
    CHECK(digits == "0123456789AaBbCcDdEeFf");
    CHECK(hex_value('g') == -1);
}

TEST_CASE("texts are compared without regard to the case of ASCII letters alone") {
    CHECK(same_ignoring_case("X-Lynn-Signature", "x-lynn-SIGNATURE"));
    CHECK(equals_ignoring_case("Content-Length", "content-length"));
    CHECK_FALSE(equals_ignoring_case("Content-Lengths", "content-length"));
    CHECK_FALSE(same_ignoring_case("a[", "A{"));
    CHECK_FALSE(same_ignoring_case("\xc4", "\xe4"));  // A and a with diaeresis in Latin-1
}
