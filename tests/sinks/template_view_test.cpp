#include "sinks/template_view.hpp"

#include <catch2/catch.hpp>

#include "ecma/document.hpp"

using namespace chathook;
using namespace std::string_literals;
using sinks::TemplateView;

TEST_CASE("a path is followed through members and elements, and is absent where one is missing") {
    const auto document =
        JsonDocument::parse(R"({"a":{"b":[{"c":1},{"c":2}]},"7":"seven","key with blanks":true})");
    std::size_t work = 1000;
    const TemplateView view(document->root(), work);
    CHECK(view.find("a.b.1.c").source() == "2");
    CHECK(view.find("7").text() == "seven");
    CHECK(view.find("key with blanks").source() == "true");
    CHECK(view.find(".").is_object());
    for (const auto* path :
         {"b", "a.c", "a.b.2", "a.b.-1", "a.b.01x", "a.b.c", "a.b.1.c.d", "a.b.99999999999999999999"}) {
        CAPTURE(path);
        CHECK_FALSE(view.find(path));
    }
}

TEST_CASE("a path is looked up in the innermost section first, and not after its end") {
    const auto document = JsonDocument::parse(R"({"name":"outer","only":"here","inner":{"name":"inner"}})");
    std::size_t work = 10'000;
    TemplateView view(document->root(), work);
    const auto* section = view.get("inner");
    REQUIRE(section != nullptr);
    view.push(section);
    CHECK(view.find("name").text() == "inner");
    CHECK(view.find("only").text() == "here");
    CHECK(view.get("$name")->string_value() == "inner");
    view.pop();
    CHECK(view.find("name").text() == "outer");
}

TEST_CASE("more work than the limit ends with an exception, not with more memory") {
    const std::string list = "[" + std::string(999, ' ') + "1" + [] {
        std::string more;
        for (int element = 0; element < 999; ++element) more += ",1";
        return more;
    }() + "]";
    const auto document = JsonDocument::parse_owned(R"({"list":)" + list + "}");
    std::size_t work = 2000 * sizeof(TemplateView::Data);
    const TemplateView view(document->root(), work);
    CHECK(view.get("list")->list_value().size() == 1000);
    CHECK_THROWS_AS(view.get("list"), sinks::TemplateTooLarge);
    work = 100;
    CHECK_THROWS_AS(view.get("$list"), sinks::TemplateTooLarge);
}

TEST_CASE("a value's plain text is the string's text, or the value's JSON") {
    const auto document = JsonDocument::parse(R"(["a\"b", 1e400, true, null, {"x": 1}])");
    Json element = document->root().first();
    for (const auto& expected : {"a\"b"s, "1e400"s, "true"s, ""s, R"({"x": 1})"s}) {
        CHECK(sinks::as_plain_text(element) == expected);
        element = element.next();
    }
    CHECK(sinks::as_plain_text(Json()).empty());
}
