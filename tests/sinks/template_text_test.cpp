#include "sinks/template_text.hpp"

#include <catch2/catch.hpp>

#include "ecma/document.hpp"

using namespace chathook;
using sinks::TemplateText;
using sinks::TemplateView;

namespace {

std::string rendered(const std::string& text, const std::string& event) {
    auto read = TemplateText::read(text);
    if (const auto* mistake = std::get_if<std::string>(&read)) return "mistake: " + *mistake;
    const auto document = JsonDocument::parse(event);
    REQUIRE(document != nullptr);
    std::size_t work = sinks::template_work_max;
    TemplateView view(document->root(), work);
    return std::get<TemplateText>(read).render(view);
}

std::string mistake_in(const std::string& text) {
    auto read = TemplateText::read(text);
    const auto* mistake = std::get_if<std::string>(&read);
    return mistake == nullptr ? "" : *mistake;
}

std::string only_tag_of(const std::string& text) {
    auto read = TemplateText::read(text);
    REQUIRE(std::holds_alternative<TemplateText>(read));
    return std::get<TemplateText>(read).only_tag().value_or("none");
}

}  // namespace

TEST_CASE("a tag in any spelling is replaced by the value at its path, without HTML escapes") {
    const std::string event = R"({"a":{"b":"<\"Ada\" & 'Bob'>"},"n":1.50,"t":true,"o":{"x":[1, 2]}})";
    for (const auto* tag : {"{{a.b}}", "{{ a.b }}", "{{{a.b}}}", "{{{ a.b }}}", "{{&a.b}}", "{{& a.b }}"}) {
        CAPTURE(tag);
        CHECK(rendered(std::string("Hi ") + tag + "!", event) == "Hi <\"Ada\" & 'Bob'>!");
    }
    CHECK(rendered("{{n}} {{t}} {{o}} {{o.x}} {{o.x.1}}", event) == R"(1.50 true {"x":[1, 2]} [1, 2] 2)");
}

TEST_CASE("an absent value and null render as nothing") {
    CHECK(rendered("[{{a}}{{a.b.c}}{{n}}{{l.7}}{{l.x}}{{s.0}}]", R"({"n":null,"l":[1],"s":"text"})") == "[]");
}

TEST_CASE("a section is shown for a value that is there, and an inverted one for a value that is not") {
    const std::string event =
        R"({"yes":true,"no":false,"nil":null,"empty":"","none":[],"zero":0,"text":"t","o":{},"l":[0]})";
    for (const auto* there : {"yes", "zero", "text", "o", "l"}) {
        CAPTURE(there);
        const std::string name = there;
        CHECK(rendered("<{{#" + name + "}}there{{/" + name + "}}{{^" + name + "}}absent{{/" + name + "}}>",
                       event) == "<there>");
    }
    for (const auto* absent : {"no", "nil", "empty", "none", "nowhere"}) {
        CAPTURE(absent);
        const std::string name = absent;
        CHECK(rendered("<{{#" + name + "}}there{{/" + name + "}}{{^" + name + "}}absent{{/" + name + "}}>",
                       event) == "<absent>");
    }
}

TEST_CASE("a section repeats for each element of a list, whose names take precedence over the event's") {
    const std::string event =
        R"({"who":"Ada","messages":[{"role":"user","text":"Hi"},{"role":"bot","text":"Yes?"},)"
        R"({"role":"user"}],"tags":["a","b"],"deep":[[1,2],[3]]})";
    CHECK(rendered("{{#messages}}{{role}}({{who}}): {{text}}\n{{/messages}}", event) ==
          "user(Ada): Hi\nbot(Ada): Yes?\nuser(Ada): \n");
    CHECK(rendered("{{#tags}}[{{.}}]{{/tags}}", event) == "[a][b]");
    CHECK(rendered("{{#deep}}{{#.}}{{.}},{{/.}};{{/deep}}", event) == "1,2,;3,;");
    CHECK(rendered("{{#messages.1}}{{text}}{{/messages.1}}", event) == "Yes?");
}

