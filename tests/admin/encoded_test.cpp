#include "admin/encoded.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace chathook {

using admin::decoded_once;

namespace {

std::string decoded(std::string_view text) { return decoded_once(text).value_or("(as it is)"); }

}  // namespace

TEST_CASE("percent signs, character references and escapes are decoded, one layer at a time", "[admin]") {
    CHECK(decoded("?to=ann%40example%2eorg&x=1") == "?to=ann@example.org&x=1");
    CHECK(decoded("ann%2540example.org") == "ann%40example.org");
    CHECK(decoded("ann&#64;example.org") == "ann@example.org");
    CHECK(decoded("ann&#x40;example&#0046;org") == "ann@example.org");
    CHECK(decoded("ann&#64example.org") == "ann@example.org");
    CHECK(decoded("ann&commat;example&period;org") == "ann@example.org");
    CHECK(decoded("ann&amp;#64;example.org") == "ann&#64;example.org");
    CHECK(decoded("ann\\u0040example.org") == "ann@example.org");
    CHECK(decoded("ann\\\\\\u0040example.org") == "ann@example.org");
    CHECK(decoded("%2B49%20151") == "+49 151");
    CHECK(decoded("&nbsp;&#xa0;") == "  ");
}

TEST_CASE("encoded characters beyond ASCII are decoded to UTF-8", "[admin]") {
    CHECK(decoded("m%C3%BCller") == "m\xc3\xbcller");
    CHECK(decoded("%F0%9F%98%80") == "\xf0\x9f\x98\x80");
    CHECK(decoded("&#252;") == "\xc3\xbc");
    CHECK(decoded("\\u00fc") == "\xc3\xbc");
    CHECK(decoded("\\ud83d\\ude00") == "\xf0\x9f\x98\x80");
    CHECK(decoded("&#x1F600;") == "\xf0\x9f\x98\x80");
    CHECK(decoded("\\u20ac") == "\xe2\x82\xac");
}

TEST_CASE("text that only looks encoded is left unchanged", "[admin]") {
    for (const char* text : {"",
                             "ann@example.org",
                             "100%",
                             "%4",
                             "%zz",
                             "%",
                             "5%adam@x.org",
                             "%c0%80",
                             "%e0%80%80",
                             "%ff",
                             "%f5%80%80%80",
                             "%c3",
                             "&",
                             "&#;",
                             "&#x;",
                             "&unknown;",
                             "&#0;",
                             "&#xd800;",
                             "&#1114112;",
                             "\\",
                             "\\n",
                             "\\u",
                             "\\u00g0",
                             "\\ud83d",
                             "\\ud83dx",
                             "\\ud83d\\u0040",
                             "\\ude00",
                             "\\\\server\\up",
                             "%00",
                             "%01",
                             "&#1;",
                             "\\u0001",
                             "%7f"}) {
        INFO(text);
        CHECK(decoded(text) == (std::string_view(text) == "\\ud83d\\u0040" ? "\\ud83d@" : "(as it is)"));
    }
}

TEST_CASE("a tab or a line break is decoded to a blank", "[admin]") {
    for (const char* text : {"%0A", "%0d", "%09", "&#10;", "&#x9;", "\\u000a"}) {
        INFO(text);
        CHECK(decoded(text) == " ");
    }
}

TEST_CASE("a long text of incomplete forms is scanned once", "[admin]") {
    for (const char* beginning : {"\\", "%", "&", "%4", "&#6", "\\ud83d\\", "&#x"}) {
        INFO(beginning);
        std::string text;
        while (text.size() < 4'000'000) text += beginning;
        CHECK(decoded_once(text + "\\u0040").value().ends_with('@'));
    }
}

}  // namespace chathook
