#include "mapping/vocabulary.hpp"

#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "normalize/proved.hpp"
#include "support/file_content.hpp"

namespace chathook::mapping {
namespace {

TEST_CASE("every field that a mapping fills stands under its name in the event") {
    std::set<std::string_view> names;
    for (const Target& target : targets()) {
        CAPTURE(target.name);
        CHECK(names.insert(target.name).second);
        CHECK(find_target(target.name) == &target);
        Normalized normalized;
        target.member(normalized) = "5";
        const auto event = nlohmann::json::parse(test::Proved("{}").event(normalized).text);
        nlohmann::json data = event.at("data");
        data.erase("original");
        const std::size_t dot = target.name.find('.');
        const nlohmann::json value = target.kind == Kind::number ? nlohmann::json(5) : nlohmann::json("5");
        CHECK(data == nlohmann::json{{std::string(target.name.substr(0, dot)),
                                      {{std::string(target.name.substr(dot + 1)), value}}}});
    }
    CHECK(find_target("contact") == nullptr);
    CHECK(find_target("lead.answers") == nullptr);
}

TEST_CASE("the answers of a lead stand in its event") {
    Normalized normalized;
    normalized.lead.answers = {{"Size?", "XL"}, {"", "12"}, {"", ""}};
    const auto event = nlohmann::json::parse(test::Proved("{}").event(normalized).text);
    CHECK(event.at("data").at("lead") ==
          nlohmann::json::parse(R"({"answers":[{"question":"Size?","answer":"XL"},{"answer":"12"}]})"));
}

TEST_CASE("what an event is about by default are fields that a mapping fills") {
    for (const Word name : default_subject()) CHECK(find_target(name) != nullptr);
    CHECK(default_subject().front() == "conversation.id");
}

TEST_CASE("the page of events names every type, every field and every word of theirs") {
    const std::string page = test::content_of(std::string(CHATHOOK_SOURCE_DIR) + "/docs/event-model.md");
    const auto names = [&](std::string_view word) {
        CAPTURE(word);
        CHECK(page.find('`' + std::string(word) + '`') != std::string::npos);
    };
    for (const Word type : types()) names(type);
    for (const Word role : roles()) names(role);
    for (const Target& target : targets()) {
        names(target.name.substr(0, target.name.find('.')));
        names(target.name.substr(target.name.find('.') + 1));
        for (const Word word : target.words) names(word);
    }
    names("answers");
}

}  // namespace
}  // namespace chathook::mapping
