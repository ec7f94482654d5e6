#include "normalize/original.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "normalize/proved.hpp"

namespace chathook::normalize {
namespace {

using test::Proved;

TEST_CASE("a body of valid UTF-8 JSON without line breaks goes into the line as it is") {
    const Proved body(" {\"a\":\t1} ");
    const Original original = plan_original(body.get());
    CHECK(original.json);
    CHECK(original.verbatim);
    CHECK(original.text.data() == body.get().body().data());
    CHECK(original.text.size() == body.get().body().size());
}

TEST_CASE("a body with line breaks, a byte order mark or invalid UTF-8 goes into the line changed") {
    for (const auto* text : {"{\"a\":\n1}", "{\"a\":\r1}", "[1]\n", "\xEF\xBB\xBF[1]", "[\"\xFF\"]"}) {
        const Proved body(text);
        const Original original = plan_original(body.get());
        CAPTURE(text);
        CHECK(original.json);
        CHECK_FALSE(original.verbatim);
    }
}

TEST_CASE("a body that is no JSON, or is nested beyond the limit, does not go into the line as JSON") {
    const std::string deep = std::string(nesting_max + 1, '[') + std::string(nesting_max + 1, ']');
    for (const auto& text : {std::string(), std::string("{"), deep}) {
        CHECK_FALSE(plan_original(Proved(text).get()).json);
    }
    CHECK(plan_original(Proved(deep.substr(1, 2 * nesting_max)).get()).json);
}

TEST_CASE("line breaks become blanks, one for one, and only in what is appended") {
    std::string out = "before\n";
    append_on_one_line(out, "{\r\n\"a\":\n1}");
    CHECK(out == "before\n{  \"a\": 1}");
    append_on_one_line(out, "[1]");
    CHECK(out == "before\n{  \"a\": 1}[1]");
}

}  // namespace
}  // namespace chathook::normalize
