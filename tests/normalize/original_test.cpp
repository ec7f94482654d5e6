#include "normalize/original.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "ecma/document.hpp"
#include "normalize/proved.hpp"

namespace chathook::normalize {
namespace {

using test::Proved;

std::string changes(const std::string& text) {
    std::string out;
    const Proved body(text);
    append_changes(out, plan_original(body.get()));
    return out;
}

TEST_CASE("a body of valid UTF-8 JSON without line breaks is embedded unchanged") {
    const Proved body(" {\"a\":\t1} ");
    const Original original = plan_original(body.get());
    CHECK(original.json);
    CHECK(original.verbatim());
    CHECK(original.text.data() == body.get().body().data());
    CHECK(original.text.size() == body.get().body().size());
}

TEST_CASE("the changes that a line needs are named") {
    CHECK(changes("{\"a\":\n1}") == R"(["line_break"])");
    CHECK(changes("[1]\r") == R"(["line_break"])");
    CHECK(changes("\xEF\xBB\xBF[1]") == R"(["byte_order_mark"])");
    CHECK(changes("[\"\xFF\"]") == R"(["utf8"])");
    CHECK(changes("\xEF\xBB\xBF[\"\xFF\"]") == R"(["byte_order_mark","utf8"])");
    CHECK(changes(R"(["\ud800"])") == R"(["surrogate"])");
    CHECK(changes(R"({"\u0000":1e400,"a":1,"a":2})") == R"(["nul","number","duplicate_key"])");
    const std::string deep = std::string(nesting_max + 1, '[') + std::string(nesting_max + 1, ']');
    CHECK(changes(deep) == R"(["depth"])");
    CHECK(plan_original(Proved(deep.substr(1, 2 * nesting_max)).get()).verbatim());
}

TEST_CASE("a body that is not JSON is not embedded as JSON") {
    for (const auto* text : {"", "{", "\xFF"}) {
        const Proved body(text);
        CHECK_FALSE(plan_original(body.get()).json);
        CHECK_FALSE(plan_original(body.get()).verbatim());
    }
}

TEST_CASE("each line break becomes a space, and only in the appended text") {
    const Proved body("{\r\n\"a\":\n1}");
    std::string out = "before\n";
    append_planned(out, plan_original(body.get()), *body.get().document(), body.get().json());
    CHECK(out == "before\n{  \"a\": 1}");
}

TEST_CASE("accepted bytes are read only from an event, including white space around them") {
    CHECK(accepted_bytes(R"({"data":{"original": [1]	}})") == " [1]\t");
    CHECK(accepted_bytes(R"({"data":{"original":1,"x":2}})") == "1");
    CHECK(accepted_bytes(R"({"data":{"original":1,"original_base64":"/wA="}})") == std::string("\xFF\0", 2));
    CHECK(accepted_bytes(R"({"data":{"original_base64":""}})") == "");
    for (const auto* line : {"", "{", "{}", "[]", R"({"data":{}})", R"({"data":{"original_base64":"?"}})"}) {
        CHECK_FALSE(accepted_bytes(line).has_value());
    }
}

}  // namespace
}  // namespace chathook::normalize
