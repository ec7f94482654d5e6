#include "admin/person.hpp"

#include <catch2/catch.hpp>

namespace chathook {

using admin::Person;

namespace {

Person ann() { return *Person::with_email("Ann@Example.org"); }
Person caller() { return *Person::with_phone("+49 151 234 5678"); }

Event event_with(std::string json, std::string raw = "") {
    Event event;
    event.json = std::move(json);
    event.raw = std::move(raw);
    return event;
}

}  // namespace

TEST_CASE("a person is named by one whole e-mail address, or by a number of at least seven digits",
          "[admin]") {
    for (const char* wrong : {"", "ann", "@example.org", "ann@", "a@b@c", "ann lee@example.org"}) {
        INFO(wrong);
        CHECK_FALSE(Person::with_email(wrong).has_value());
    }
    for (const char* wrong : {"", "123456", "0000000000", "call 1234567", "12345678x", "123456 0"}) {
        INFO(wrong);
        const bool seven_digits = std::string_view(wrong) == "123456 0";
        CHECK(Person::with_phone(wrong).has_value() == seven_digits);
    }
    CHECK(Person::with_email("  ann@example.org\n").has_value());
    CHECK(Person::with_phone("(0151) 234-5678").has_value());
}

TEST_CASE("an e-mail address is found without regard to case, wherever it stands on its own", "[admin]") {
    for (const char* text : {"ann@example.org", "ANN@EXAMPLE.ORG", "write to ann@example.org.",
                             "<ann@example.org>", "mailto:ann@example.org?subject=x", "a@b.c,ann@example.org",
                             "\xe9\x82\xae\xe7\xae\xb1"
                             "ann@example.org"
                             "\xe3\x80\x82"}) {
        INFO(text);
        CHECK(ann().is_in_text(text));
    }
}

TEST_CASE("an e-mail address that is part of a longer one is another one", "[admin]") {
    for (const char* text :
         {"joann@example.org", "mary.ann@example.org", "mary-ann@example.org", "ann@example.org.uk",
          "ann@example.orgs", "ann@example.org-chart", "ann@example", "ann at example.org", ""}) {
        INFO(text);
        CHECK_FALSE(ann().is_in_text(text));
    }
}

TEST_CASE("a telephone number is found by its digits, however they are set apart", "[admin]") {
    for (const char* text :
         {"491512345678", "+491512345678", "00491512345678", "+49 (151) 234-56-78", "+49 (0) 151 2345678",
          "49.151.2345678", "call +49 151 2345678, please", "tel:+49-151-2345678"}) {
        INFO(text);
        CHECK(caller().is_in_text(text));
    }
    CHECK(Person::with_phone("0151 2345678")->is_in_text("my number: 0151/2345678"));
    CHECK(Person::with_phone("+49 (0) 151 2345678")->is_in_text("+491512345678"));
}

TEST_CASE("a telephone number is all of its digits and no others", "[admin]") {
    for (const char* text : {"4915123456789", "1491512345678", "+1 49 151 2345678", "49 151 2345678-9",
                             "49 151 234567", "x491512345678", "0151 2345678", "49 , 1512345678"}) {
        INFO(text);
        CHECK_FALSE(caller().is_in_text(text));
    }
    CHECK_FALSE(Person::with_phone("2345678")->is_in_text("+49 151 2345678"));
}

TEST_CASE("a person is found in any text, key and number of an event, escaped or not", "[admin]") {
    CHECK(ann().is_in(event_with(R"({"data":{"contact":{"email":"ann@example.org"}}})")));
    CHECK(ann().is_in(
        event_with(R"({"data":{"original":{"deep":[[{"mail":"\u0061nn\u0040example.org"}]]}}})")));
    CHECK(ann().is_in(event_with(R"({"said":"I am\nann@example.org"})")));
    CHECK(ann().is_in(event_with(R"({"ann@example.org":1})")));
    CHECK(ann().is_in(event_with(R"({"form":"{\"email\":\"ann@example.org\"}"})")));
    CHECK(ann().is_in(event_with(R"({"email":"ann@example.org","email":"bob@example.org"})")));
    CHECK(caller().is_in(event_with(R"({"phone":491512345678})")));
    CHECK(caller().is_in(event_with(R"({"phone":"+49 151 2345678"})")));
    CHECK_FALSE(ann().is_in(event_with(R"({"email":"bob@example.org"})")));
    CHECK_FALSE(caller().is_in(event_with(R"({"at":1491512345678,"id":"491512345678a"})")));
}

TEST_CASE("a person is found in the sender's own bytes, where the event cannot hold them", "[admin]") {
    CHECK(ann().is_in(event_with(R"({"data":{"original_base64":"..."}})", "name=Ann&mail=ann@example.org")));
    CHECK(ann().is_in(event_with("{}", "\xff{\"mail\":\"ann@example.org\"}")));
    CHECK(ann().is_in(event_with("{}", "{\n\"mail\": \"ann\\u0040example.org\"\n}")));
}

TEST_CASE("a person is found in a refused request, in its body and in its head", "[admin]") {
    CHECK(ann().is_in_request("X-A: b\r\n\r\n{\"mail\":\"ann\\u0040example.org\"}"));
    CHECK(ann().is_in_request("X-From: ann@example.org\r\n\r\n{}"));
    CHECK_FALSE(ann().is_in_request("X-A: b\r\n\r\n{\"mail\":\"bob@example.org\"}"));
    CHECK_FALSE(ann().is_in_request(""));
}

TEST_CASE("an event nested as deeply as its size allows is looked through without a stack", "[admin]") {
    constexpr std::size_t depth = 200'000;
    const std::string nested =
        std::string(depth, '[') + "\"ann\\u0040example.org\"" + std::string(depth, ']');
    CHECK(ann().is_in(event_with(nested)));
}

}  // namespace chathook
