#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using Catch::Matchers::Contains;

namespace {

// What becomes of `secret:` with this value, in line 5.
Report with_secret(const std::string& value) {
    return load_text("sources:\n  a:\n    vendor: lynn\n    path: /a\n    secret: " + value + "\n" +
                     sinks_text + routes_text);
}

std::string secret_of(const Report& report) {
    REQUIRE(report.config);
    return std::string(report.config->sources.at(0).settings.secrets.at(0).bytes.view());
}

}  // namespace

TEST_CASE("a secret is read from the environment, a file, a credential, or as it is written") {
    const TemporaryDirectory directory;
    const std::string file = directory.write("secret", "from-the-file-0001\n").string();
    directory.write("lynn", "from-credentials-01", 0440);
    const Environment variable("CHATHOOK_TEST_SECRET", "from-environment-1");
    const Environment credentials("CREDENTIALS_DIRECTORY", directory.path().string());

    CHECK(secret_of(with_secret("{env: CHATHOOK_TEST_SECRET}")) == "from-environment-1");
    CHECK(secret_of(with_secret("env:CHATHOOK_TEST_SECRET")) == "from-environment-1");
    CHECK(secret_of(with_secret("{file: " + file + "}")) == "from-the-file-0001");
    CHECK(secret_of(with_secret("file:" + file)) == "from-the-file-0001");
    CHECK(secret_of(with_secret("{credential: lynn}")) == "from-credentials-01");
    CHECK(secret_of(with_secret("credential:lynn")) == "from-credentials-01");
    CHECK(secret_of(with_secret("{value: \"env:taken literally\"}")) == "env:taken literally");
    CHECK(secret_of(with_secret("written-out-0123456")) == "written-out-0123456");
    CHECK(secret_of(with_secret("12345678901234567890")) == "12345678901234567890");
}

TEST_CASE("an empty secret is an error and a short one a warning") {
    CHECK(with_secret("''").says("5: sources.a.secret: the secret is empty"));
    CHECK(with_secret("{value: ''}").says("5: sources.a.secret.value: the secret is empty"));
    CHECK_FALSE(with_secret("''").config);
    CHECK(with_secret("0123456789abcde")
              .says("5: sources.a.secret: warning: the secret has fewer than 16 bytes"));
    CHECK(with_secret("0123456789abcde").config);
    CHECK(with_secret("0123456789abcdef").problems.empty());
    CHECK(with_secret("' 0123456789abcdef'").says("warning: the secret begins or ends with a blank"));
}

TEST_CASE("a secret names one place, with no other keys") {
    CHECK(with_secret("{env: A, file: B}").says("5: sources.a.secret: must name exactly one place"));
    CHECK(with_secret("{}").says("5: sources.a.secret: must name exactly one place"));
    CHECK(with_secret("{not_after: 2026-12-31}").says("must name exactly one place"));
    CHECK(with_secret("{env: [A]}").says("5: sources.a.secret.env: must be a single value, not a list"));
    CHECK(with_secret("[0123456789abcdef]").says("5: sources.a.secret: must be a single value, not a list"));
    CHECK(with_secret("").says("5: sources.a.secret: has no value"));
    CHECK(with_secret("{value: 0123456789abcdef, not_after: never}")
              .says("5: sources.a.secret.not_after: 'never' is not a date; write 2026-12-31"));
}

TEST_CASE("no message holds a secret, whichever way it was mistyped") {
    for (const char* value :
         {"{value:hush0123}", "value:hush0123", "{hush0123: }", "{value: hush0123, valeu: hush0123}",
          "[hush0123]", "{value: [hush0123]}", "{value: {hush0123: 1}}", "{value: hush0123, not_after: 1}",
          "{value: hush0123, env: X}", "{env:hush0123}", "hush0123", "\"hush0123", "{value: hush0123",
          "!hush0123 x", "*hush0123", "{? hush0123}"}) {
        const auto report = with_secret(value);
        INFO(value);
        CHECK_FALSE(report.problems.empty());
        for (const std::string& problem : report.problems) CHECK_THAT(problem, !Contains("hush"));
    }
    const auto flow =
        load_text("sources: {a: {vendor: lynn, path: /a, secret:hush0123}}\n" + sinks_text + routes_text);
    CHECK(flow.says("unknown key; a blank must follow the colon"));
    for (const std::string& problem : flow.problems) CHECK_THAT(problem, !Contains("hush"));
}
