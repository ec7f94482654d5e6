#include <chathook/json.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <type_traits>

#include "ecma/document.hpp"

using namespace chathook;

namespace {

constexpr std::string_view handover = R"({
  "conversationId": "clP5fVfvHISpzpLkJub2", "leadId": 31305, "big": 9007199254740993, "rating": 4.50,
  "open": true, "widgetId": null, "note": "a\tb\u00e9\ud83d\ude00", "lone": "\ud83d", "empty": "",
  "messages": [{"role": "human", "text": "Hi"}, [], "x", {"role": "lynn"}], "none": {}
})";

}  // namespace

TEST_CASE("members are read by name and kind") {
    const auto document = JsonDocument::parse(handover);
    REQUIRE(document != nullptr);
    const Json root = document->root();
    CHECK(root.is_object());
    CHECK(root.size() == 11);
    CHECK(root["conversationId"].text() == "clP5fVfvHISpzpLkJub2");
    CHECK(root["open"].kind() == Json::Kind::boolean);
    CHECK(root["widgetId"].kind() == Json::Kind::null);
    CHECK(root["rating"].kind() == Json::Kind::number);
    CHECK(root["rating"].source() == "4.50");
    CHECK(root["messages"].is_array());
    CHECK(root["none"].size() == 0);
    CHECK(root.source() == handover);
    CHECK(root["messages"].first().source() == R"({"role": "human", "text": "Hi"})");
}

TEST_CASE("an identifier keeps every digit, whether it is a number or a string") {
    const auto document = JsonDocument::parse(handover);
    CHECK(document->root()["leadId"].id() == "31305");
    CHECK(document->root()["big"].id() == "9007199254740993");
    CHECK(document->root()["conversationId"].id() == "clP5fVfvHISpzpLkJub2");
    CHECK(document->root()["open"].id().empty());
    CHECK(document->root()["leadId"].text().empty());
}

TEST_CASE("escapes are decoded, surrogate pairs joined and lone surrogates kept") {
    const auto document = JsonDocument::parse(handover);
    CHECK(document->root()["note"].text() == "a\tb\xC3\xA9\xF0\x9F\x98\x80");
    CHECK(document->root()["lone"].text() == "\xED\xA0\xBD");
    const auto tricky =
        JsonDocument::parse(R"(["\ud83d\ud83d\ude00","\ude00\ud83d","\ud83d\u0041","\ud83dx\ude00"])");
    REQUIRE(tricky != nullptr);
    Json element = tricky->root().first();
    CHECK(element.text() == "\xED\xA0\xBD\xF0\x9F\x98\x80");
    element = element.next();
    CHECK(element.text() == "\xED\xB8\x80\xED\xA0\xBD");
    element = element.next();
    CHECK(element.text() ==
          "\xED\xA0\xBD"
          "A");
    element = element.next();
    CHECK(element.text() == "\xED\xA0\xBDx\xED\xB8\x80");
}

TEST_CASE("arrays and objects are iterated in order, whatever they contain") {
    const auto document = JsonDocument::parse(R"([[1,[2,[3]]],{"a":{"b":[4]},"c":5},"\n",6,[],{},7])");
    REQUIRE(document != nullptr);
    std::string sources;
    for (Json e = document->root().first(); e; e = e.next()) sources += std::string(e.source()) + ";";
    CHECK(sources == R"([1,[2,[3]]];{"a":{"b":[4]},"c":5};"\n";6;[];{};7;)");

    std::string members;
    const Json object = document->root().first().next();
    for (Json m = object.first(); m; m = m.next()) {
        members += std::string(m.key()) + "=" + std::string(m.source()) + ";";
    }
    CHECK(members == R"(a={"b":[4]};c=5;)");
    CHECK_FALSE(document->root().next());
    CHECK(document->root().key().empty());
    CHECK(document->root().first().key().empty());
}

TEST_CASE("the last of duplicate members counts, and names are compared after unescaping") {
    const auto document =
        JsonDocument::parse(R"({"email":"a","\u0065mail":"b","Email":"c","e":{"email":"d"}})");
    REQUIRE(document != nullptr);
    CHECK(document->root()["email"].text() == "b");
    CHECK(document->root().size() == 4);
    CHECK(document->root().first().next().key() == "email");
}

TEST_CASE("an absent value, or one of another kind, reads as empty at any depth") {
    const auto document = JsonDocument::parse(handover);
    const Json root = document->root();
    const Json absent = root["nobody"]["home"]["at all"];
    CHECK_FALSE(absent);
    CHECK(absent.kind() == Json::Kind::absent);
    CHECK(absent.text().empty());
    CHECK(absent.id().empty());
    CHECK(absent.source().empty());
    CHECK(absent.key().empty());
    CHECK(absent.size() == 0);
    CHECK_FALSE(absent.first());
    CHECK_FALSE(absent.next());
    CHECK_FALSE(root["leadId"]["x"]);
    CHECK_FALSE(root["messages"]["0"]);
    CHECK_FALSE(root["leadId"].first());
    CHECK_FALSE(root["none"].first());
    CHECK_FALSE(Json());
    CHECK(sizeof(Json) == 3 * sizeof(void*));
    CHECK(std::is_trivially_copyable_v<Json>);
}
