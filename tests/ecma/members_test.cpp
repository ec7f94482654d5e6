#include "ecma/members.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "ecma/document.hpp"
#include "ecma/stringify.hpp"

using namespace chathook;

namespace {

std::string listed(const std::string& object) {
    const auto document = JsonDocument::parse(object);
    REQUIRE(document != nullptr);
    std::vector<ecma::Member> members;
    ecma::append_members(members, *document, document->root());
    std::string out;
    for (const ecma::Member& member : members) {
        out += std::string(member.key) + "=" + std::string(member.value.source()) + " ";
    }
    return out;
}

// An object of `count` members in which every name occurs twice, the second time in reverse order.
std::string twice_named(std::size_t count, std::string_view prefix) {
    std::string out = "{";
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t name = i < count / 2 ? i : count - 1 - i;
        if (i > 0) out += ',';
        out += '"';
        out += prefix;
        out += std::to_string(name) + "\":" + std::to_string(i);
    }
    return out + "}";
}

}  // namespace

TEST_CASE("array indices come first and ascending, other names in order of first appearance") {
    CHECK(listed(R"({"b":1,"10":2,"a":3,"2":4})") == "2=4 10=2 b=1 a=3 ");
    CHECK(listed("{}").empty());
}

TEST_CASE("duplicate names keep the first position and the last value") {
    CHECK(listed(R"({"a":1,"b":2,"\u0061":3,"b":4})") == "a=3 b=4 ");
    CHECK(listed(R"({"1":1,"0":2,"1":3})") == "0=2 1=3 ");
}

TEST_CASE("an array index is the canonical text of an integer from 0 to 4294967294") {
    CHECK(ecma::array_index("0") == 0);
    CHECK(ecma::array_index("7") == 7);
    CHECK(ecma::array_index("4294967294") == 4294967294u);
    for (const std::string_view other :
         {"", "00", "01", "-0", "-1", "+1", "1.0", "1e3", " 1", "1 ", "4294967295", "4294967296",
          "42949672940", "99999999999999999999", "a", "1a"}) {
        CAPTURE(other);
        CHECK(ecma::array_index(other) == ecma::no_index);
    }
}

TEST_CASE("duplicates are merged alike in objects with few and with many members") {
    for (const std::size_t count : {2u, 14u, 16u, 18u, 20u, 40u, 1000u}) {
        std::string expected;
        for (std::size_t name = 0; name < count / 2; ++name) {
            expected += "k" + std::to_string(name) + "=" + std::to_string(count - 1 - name) + " ";
        }
        CHECK(listed(twice_named(count, "k")) == expected);
    }
}

TEST_CASE("an object of 100,000 names does not take quadratic time") {
    for (const std::string_view prefix : {"", "k", "a_common_beginning_of_some_length_"}) {
        const std::string text = twice_named(100'000, prefix);
        const auto document = JsonDocument::parse(text);
        REQUIRE(document != nullptr);
        const std::clock_t begin = std::clock();
        const std::string printed = ecma::stringify(*document);
        // Pairwise comparison takes minutes; this takes some hundredths of a second.
        CHECK(std::clock() - begin < 5 * CLOCKS_PER_SEC);
        CHECK(printed.size() < text.size());
    }
}
