#include "vendor_file/texts.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace chathook;
using vendor_file::Texts;

TEST_CASE("texts and lists stay where they are while others are added") {
    Texts texts;
    const std::string_view first = texts.keep("first");
    const auto parts = texts.keep(std::vector<verify::TextPart>{{verify::TextPart::Kind::body}});
    for (int i = 0; i < 1000; ++i) {
        texts.keep(std::string(100, 'x'));
        texts.keep(std::vector<verify::TextPart>(3));
    }
    CHECK(first == "first");
    CHECK(parts.size() == 1);
    CHECK(parts[0].kind == verify::TextPart::Kind::body);
}

TEST_CASE("a pointer is taken apart into decoded steps") {
    Texts texts;
    const auto steps = [&](std::string_view pointer) {
        const auto kept = texts.keep_path(pointer);
        return std::vector<std::string>(kept.begin(), kept.end());
    };
    CHECK(steps("/secret_key") == std::vector<std::string>{"secret_key"});
    CHECK(steps("/a/0/b c") == std::vector<std::string>{"a", "0", "b c"});
    CHECK(steps("/a~1b/c~0d/~01") == std::vector<std::string>{"a/b", "c~d", "~1"});
    CHECK(steps("/") == std::vector<std::string>{""});
}
