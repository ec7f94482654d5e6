#include "support/form_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chathook;

namespace {

std::string value_of(std::string_view text, std::string_view name) {
    const auto fields = read_form(text);
    if (!fields) return "(no form)";
    const std::string* value = single_field(*fields, name);
    return value == nullptr ? "(none)" : *value;
}

}  // namespace

TEST_CASE("names and values of a form are decoded, and a '+' is a blank") {
    CHECK(value_of("hub.mode=subscribe&hub.challenge=17", "hub.challenge") == "17");
    CHECK(value_of("a=%41%2B+%25", "a") == "A+ %");
    CHECK(value_of("%61=1", "a") == "1");
    CHECK(value_of("a=1=2", "a") == "1=2");
    CHECK(value_of("a", "a").empty());
    CHECK(value_of("a=", "a").empty());
    CHECK(value_of("&&a=1&", "a") == "1");
    CHECK(value_of("", "a") == "(none)");
}

TEST_CASE("a name that occurs twice in a form has no value, however it is written") {
    CHECK(value_of("a=1&a=1", "a") == "(none)");
    CHECK(value_of("a=1&%61=2", "a") == "(none)");
    CHECK(value_of("a=1&A=2", "a") == "1");
    CHECK(value_of("a=1&b=2&b=3", "a") == "1");
}

TEST_CASE("a form with an incomplete escape is none, wherever it stands") {
    for (const char* text : {"a=1&b=%", "a=1&b=%4", "a=1&%zz=2", "a=%G1", "a=1&b=% 41"}) {
        CAPTURE(text);
        CHECK(value_of(text, "a") == "(no form)");
    }
}

TEST_CASE("a form with more than a thousand fields is none") {
    std::string text = "a=1";
    for (std::size_t i = 1; i < form_fields_max; ++i) text += "&b=2";
    CHECK(value_of(text, "a") == "1");
    CHECK(value_of(text + "&c=3", "a") == "(no form)");
}
