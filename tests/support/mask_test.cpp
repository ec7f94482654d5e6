#include "support/mask.hpp"

#include <catch2/catch.hpp>

using chathook::mask_email;
using chathook::mask_phone;
using chathook::printable;

TEST_CASE("a masked email address shows its first character and its domain") {
    CHECK(mask_email("visitor@example.com") == "v***@example.com");
    CHECK(mask_email("v@example.com") == "v***@example.com");
    CHECK(mask_email("\u00e9lise@example.com") == "\u00e9***@example.com");
}

TEST_CASE("text that is not a plain email address is masked completely") {
    CHECK(mask_email("visitor") == "***");
    CHECK(mask_email("a@b@c") == "***");
    CHECK(mask_email("@example.com") == "***");
    CHECK(mask_email("visitor@") == "***");
    CHECK(mask_email("\xffx@example.com") == "***");
    CHECK(mask_email("").empty());
}

TEST_CASE("a masked phone number shows its last two digits") {
    CHECK(mask_phone("+1 234 567 890") == "***90");
    CHECK(mask_phone("123456") == "***56");
    CHECK(mask_phone("(030) 12-34-5 ext") == "***45");
}

TEST_CASE("a short phone number is masked completely") {
    CHECK(mask_phone("12345") == "***");
    CHECK(mask_phone("no number") == "***");
    CHECK(mask_phone("").empty());
}

TEST_CASE("printable text contains no control characters and no invalid UTF-8") {
    CHECK(printable("plain text", 100) == "plain text");
    CHECK(printable("caf\u00e9 \u20ac", 100) == "caf\u00e9 \u20ac");
    CHECK(printable("a\nb\x1b[2J\x7f", 100) == "a?b?[2J?");
    CHECK(printable("\u009b31m", 100) == "?31m");
    CHECK(printable("\u2028\u202e", 100) == "??");
    CHECK(printable("\xff\xe2\x82", 100) == "???");
    CHECK(printable(std::string_view("\0a", 2), 100) == "?a");
}

TEST_CASE("printable text is cut between two characters") {
    CHECK(printable("abcdef", 3) == "abc");
    CHECK(printable("ab\u20ac", 4) == "ab");
    CHECK(printable("ab\u20ac", 5) == "ab\u20ac");
    CHECK(printable("abc", 0).empty());
}