TEST_CASE("a line with only a section's tag leaves no empty line") {
    CHECK(rendered("Lead:\n{{#a}}\n- {{b}}\n{{/a}}\nEnd", R"({"a":[{"b":"1"},{"b":"2"}]})") ==
          "Lead:\n- 1\n- 2\nEnd");
    CHECK(rendered("Lead:\n{{#no}}\nnever\n{{/no}}\n{{^no}}\nnone\n{{/no}}\n", "{}") == "Lead:\nnone\n");
    CHECK(rendered("a\n  {{! says nothing }}\t\nb", "{}") == "a\nb");
    CHECK(rendered("a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc", R"({"yes":true})") == "a\r\nb\r\nc");
    CHECK(rendered("  {{#yes}}\nb\n  {{/yes}}", R"({"yes":true})") == "b\n");
}

TEST_CASE("all other lines and blanks are kept, whatever their values are") {
    CHECK(rendered("{{a}}\n\n{{#l}}{{.}}\n{{/l}}|", R"({"a":"","l":["","x"," "]})") == "\n\n\nx\n \n|");
    CHECK(rendered("{{#yes}} {{/yes}}\n.", R"({"yes":true})") == " \n.");
    CHECK(rendered("a {{#yes}}\nb\n{{/yes}} c", R"({"yes":true})") == "a \nb\n c");
    CHECK(rendered("{{a}}", R"({"a":"two\nlines\r\n"})") == "two\nlines\r\n");
}

TEST_CASE("comments and single braces are not tags") {
    CHECK(rendered("a{{! what a {{ is }}b { } }} {c}", "{}") == "ab { } }} {c}");
}

TEST_CASE("the content of an event is never parsed as a template") {
    CHECK(rendered("{{a}}{{#l}}{{.}}{{/l}}",
                   R"({"a":"{{b}}{{#b}}","b":"secret","l":["{{b}}","{{{b}}}","$b"]})") ==
          "{{b}}{{#b}}{{b}}{{{b}}}$b");
}

TEST_CASE("a text of one tag and nothing else is recognised") {
    CHECK(only_tag_of("{{a.b}}") == "a.b");
    CHECK(only_tag_of("{{{ a.b }}}") == "a.b");
    CHECK(only_tag_of("{{.}}") == ".");
    for (const auto* text : {"", "a", "{{a}} ", "{{a}}{{b}}", "{{#a}}{{b}}{{/a}}", "{{a}}{{! text }}"}) {
        CAPTURE(text);
        CHECK(only_tag_of(text) == "none");
    }
}

TEST_CASE("an invalid template is refused with the fix") {
    struct Row {
        std::string text;
        std::string mistake;
    };
    for (const Row& row : {Row{"{{a", "a {{ is not closed; write }}"},
                           {"{{{a}}", "write }}} behind the tag"},
                           {"text {{", "is not closed"},
                           {"{{}}", "{{}} names nothing"},
                           {"{{ }}", "names nothing"},
                           {"{{#}}x{{/}}", "{{#}} names nothing"},
                           {"{{&}}", "names nothing"},
                           {"{{#a}}x", "{{#a}} is not closed; write {{/a}}"},
                           {"{{#a}}{{^b}}x{{/a}}{{/b}}", "{{/a}} stands where {{/b}} is due"},
                           {"x{{/a}}", "{{/a}} closes what was never opened"},
                           {"{{>header}}", "partials"},
                           {"{{=<% %>=}}", "delimiters"},
                           {"{{a..b}}", "a dot too many"},
                           {"{{.a}}", "a dot too many"},
                           {"{{a.}}", "a dot too many"},
                           {"{{$a}}", "is not a path"},
                           {"{{a{b}}", "is not a path"},
                           {"\xff{{a}}", "is not UTF-8"}}) {
        CAPTURE(row.text);
        CHECK_THAT(mistake_in(row.text), Catch::Contains(row.mistake));
    }
}
