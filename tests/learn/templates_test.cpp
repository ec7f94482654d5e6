#include "learn/templates.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

#include "verify/sent.hpp"
#include "verify/signed_text.hpp"

namespace chathook::learn {
namespace {

using test::Sent;

std::vector<std::string> texts(std::span<const SignedValue> values, std::size_t extras, Around around) {
    std::vector<std::string> found;
    for_each_template(values, extras, around, [&](const Template& text) {
        CHECK(text.extras == extras);
        found.push_back(text.text());
        return true;
    });
    return found;
}

Sent request_with_everything() {
    Sent sent("BODY");
    sent.with("X-Time", "1700000000").with("X-Id", "id1").with("X-Account", "acme");
    return sent;
}

}  // namespace

TEST_CASE("the texts that platforms are known to sign are among the templates") {
    Sent sent = request_with_everything();
    const auto values = signed_values(sent.request(), "https://example.com/");
    std::set<std::string> all;
    for (std::size_t extras = 0; extras <= extras_max; ++extras) {
        for (const std::string& text : texts(values, extras, Around::body)) all.insert(text);
    }
    for (const char* text :
         {"{body}", "{time}.{body}", "{body}{time}", "{body}_{time}", "{time}:{body}", "{id}.{time}.{body}",
          "v0:{time}:{body}", "{method}{url}{body}{time}", "{url}{body}", "{time}.{header:X-Account}.{body}",
          "{method}|{time}|{id}|{body}", "{time}\n{body}", "{id}.{header:X-Account}.{body}"}) {
        INFO(text);
        CHECK(all.contains(text));
    }
}

TEST_CASE("a template holds each kind of value once, and the body once") {
    Sent sent = request_with_everything();
    const auto values = signed_values(sent.request(), "");
    for (std::size_t extras = 0; extras <= 3; ++extras) {
        const auto all = texts(values, extras, Around::body);
        CHECK(std::set(all.begin(), all.end()).size() == all.size());
        for (const std::string& text : all) {
            CHECK(text.find("{body}") != text.npos);
            CHECK(text.find("{body}") == text.rfind("{body}"));
            CHECK(text.find("{time}") == text.rfind("{time}"));
        }
    }
    for (const std::string& text : texts(values, 2, Around::nothing)) CHECK(text.find("body") == text.npos);
    for (const std::string& text : texts(values, 1, Around::form)) CHECK(text.find("{form}") != text.npos);
}

TEST_CASE("the rules and the claim of a template give the text that it names") {
    Sent sent = request_with_everything();
    const Request& request = sent.request();
    const auto values = signed_values(request, "https://example.com/");
    std::vector<std::string> signed_texts;
    for_each_template(values, 3, Around::body, [&](const Template& text) {
        if (text.text() != "{time}.{header:X-Account}.{url}.{body}" &&
            text.text() != "{id}.{time}.{url}.{body}")
            return true;
        const verify::SchemeRules rules = text.rules();
        const verify::Claim claim = text.claim(request);
        const verify::SignedText made(rules, claim, request.body, "https://example.com/");
        std::string whole;
        for (const std::string_view part : made.parts()) whole += part;
        signed_texts.push_back(whole);
        return true;
    });
    std::ranges::sort(signed_texts);
    CHECK(signed_texts == std::vector<std::string>{"1700000000.acme.https://example.com/.BODY",
                                                   "id1.1700000000.https://example.com/.BODY"});
}

TEST_CASE("the templates end when nobody takes more") {
    Sent sent = request_with_everything();
    const auto values = signed_values(sent.request(), "");
    int taken = 0;
    CHECK_FALSE(for_each_template(values, 2, Around::body, [&](const Template&) { return ++taken < 5; }));
    CHECK(taken == 5);
}

}  // namespace chathook::learn
