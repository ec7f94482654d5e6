#include "admin/web_files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <string>

using namespace chathook;
using namespace chathook::admin;

TEST_CASE("the files built in are exactly those that the web page requests", "[admin]") {
    const std::regex named(R"re((?:from '\./|import '\./|"/page/)([a-z_]+\.[a-z]+)['"])re");
    std::string all;
    std::size_t asked = 0;
    for (const WebFile& file : web_files()) {
        all += file.content;
        INFO(file.path);
        const std::string text(file.content);
        for (std::sregex_iterator at(text.begin(), text.end(), named), end; at != end; ++at, ++asked) {
            INFO((*at)[1].str());
            CHECK(find_web_file("/page/" + (*at)[1].str()) != nullptr);
        }
    }
    CHECK(asked >= web_files().size() - 1);
    for (const WebFile& file : web_files()) {
        INFO(file.path);
        const std::string name(file.path.substr(file.path.rfind('/') + 1));
        CHECK((file.path == "/" || all.find(name) != std::string::npos));
    }
}

TEST_CASE("a file of the web page has headers that restrict the browser to these files", "[admin]") {
    const WebFile* page = find_web_file("/");
    REQUIRE(page != nullptr);
    const Reply reply = answer_with(*page);
    CHECK(reply.status == 200);
    CHECK(reply.body == page->content);
    CHECK(reply.content_type == "text/html; charset=utf-8");
    const auto field = [&](std::string_view name) { return header(reply.fields, name).value; };
    CHECK(field("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
    CHECK(field("x-content-type-options") == "nosniff");
    CHECK(field("cache-control") == "no-cache");
    CHECK(find_web_file("") == nullptr);
    CHECK(find_web_file("/page/index.html") == nullptr);
}
