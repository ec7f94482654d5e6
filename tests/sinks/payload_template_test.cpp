#include "sinks/payload_template.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "sinks/trees.hpp"
#include "support/deliveries.hpp"

using namespace chathook;
using sinks::PayloadTemplate;

namespace {

std::string rendered(const std::string& shape, const std::string& event) {
    auto read = PayloadTemplate::read(*test::tree_of(shape));
    if (const auto* error = std::get_if<SettingsError>(&read)) FAIL(error->message);
    return std::get<PayloadTemplate>(read).render(event);
}

std::string mistake_in(const std::string& shape) {
    auto read = PayloadTemplate::read(*test::tree_of(shape));
    const auto* error = std::get_if<SettingsError>(&read);
    return error == nullptr ? "" : std::to_string(error->line) + ": " + error->message;
}

}  // namespace

TEST_CASE("a template's shape is kept, and its texts are filled in") {
    const std::string shape = R"({"text":"New lead: {{name}}","n":1.50,"yes":true,"nil":null,)"
                              R"("list":["{{name}}","b"],"e":{},"l":[]})";
    CHECK(rendered(shape, R"({"name":"Ada"})") ==
          R"({"text":"New lead: Ada","n":1.5,"yes":true,"nil":null,"list":["Ada","b"],"e":{},"l":[]})");
    CHECK(rendered(R"("just {{name}}")", R"({"name":"Ada"})") == R"("just Ada")");
}

TEST_CASE("a value never leaves the text that its tag is in") {
    const std::string event =
        nlohmann::json{{"evil", "\"},{\"admin\":true,\"x\":\"\\\b\t\n\x01{{name}}</script>"}}.dump();
    const auto body = nlohmann::json::parse(
        rendered(R"({"a":"{{evil}}","b":"say: {{evil}}.","c":"{{#evil}}{{.}}{{/evil}}"})", event));
    const std::string evil = nlohmann::json::parse(event)["evil"];
    CHECK(body == nlohmann::json{{"a", evil}, {"b", "say: " + evil + "."}, {"c", evil}});
}

TEST_CASE("a lone surrogate stays escaped and does not break the JSON") {
    CHECK(rendered(R"(["{{half}}","<{{half}}>"])", R"({"half":"\ud83d"})") == R"(["\ud83d","<\ud83d>"])");
}

TEST_CASE("a text that consists of one tag becomes the value itself, of any type") {
    const std::string event = R"({"n":12.50,"big":12345678901234567890,"t":true,"f":false,"nil":null,)"
                              R"("o":{"x": [1, "y"]},"s":"12"})";
    const std::string shape = R"({"n":"{{n}}","big":"{{big}}","t":"{{t}}","f":"{{f}}","nil":"{{nil}}",)"
                              R"("o":"{{o}}","s":"{{s}}"})";
    CHECK(rendered(shape, event) == event);
    CHECK(rendered(R"({"n":"{{n}} EUR","t":"{{t}}{{! as text }}"})", event) ==
          R"({"n":"12.50 EUR","t":"true"})");
    CHECK(rendered(R"("{{.}}")", R"({"id":"1"})") == R"({"id":"1"})");
}

TEST_CASE("a member or element whose value is absent is omitted, and so is a container left empty by that") {
    const std::string event = R"({"name":"Ada"})";
    CHECK(rendered(R"({"name":"{{name}}","phone":"{{phone}}"})", event) == R"({"name":"Ada"})");
    CHECK(rendered(R"({"phone":"{{phone}}","name":"{{name}}"})", event) == R"({"name":"Ada"})");
    CHECK(rendered(R"(["{{a}}","{{name}}","{{b}}"])", event) == R"(["Ada"])");
    CHECK(rendered(R"({"to":{"mail":"{{mail}}","all":[{"n":"{{phone}}"}]},"name":"{{name}}"})", event) ==
          R"({"name":"Ada"})");
    CHECK(rendered(R"({"phone":"{{phone}}{{! or nothing }}","tel":"+{{phone}}"})", event) ==
          R"({"phone":"","tel":"+"})");
    CHECK(rendered(R"({"a":"{{a}}"})", event) == "{}");
    CHECK(rendered(R"(["{{a}}"])", event) == "[]");
    CHECK(rendered(R"("{{a}}")", event) == "null");
}

TEST_CASE("a real event's parts are reached by their paths") {
    const std::string messages =
        "{{#data.conversation.messages}}{{role}}: {{text}}{{/data.conversation.messages}}";
    CHECK(rendered(R"({"id":"{{id}}","text":")" + messages + R"(","n":"{{data.original.number}}"})",
                   test::numbered_event(7, "Hello").text) ==
          R"({"id":")" + test::numbered_id(7) + R"(","text":"user: Hello","n":7})");
}

TEST_CASE("a wrong text is refused with its line, and so is a key that is a template") {
    CHECK(mistake_in(R"({"a":"{{b}}","c":[1,"{{#d}}"]})") ==
          "5: {{#d}} is not closed; write {{/d}} behind what belongs to it");
    CHECK(mistake_in(R"({"a":1,"{{b}}":2})") == "3: a key cannot be a template; write it out");
    CHECK(mistake_in(R"({"a":"{{b}}"})").empty());
}

TEST_CASE("nested sections over a sender's lists end at a limit") {
    std::string event = R"({"list":[0)";
    for (int element = 1; element < 10'000; ++element) event += ",0";
    event += "]}";
    auto read = PayloadTemplate::read(*test::tree_of(R"("{{#list}}{{#list}}{{list}}{{/list}}{{/list}}")"));
    CHECK_THROWS_AS(std::get<PayloadTemplate>(read).render(event), sinks::TemplateTooLarge);
    std::string many = "[\"{{list}}\"";
    for (int copy = 0; copy < 2000; ++copy) many += ",\"{{list}}\"";
    auto copies = PayloadTemplate::read(*test::tree_of(many + "]"));
    CHECK_THROWS_AS(std::get<PayloadTemplate>(copies).render(event), sinks::TemplateTooLarge);
}

TEST_CASE("for a thousand random events the body is JSON of the template's shape") {
    std::mt19937 random(20'261'122);
    const std::string pieces[] = {"\"", "\\",   "{{",     "}}",         "{", "}",  ",",      ":",
                                  "\n", "\x7f", "\u2028", "\U0001f600", "a", "$x", "{{{x}}}"};
    auto read = PayloadTemplate::read(
        *test::tree_of(R"({"a":"{{x}}","b":["- {{x}} -",{"c":"{{#l}}{{.}};{{/l}}"}]})"));
    for (int round = 0; round < 1000; ++round) {
        const auto some = [&] {
            std::string text;
            for (auto left = random() % 8; left > 0; --left) text += pieces[random() % std::size(pieces)];
            return text;
        };
        const std::string x = some();
        const std::string first = some();
        const std::string second = some();
        const nlohmann::json event{{"x", x}, {"l", {first, second}}};
        CAPTURE(round, event.dump());
        const auto body = nlohmann::json::parse(std::get<PayloadTemplate>(read).render(event.dump()));
        CHECK(body["a"] == x);
        CHECK(body["b"][0] == "- " + x + " -");
        CHECK(body.size() == 2);
        CHECK(body["b"].size() == 2);
        CHECK(body["b"][1].size() == 1);
    }
}
