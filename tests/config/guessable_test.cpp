#include "config/guessable.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

TEST_CASE("a variable in place of a secret is refused, and its name is suggested for {env: NAME}") {
    for (const char* text :
         {"${WONDERCHAT_SECRET}", "$WONDERCHAT_SECRET", "$(WONDERCHAT_SECRET)", "%WONDERCHAT_SECRET%"}) {
        INFO(text);
        REQUIRE(why_guessable(text));
        CHECK_THAT(*why_guessable(text), EndsWith("write {env: WONDERCHAT_SECRET}"));
    }
    // A secret of capitals and digits looks like a name, but is not repeated.
    for (const char* text : {"$AB3DE6GH9JK2MN5PQ8", "%AB3DE6GH9JK2MN5PQ8%", "${ab3de6gh9jk2mn5pq8}"}) {
        INFO(text);
        REQUIRE(why_guessable(text));
        CHECK_THAT(*why_guessable(text), EndsWith("write {env: NAME}"));
    }
    for (const char* text : {"${SECRET:-none}", "whsec_${SECRET}", "${a}${b}"}) {
        INFO(text);
        REQUIRE(why_guessable(text));
        CHECK_THAT(*why_guessable(text), Contains("{env: NAME}"));
    }
}

TEST_CASE("a template, a placeholder or a path in place of a secret is refused") {
    for (const char* text :
         {"{{ lynn_secret }}", "<%= ENV['SECRET'] %>", "$(cat /run/secrets/lynn)", "<secret>"})
        CHECK_THAT(why_guessable(text).value_or(text), Contains("template that nothing filled in"));
    for (const char* text :
         {"CHANGEME", "change-me-please-0123456789", "CHANGE_ME", "changeit", "your-webhook-secret-here",
          "YOUR_SECRET", "replace_with_real_secret", "xxxxxxxxxxxxxxxxxxxx", "****************", "secret",
          "Password", "null", "my-secret"})
        CHECK_THAT(why_guessable(text).value_or(text), Contains("is a placeholder"));
    for (const char* text : {"/run/secrets/lynn", "/etc/chathook/lynn.secret", "./lynn.secret", "../lynn",
                             "~/lynn.secret", "file:///run/secrets/lynn", "C:\\secrets\\lynn"})
        CHECK_THAT(why_guessable(text).value_or(text), Contains("is the path of a file"));
}

TEST_CASE("secrets as vendors and openssl generate them are accepted") {
    for (const char* text :
         {"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "3f0a9c71d27e4c7f8f1d2b60a4f0c1de",
          "/8Fq/oJdH2Yk+a1ZPq0rXw==", "/abc/def/ghijklmnopqrstuv", "$2b$12$abcdefghijklmnopqrstuv", "$abc",
          "a$B{c}d", "pa$$word-of-lynn", "sk_live_{x}", "100%sure%", "demo-secret-of-lynn-0001",
          "old-secret-of-the-vendor", "not-a-secret-key-12", "keys/are/not/paths", "~tilde", "<half", "}}{{",
          "dGhpcyBpcyBhIHNlY3JldA", "-----BEGIN PUBLIC KEY-----"})
        CHECK(why_guessable(text).value_or("") == "");
}

TEST_CASE("each word of a header is judged, and ordinary words and paths are accepted") {
    for (const char* text : {"Bearer ${CRM_TOKEN}", "Bearer $CRM_TOKEN", "Token {{token}}", "Bearer CHANGEME",
                             "Basic your-token-here", "{{type}}"})
        CHECK(why_guessable_header(text));
    for (const char* text : {"none", "default", "/webhooks/lynn", "test", "a b c", "5 $", "text/plain; q=0.5",
                             "Bearer sk_live_0a1b2c", ""})
        CHECK_FALSE(why_guessable_header(text));
}

namespace {

Report with_source(const std::string& secret, const std::string& rest) {
    return load_text("sources:\n  a:\n    vendor: lynn\n    path: /a\n    secret: " + secret + "\n" + rest);
}

}  // namespace

TEST_CASE("a configuration with a guessable secret is unusable, wherever the secret came from") {
    const TemporaryDirectory directory;
    const std::string file = directory.write("secret", "${LYNN_SECRET}\n").string();
    const Environment variable("CHATHOOK_TEST_SECRET", "changeme-0123456789");
    const std::string rest = std::string(sinks_text) + routes_text;
    const std::vector<std::string> secrets{"'${LYNN_SECRET}'", "{value: '$LYNN_SECRET'}",
                                           "{file: " + file + "}", "file:" + file};
    for (const std::string& secret : secrets) {
        INFO(secret);
        const Report report = with_source(secret, rest);
        CHECK_FALSE(report.config);
        CHECK(report.says("5: sources.a.secret: the secret is the name of a variable"));
        CHECK(report.says("write {env: LYNN_SECRET}"));
    }
    CHECK(with_source("{env: CHATHOOK_TEST_SECRET}", rest)
              .says("5: sources.a.secret: the secret is a placeholder"));
    const Report token =
        with_source("0123456789abcdef", rest + "admin: {listen: '127.0.0.1:1', token: '${T_O}'}\n");
    CHECK_FALSE(token.config);
    CHECK(token.says("admin.token: the secret is the name of a variable"));
    const Report header = with_source(
        "0123456789abcdef", "sinks: {out: {type: nowhere, target: x, headers: {A: 'Bearer ${TOKEN}'}}}\n" +
                                std::string(routes_text));
    CHECK_FALSE(header.config);
    CHECK(header.says("6: sinks.out.headers.A: the value contains a reference"));
    const Report signing = with_source(
        "0123456789abcdef", "sinks: {out: {type: nowhere, target: x, sign: {key: /run/secrets/key}}}\n" +
                                std::string(routes_text));
    CHECK_FALSE(signing.config);
    CHECK(signing.says("6: sinks.out.sign.key: the secret is the path of a file"));
}

TEST_CASE("the command line refuses a reference that leads to a placeholder") {
    const Environment variable("CHATHOOK_TEST_SECRET", "changeme-0123456789");
    const auto refused = resolve_secret("env:CHATHOOK_TEST_SECRET");
    CHECK_FALSE(refused.secret);
    CHECK_THAT(refused.problem, Contains("is a placeholder") && !Contains("0123456789"));
}

TEST_CASE("a variable anywhere else is a warning, because variables are not expanded") {
    const std::string rest = std::string(sinks_text) + routes_text;
    const Report report = with_source("0123456789abcdef", rest + "journal: {path: '/var/lib/${HOST}'}\n");
    CHECK(report.config);
    CHECK(report.says("journal.path: warning: ${...} is taken as it is written"));
    CHECK(names_variable("${HOST}"));
    CHECK(names_variable("a ${HOST:-x}"));
    CHECK_FALSE(names_variable("${}"));
    CHECK_FALSE(names_variable("$ {HOST}"));
    CHECK_FALSE(names_variable("${HO ST}"));
}
