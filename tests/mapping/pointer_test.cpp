#include "mapping/pointer.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "ecma/document.hpp"

namespace chathook::mapping {
namespace {

std::string source_at(std::string_view pointer, std::string_view body) {
    const auto document = JsonDocument::parse(body);
    REQUIRE(document != nullptr);
    return std::string(Pointer(pointer).at({document->root(), nullptr}).source());
}

// The document and the pointers of RFC 6901, section 5.
constexpr std::string_view of_the_rfc = R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,)"
                                        R"("i\\j":5,"k\"l":6," ":7,"m~n":8})";

TEST_CASE("a pointer finds what RFC 6901 says it finds") {
    CHECK(source_at("", of_the_rfc) == of_the_rfc);
    CHECK(source_at("/foo", of_the_rfc) == R"(["bar","baz"])");
    CHECK(source_at("/foo/0", of_the_rfc) == "\"bar\"");
    CHECK(source_at("/", of_the_rfc) == "0");
    CHECK(source_at("/a~1b", of_the_rfc) == "1");
    CHECK(source_at("/c%d", of_the_rfc) == "2");
    CHECK(source_at("/e^f", of_the_rfc) == "3");
    CHECK(source_at("/g|h", of_the_rfc) == "4");
    CHECK(source_at("/i\\j", of_the_rfc) == "5");
    CHECK(source_at("/k\"l", of_the_rfc) == "6");
    CHECK(source_at("/ ", of_the_rfc) == "7");
    CHECK(source_at("/m~0n", of_the_rfc) == "8");
    CHECK(source_at("/~01", R"({"~1":9,"/":0})") == "9");
}

TEST_CASE("a step of digits counts elements of an array and names a member of an object") {
    constexpr std::string_view body =
        R"({"list":[[10,11],20,30],"object":{"0":"zero","01":"one","-":"minus"}})";
    CHECK(source_at("/list/0/1", body) == "11");
    CHECK(source_at("/list/2", body) == "30");
    CHECK(source_at("/object/0", body) == "\"zero\"");
    CHECK(source_at("/object/01", body) == "\"one\"");
    CHECK(source_at("/object/-", body) == "\"minus\"");
    for (const char* const absent :
         {"/list/3", "/list/00", "/list/01", "/list/-", "/list/-1", "/list/+1", "/list/1e0", "/list/",
          "/list/999999999", "/list/4294967296", "/list/18446744073709551616"}) {
        CAPTURE(absent);
        CHECK(source_at(absent, body).empty());
    }
}

TEST_CASE("a pointer through what is no container finds nothing") {
    for (const char* const body :
         {"null", "17", "\"a\"", "[]", "{}", R"({"a":null})", R"({"a":"b"})", R"({"a":[]})"}) {
        CHECK(source_at("/a/b", body).empty());
        CHECK(source_at("/a/0", body).empty());
    }
    CHECK_FALSE(Pointer("/a").at({}));
    CHECK_FALSE(Pointer("").at({}));
}

TEST_CASE("each leading caret goes one level up, and nothing is above the body") {
    const auto document = JsonDocument::parse(R"({"x":0,"list":[{"x":1,"inner":[{"x":2}]}]})");
    const Level body{document->root(), nullptr};
    const Level outer{body.here["list"].first(), &body};
    const Level inner{outer.here["inner"].first(), &outer};
    CHECK(Pointer("/x").at(inner).source() == "2");
    CHECK(Pointer("^/x").at(inner).source() == "1");
    CHECK(Pointer("^^/x").at(inner).source() == "0");
    CHECK(Pointer("^^").at(inner).source() == document->text());
    CHECK_FALSE(Pointer("^^^/x").at(inner));
    CHECK_FALSE(Pointer("^/x").at(body));
    CHECK(Pointer("^^/x").levels_up() == 2);
    CHECK(Pointer("/x^").levels_up() == 0);
}

TEST_CASE("of a key that stands twice the last value counts, and the key is noted") {
    const auto document = JsonDocument::parse(R"({"a":{"b":1},"a":{"b":2,"b":3}})");
    RepeatedKeys repeated;
    CHECK(Pointer("/a/b").at({document->root(&repeated), nullptr}).source() == "3");
    CHECK(repeated.pointers() == std::vector<std::string>{"/a", "/a/b"});
}

TEST_CASE("pointers into one object find it once, from each level for itself") {
    const auto document =
        JsonDocument::parse(R"({"a":{"x":1,"y":2},"list":[{"a":{"x":3}},{"a":{"y":4}}],"b":{"x":5}})");
    const Level body{document->root(), nullptr};
    const Pointer x("/a/x", 1);
    const Pointer y("/a/y", 1);
    const Pointer other("/b/x", 2);
    const Pointer up("^/a/x", 3);
    CHECK(x.at(body).source() == "1");
    CHECK(y.at(body).source() == "2");
    CHECK(other.at(body).source() == "5");
    CHECK(x.at(body).source() == "1");
    const Level first{body.here["list"].first(), &body};
    const Level second{first.here.next(), &body};
    CHECK(x.at(first).source() == "3");
    CHECK_FALSE(y.at(first));
    CHECK_FALSE(x.at(second));
    CHECK(up.at(second).source() == "1");
    CHECK(y.at(second).source() == "4");
}

TEST_CASE("what is no pointer is said, with the fix") {
    CHECK(Pointer::fault_of("").empty());
    CHECK(Pointer::fault_of("^^").empty());
    CHECK(Pointer::fault_of("/a~0~1/~01").empty());
    CHECK(Pointer::fault_of("data/id") == "is not a JSON pointer, which begins with '/', as in /data/id");
    CHECK(Pointer::fault_of("^x") == "is not a JSON pointer, which begins with '/', as in /data/id");
    CHECK(Pointer::fault_of("$.data.id") == "is a JSONPath; write a JSON pointer, as in /data/id");
    for (const char* const stray : {"/a~", "/a~2b", "/~", "/~~"}) {
        CHECK(Pointer::fault_of(stray) == "has a '~' that is neither ~0, for '~', nor ~1, for '/'");
    }
}

TEST_CASE("a pointer has at most 16 steps and 256 bytes") {
    std::string steps;
    for (int i = 0; i < 16; ++i) steps += "/a";
    CHECK(Pointer::fault_of(steps).empty());
    CHECK(Pointer::fault_of(steps + "/a") == "has more than 16 steps, which no pointer may have");
    const std::string bytes = "/" + std::string(255, 'a');
    CHECK(Pointer::fault_of(bytes).empty());
    CHECK(Pointer::fault_of(bytes + "a") == "is longer than 256 bytes, which no pointer may be");
}

}  // namespace
}  // namespace chathook::mapping
