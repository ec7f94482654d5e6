#include "doctor/loose_encoding.hpp"

#include <catch2/catch.hpp>

#include <optional>

namespace chathook::doctor {
namespace {

std::optional<std::string> decoded(std::string_view text, Notation notation) {
    std::string out;
    if (!decode_loosely(text, notation, out)) return std::nullopt;
    CHECK(out.size() <= text.size());
    return out;
}

}  // namespace

TEST_CASE("the notation of a text is recognised by its characters") {
    CHECK(notation_of("00ffAB") == Notation::hex);
    CHECK(notation_of("00ffAX") == Notation::base64);
    CHECK(notation_of("aGk+/w==") == Notation::base64);
    CHECK(notation_of("aGk-_w") == Notation::base64url);
    for (const auto* text : {"", "=", "a b", "aGk*", "\xC3\xA9"}) {
        CAPTURE(text);
        CHECK(notation_of(text) == Notation::none);
    }
}

TEST_CASE("hex and base64 are decoded leniently") {
    CHECK(decoded("6869", Notation::hex) == "hi");
    CHECK(decoded("4A4a", Notation::hex) == "JJ");
    CHECK(decoded("aGk=", Notation::base64) == "hi");
    CHECK(decoded("aGk", Notation::base64) == "hi");
    CHECK(decoded("aGl=", Notation::base64) == "hi");
    CHECK(decoded(" aG\r\nk=\n", Notation::base64) == "hi");
    CHECK(decoded("_-8=", Notation::base64url) == "\xFF\xEF");
    CHECK(decoded("/+8=", Notation::base64) == "\xFF\xEF");
}

TEST_CASE("text that is neither hex nor base64 is not decoded") {
    CHECK_FALSE(decoded("686", Notation::hex));
    CHECK_FALSE(decoded("", Notation::hex));
    CHECK_FALSE(decoded("6x", Notation::hex));
    CHECK_FALSE(decoded("aGkkk", Notation::base64));
    CHECK_FALSE(decoded("a", Notation::base64));
    CHECK_FALSE(decoded("aG k", Notation::base64));
    CHECK_FALSE(decoded("aGk=", Notation::none));
}

TEST_CASE("white space around a text is removed, white space within it is kept") {
    CHECK(without_blanks_around(" \t a b\r\n") == "a b");
    CHECK(without_blanks_around(" \n").empty());
}

}  // namespace chathook::doctor
