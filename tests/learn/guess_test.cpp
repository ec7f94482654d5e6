#include "learn/guess.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ecma/document.hpp"
#include "vendor_file/vendor_file.hpp"
#include "yaml/findings.hpp"

namespace chathook::learn {
namespace {

using Catch::Matchers::Contains;

std::string guess(const std::vector<std::string>& bodies) {
    std::vector<JsonDocument::Pointer> documents;
    std::vector<Json> roots;
    for (const std::string& body : bodies) {
        documents.push_back(JsonDocument::parse_bytes(body));
        roots.push_back(documents.back()->root());
    }
    return guess_map(roots);
}

std::size_t errors_in(const std::string& map) {
    yaml::Findings findings;
    vendor_file::VendorFile::read("x", "title: X\nverify: {header: X-A}\n" + map, findings);
    for (const yaml::Problem& problem : findings.problems) UNSCOPED_INFO(problem.message);
    return findings.errors();
}

}  // namespace

TEST_CASE("a map is guessed from bodies of several events") {
    const std::string map =
        guess({R"({"event":"lead.new","at":"2026-11-30T10:00:00Z","lead":{"email":"a@example.com"}})",
               R"({"event":"chat.escalated","chat":{"id":1},"x":2})", R"({"event":"paid"})"});
    CHECK(map ==
          "map:\n  event: /event\n  time: /at\n  events:\n"
          "    chat.escalated:\n      becomes: handover.requested\n      set:\n"
          "        conversation.id: /chat/id\n"
          "    lead.new:\n      becomes: lead.created\n      set:\n        contact.email: /lead/email\n"
          "  # paid: not guessed; see the list of types\n"
          "  # not used: /x\n");
    CHECK(errors_in(map) == 0);
}

TEST_CASE("a body that is an array, or has one array of events, is split") {
    const std::string of_root = guess({R"([{"type":"lead.new","mail":"a@example.com"}])"});
    CHECK_THAT(of_root, Contains("each: [[\"\"]]") && Contains("contact.email: /mail"));
    CHECK(errors_in(of_root) == 0);
    const std::string of_member = guess({R"({"account":"x","items":[{"kind":"lead"},{"kind":"booking"}]})"});
    CHECK_THAT(of_member, Contains("each: [[/items]]") && Contains("booking:"));
    CHECK(errors_in(of_member) == 0);
    CHECK_THAT(guess({R"({"event":"message","items":[{"kind":"lead"}]})"}), !Contains("each"));
}

TEST_CASE(
    "a guess names no value of a body but words for events, and is valid whatever the keys and words are") {
    const std::vector<std::string> odd{
        R"({"event":"7","data":{"email":"visitor@example.com","a: b":1,"#":"x","'\"":2,"😀":3}})",
        R"({"event":"yes","events":[{"x":1}],"":1})",
        R"({"type":"null","id":1e400})",
        R"({"nothing":"here"})",
        R"({"event":"chat.message","message":{"text":"hello, I am Ann"},"session":"s"})",
        R"({"name":"Ann Smith","email":"visitor@example.com","visitor@example.com":{"x":1}})",
        R"({"action":"My name is Ann and I live in Main Street 5"})",
        R"([[1]])",
        R"({"a/b":{"name":"event"}})",
    };
    for (const std::string& body : odd) {
        INFO(body);
        const std::string map = guess({body});
        CHECK((map.empty() || errors_in(map) == 0));
        CHECK_THAT(map, !Contains("visitor@example.com") && !Contains("Ann"));
    }
    CHECK(guess({"7"}).empty());
    CHECK(guess({}).empty());
}

}  // namespace chathook::learn
