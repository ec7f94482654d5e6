#include "mapping/words.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace chathook::mapping {
namespace {

using Numbers = Words<int>;

TEST_CASE("a word is found among many, and no other is") {
    std::vector<Numbers::Entry> entries;
    for (int i = 0; i < 300; ++i) entries.emplace_back("word" + std::to_string(i * 7), i);
    const Numbers words(entries);
    for (int i = 0; i < 300; ++i) {
        const int* const found = words.find("word" + std::to_string(i * 7));
        REQUIRE(found != nullptr);
        CHECK(*found == i);
        CHECK(words.find("word" + std::to_string(i * 7 + 1)) == nullptr);
    }
    for (const char* const other : {"", "word", "WORD7", "word7 ", "word07", "\xFF", "zzzzzzzzzzzz"}) {
        CHECK(words.find(other) == nullptr);
    }
    CHECK(Numbers().find("word") == nullptr);
}

TEST_CASE("case is ignored where the table says so, for ASCII letters alone") {
    const Numbers words({{"High", 3}, {"low", 1}, {"\xC3\x89t\xC3\xA9", 2}, {"a[", 4}}, Case::ignored);
    for (const char* const spelled : {"high", "HIGH", "hIGH"}) {
        REQUIRE(words.find(spelled) != nullptr);
        CHECK(*words.find(spelled) == 3);
    }
    CHECK(*words.find("\xC3\x89T\xC3\xA9") == 2);
    CHECK(words.find("\xC3\xA9t\xC3\xA9") == nullptr);
    CHECK(*words.find("A[") == 4);
    CHECK(words.find("a{") == nullptr);
    CHECK(Numbers({{"High", 3}}).find("high") == nullptr);
}

}  // namespace
}  // namespace chathook::mapping
