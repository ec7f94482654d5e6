#include "admin/person.hpp"

#include <catch2/catch.hpp>

namespace chathook {

using admin::Person;

namespace {

Person ann() { return *Person::with_email("Ann@Example.org"); }
Person caller() { return *Person::with_phone("+49 151 234 5678"); }

Event event_with(std::string json, std::string raw = "") {
    Event event;
    event.text = std::move(json);
    event.raw = std::move(raw);
    return event;
}

}  // namespace

TEST_CASE("a person is identified by one complete e-mail address, or by a number of at least seven digits",
          "[admin]") {
    for (const char* wrong :
         {"", "ann", "@example.org", "ann@", "a@b@c", "ann lee@example.org", "<ann@example.org>",
          "ann@example.org,", "ann@example.org.", "mailto:ann@example.org", "\"ann\"@example.org"}) {
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

TEST_CASE("an e-mail address is found in any case, wherever it is on its own", "[admin]") {
    for (const char* text : {"ann@example.org", "ANN@EXAMPLE.ORG", "write to ann@example.org.",
                             "<ann@example.org>", "mailto:ann@example.org?subject=x", "a@b.c,ann@example.org",
                             "\xe9\x82\xae\xe7\xae\xb1"
                             "ann@example.org"
                             "\xe3\x80\x82"}) {
        INFO(text);
        CHECK(ann().is_in_text(text));
    }
}

TEST_CASE("an e-mail address does not match inside a longer one", "[admin]") {
    for (const char* text :
         {"joann@example.org", "mary.ann@example.org", "mary-ann@example.org", "ann@example.org.uk",
          "ann@example.orgs", "ann@example.org-chart", "ann@example", "ann at example.org", ""}) {
        INFO(text);
        CHECK_FALSE(ann().is_in_text(text));
    }
}

TEST_CASE("a telephone number is found by its digits with any separators", "[admin]") {
    for (const char* text :
         {"491512345678", "+491512345678", "00491512345678", "+49 (151) 234-56-78", "+49 (0) 151 2345678",
          "49.151.2345678", "call +49 151 2345678, please", "tel:+49-151-2345678", "49\t151\t2345678",
          "+49 - 151 - 234 567 8", "+49\u00a0151\u202f2345678", "49\u2011151\u2013234 5678",
          "49\u00b7151\u2009234\n5678"}) {
        INFO(text);
        CHECK(caller().is_in_text(text));
    }
    CHECK(Person::with_phone("+49\u00a0151\u20112345678")->is_in_text("491512345678"));
    CHECK(Person::with_phone("0151 2345678")->is_in_text("my number: 0151/2345678"));
    CHECK(Person::with_phone("+49 (0) 151 2345678")->is_in_text("+491512345678"));
}

TEST_CASE("a telephone number matches only with all of its digits and no others", "[admin]") {
    for (const char* text : {"4915123456789", "1491512345678", "+1 49 151 2345678", "49 151 2345678-9",
                             "49 151 234567", "x491512345678", "0151 2345678", "49 , 1512345678"}) {
        INFO(text);
        CHECK_FALSE(caller().is_in_text(text));
    }
    CHECK_FALSE(Person::with_phone("2345678")->is_in_text("+49 151 2345678"));
}

TEST_CASE("a telephone number next to other digits is found if together they are too long for one number",
          "[admin]") {
    for (const char* text : {"2026-11-29 491512345678", "491512345678 2026-11-29",
                             "491512345678 / 491519876543", "1 2 3 4 491512345678"}) {
        INFO(text);
        CHECK(caller().is_in_text(text));
    }
    CHECK_FALSE(caller().is_in_text("27 491512345678"));  // could be one number of 14 digits
    CHECK_FALSE(caller().is_in_text("491512345678 2 times"));
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

TEST_CASE("a person is found in the sender's own bytes if the event cannot contain them verbatim",
          "[admin]") {
    CHECK(ann().is_in(event_with(R"({"data":{"original_base64":"..."}})", "name=Ann&mail=ann@example.org")));
    CHECK(ann().is_in(event_with("{}", "\xff{\"mail\":\"ann@example.org\"}")));
    CHECK(ann().is_in(event_with("{}", "{\n\"mail\": \"ann\\u0040example.org\"\n}")));
}

TEST_CASE("a person is found in the body and in the head of a refused request", "[admin]") {
    CHECK(ann().is_in_request("X-A: b\r\n\r\n{\"mail\":\"ann\\u0040example.org\"}"));
    CHECK(ann().is_in_request("X-From: ann@example.org\r\n\r\n{}"));
    CHECK_FALSE(ann().is_in_request("X-A: b\r\n\r\n{\"mail\":\"bob@example.org\"}"));
    CHECK_FALSE(ann().is_in_request(""));
}

TEST_CASE("a person is found in links, in HTML and in JSON inside a text", "[admin]") {
    for (const char* json : {R"({"url":"https://x.org/?to=Ann%40Example.org&n=1"})",
                             R"({"url":"https://x.org/%3Fto%3Dann%2540example.org"})",
                             R"({"url":"https://x.org/?text=hello%0Aann%40example.org"})",
                             R"({"url":"mailto:x@y.org?body=hi%0D%0A%09ann@example.org"})",
                             R"({"url":"https://x.org/?text=my+mail+is+ann%40example.org"})",
                             R"({"url":"https://x.org/%3Ftext%3Dmail%2Bann%2540example.org"})",
                             R"({"html":"<a href='mailto:ann&#64;example.org'>Ann</a>"})",
                             R"({"html":"write to&nbsp;ann&#x40;example&period;org"})",
                             R"({"html":"&lt;b&gt;ann&amp;#64;example.org&lt;/b&gt;"})",
                             R"({"form":"{\"email\":\"ann\\u0040example.org\"}"})",
                             R"({"form":"{\"said\":\"I am\\nann@example.org\"}"})",
                             R"({"form":"[\"{\\\"m\\\":\\\"ann\\\\u0040example.org\\\"}\"]"})",
                             R"({"cut":"{\"email\":\"ann\\u0040example.org\",\"mo"})"}) {
        INFO(json);
        CHECK(ann().is_in(event_with(json)));
    }
    CHECK(ann().is_in(event_with("{}", "name=Ann+Lee&mail=ann%40example.org")));
    CHECK(ann().is_in_request("X-A: b\r\nX-Link: /?to=ann%40example.org\r\n\r\n{}"));
    for (const char* text :
         {"tel:%2B49%20151%202345678", "+49&nbsp;151&nbsp;2345678", "\\u002b491512345678"}) {
        INFO(text);
        CHECK(caller().is_in_text(text));
    }
}

TEST_CASE("decoded text has to be the whole address or number, too", "[admin]") {
    for (const char* text : {"x+ann@example.org", "m=x%2Bann%40example.org", "jo%61nn%40example.org",
                             "joann%40example.org", "ann%40example.org.uk", "mary&period;ann&#64;example.org",
                             "5%adam@x.org", "ann%2525252540example.org"}) {
        INFO(text);
        CHECK_FALSE(ann().is_in_text(text));
    }
    CHECK_FALSE(Person::with_email("am@x.org")->is_in_text("5%adam@x.org"));
    CHECK_FALSE(caller().is_in_text("%2B49%20151%2023456789"));
    CHECK_FALSE(caller().is_in_text("1%2049%20151%202345678"));
}

TEST_CASE("an event nested as deeply as its size allows is searched without recursion", "[admin]") {
    constexpr std::size_t depth = 200'000;
    const std::string nested =
        std::string(depth, '[') + "\"ann\\u0040example.org\"" + std::string(depth, ']');
    CHECK(ann().is_in(event_with(nested)));
}

}  // namespace chathook
