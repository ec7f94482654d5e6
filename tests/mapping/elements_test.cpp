#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "mapping/mapped.hpp"
#include "mapping/mapping.hpp"

namespace chathook::mapping {
namespace {

using test::Mapped;
using Texts = std::vector<std::string>;

constexpr std::string_view meta = R"(
map:
  each:
    - [/entry, /changes, /messages]
    - [/entry, /changes, /statuses]
    - [/entry, /changes]
    - [/entry, /messaging]
  event: /kind
  events:
    a:
      becomes: lead.created
      set: {contact.name: {in: ^/contacts, where: {/id: {same: ^/from}}, take: /name}}
)";

Texts sources(const Elements& found) {
    Texts texts;
    for (const Element& element : found.all) texts.emplace_back(element.here.source());
    return texts;
}

Elements found_in(const Mapped& mapped) { return elements(mapped.mapping(), mapped.verified().json()); }

}  // namespace

TEST_CASE("the elements are the smallest things that the paths reach, in the order of the body") {
    const Mapped mapped(
        meta, R"({"entry":[{"messaging":[1]},{"changes":[{"statuses":[2],"messages":[3,4]},{"x":5}]}]})");
    CHECK(sources(found_in(mapped)) == Texts{"1", "2", "3", "4", R"({"x":5})"});
    CHECK_FALSE(found_in(mapped).leave_a_list);
}

TEST_CASE("an element that two paths reach is one event") {
    const Mapped mapped("map: {each: [[/a], [/a]], event: /kind}", R"({"a":[1,2]})");
    CHECK(sources(found_in(mapped)) == Texts{"1", "2"});
}

TEST_CASE("a body that is a list is a list of elements") {
    const Mapped mapped("map: {each: [['']], event: /kind}", R"([{"kind":"a"},{"kind":"b"}])");
    CHECK(sources(found_in(mapped)).size() == 2);
}

TEST_CASE("a request has at most 1,000 events, and with more of them it has none") {
    const auto body_of = [](std::size_t count) {
        std::string body = "[0";
        for (std::size_t i = 1; i < count; ++i) body += ",1";
        return body + "]";
    };
    constexpr std::string_view listed = "map: {each: [['']], event: /kind}";
    const Mapped most(listed, body_of(elements_max));
    CHECK(found_in(most).all.size() == elements_max);
    CHECK_FALSE(found_in(most).too_many);
    for (const std::size_t count : {elements_max + 1, 5 * elements_max}) {
        const Mapped more(listed, body_of(count));
        CHECK(found_in(more).all.empty());
        CHECK(found_in(more).too_many);
    }
}

TEST_CASE("a list beside the elements that nothing follows or looks into is told") {
    const auto leaves = [](const std::string& around) {
        const Mapped mapped(meta, R"({"entry":[{"changes":[{"messages":[{"kind":"a"}],)" + around + "}]}]}");
        return found_in(mapped).leave_a_list;
    };
    CHECK_FALSE(leaves(R"("contacts":[{"id":"1"}])"));  // a pointer looks into it
    CHECK_FALSE(leaves(R"("errors":[])"));
    CHECK_FALSE(leaves(R"("metadata":{"id":"1"})"));
    CHECK(leaves(R"("errors":[{"code":1}])"));
    CHECK(leaves(R"("more":{"errors":["x"]})"));
    const Mapped above(meta, R"({"errors":[1],"entry":[{"messaging":[1]}]})");
    CHECK(found_in(above).leave_a_list);
    const Mapped other_level(meta, R"({"contacts":[1],"entry":[{"messaging":[1]}]})");
    CHECK(found_in(other_level).leave_a_list);
}

TEST_CASE("an item in which the paths find nothing is told, and one that a shorter path takes is not") {
    const auto leaves = [](const char* body) { return found_in(Mapped(meta, body)).leave_a_list; };
    CHECK(leaves(R"({"entry":[{"messaging":[1]},{"standby":[2]}]})"));
    CHECK(leaves(R"({"entry":[{"messaging":[1]},7]})"));
    CHECK_FALSE(leaves(R"({"entry":[{"messaging":[1]},{"changes":[{"x":5}]}]})"));
    // A longer path that finds nothing does not take the element from a shorter one.
    constexpr std::string_view two_apart =
        "map: {each: [[/entry], [/entry, /changes, /messages]], event: /kind}";
    const Mapped mapped(two_apart, R"({"entry":[{"changes":[{"x":1}]},{"changes":[{"messages":[2]}]}]})");
    CHECK(sources(found_in(mapped)) == Texts{R"({"changes":[{"x":1}]})", "2"});
}

TEST_CASE("no element stands in another one") {
    const Mapped mapped("map: {each: [[/a], [/a/0/list]], event: /kind}", R"({"a":[{"list":[1,2]},3]})");
    CHECK(sources(found_in(mapped)) == Texts{R"({"list":[1,2]})", "3"});
}

TEST_CASE("an element finds in a list around it what has the same text as it says itself") {
    const Mapped mapped(meta,
                        R"({"entry":[{"changes":[{"contacts":[{"id":"1","name":"A"},{"id":2,"name":"B"}],
        "messages":[{"kind":"a","from":"2"},{"kind":"a","from":"1"},
                    {"kind":"a","from":"3"},{"kind":"a"}]}]}]})");
    Texts names;
    for (const Element& element : found_in(mapped).all) {
        names.emplace_back(read_element(mapped.mapping(), element, mapped.verified()).contact.name);
    }
    CHECK(names == Texts{"B", "A", "", ""});
}

}  // namespace chathook::mapping
