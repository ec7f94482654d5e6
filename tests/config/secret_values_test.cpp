#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using Catch::Matchers::Contains;

namespace {

// Reads a configuration with this value of `secret:`, in line 5.
Report with_secret(const std::string& value) {
    return load_text("sources:\n  a:\n    vendor: lynn\n    path: /a\n    secret: " + value + "\n" +
                     sinks_text + routes_text);
}

std::string secret_of(const Report& report) {
    REQUIRE(report.config);
    return std::string(report.config->sources.at(0).settings.secrets.at(0).bytes.view());
}

}  // namespace

TEST_CASE("a secret is read from the environment, a file, a credential, or the configuration itself") {
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
    CHECK(with_secret("' 0123456789abcdef'").config);
}

TEST_CASE("an empty value of a header is a value, not a secret") {
    const auto with = [](const std::string& value) {
        return load_text(sources_text + "sinks:\n  out:\n    {type: nowhere, target: here, headers: {X: " +
                         value + "}}\n" + routes_text)
            .problems;
    };
    const std::string fix = "is empty; write the header's value, or leave the header out";
    CHECK(with("''") == std::vector<std::string>{"8: sinks.out.headers.X: " + fix});
    CHECK(with("{value: ''}") == std::vector<std::string>{"8: sinks.out.headers.X.value: " + fix});
    CHECK(with("{value: [a]}") ==
          std::vector<std::string>{"8: sinks.out.headers.X.value: must be a single value, not a list; "
                                   "write the header's value"});
    const Environment variable("CHATHOOK_TEST_SECRET", "");
    CHECK(
        with("{env: CHATHOOK_TEST_SECRET}") ==
        std::vector<std::string>{
            "8: sinks.out.headers.X.env: the environment variable 'CHATHOOK_TEST_SECRET' is empty; set it"});
}

TEST_CASE("a secret names exactly one origin") {
    CHECK(with_secret("{env: A, file: B}").says("5: sources.a.secret: must name exactly one place"));
    CHECK(with_secret("{}").says("5: sources.a.secret: must name exactly one place"));
    CHECK(with_secret("{not_after: 2026-12-31}").says("must name exactly one place"));
    CHECK(with_secret("{env: [A]}").says("5: sources.a.secret.env: must be a single value, not a list"));
    CHECK(with_secret("[0123456789abcdef]").says("5: sources.a.secret: must be a single value, not a list"));
    CHECK(with_secret("").says("5: sources.a.secret: has no value"));
    CHECK(with_secret("{value: 0123456789abcdef, not_after: never}")
              .says("5: sources.a.secret.not_after: 'never' is not a date; write 2026-12-31"));
}

TEST_CASE("a doubtful secret is a warning that says where it is, not what it is") {
    const TemporaryDirectory directory;
    const Environment credentials("CREDENTIALS_DIRECTORY", directory.path().string());
    const auto said_of = [&](const std::string& held, const std::string& form) {
        const std::string file = directory.write("lynn", held + "\n").string();
        const Environment variable("CHATHOOK_TEST_SECRET", held);
        const auto report = with_secret(form == "file" ? "{file: " + file + "}" : form);
        REQUIRE(report.config);
        REQUIRE(report.problems.size() == 1);
        CHECK_THAT(report.problems[0], !Contains("hush"));
        return report.problems[0];
    };
    const std::string in_file = "the secret in the file '" + directory.path().string() + "/lynn' ";
    CHECK_THAT(
        said_of("\xEF\xBB\xBFhush-0123456789abcdef", "file"),
        Catch::StartsWith("5: sources.a.secret: warning: " + in_file + "begins with a byte order mark"));
    CHECK_THAT(said_of("hush-0123456789abcdef\nhush", "credential:lynn"),
               Contains(in_file + "has more than one line"));
    CHECK_THAT(
        said_of("'hush-0123456789abcdef'", "{env: CHATHOOK_TEST_SECRET}"),
        Contains(
            "the secret in the environment variable 'CHATHOOK_TEST_SECRET' is enclosed in quotation marks"));
    CHECK_THAT(said_of("LYNN_SECRET=hush-0123456789abcdef", "env:CHATHOOK_TEST_SECRET"),
               Contains("'CHATHOOK_TEST_SECRET' has the form NAME=value"));
    CHECK_THAT(said_of("", "{value: \"hush-0123456789abcdef\\n\"}"),
               Contains("warning: the secret begins or ends with a blank or a line break"));
    CHECK_THAT(said_of("", "{value: \"hush-0123456789ab\\0cdef\"}"),
               Contains("the secret contains a NUL byte"));
}

TEST_CASE(
    "tokens and sinks' secrets are doubted like sources' secrets, header values only if read from "
    "elsewhere") {
    const TemporaryDirectory directory;
    const std::string file = directory.write("quoted", "\"hush-0123456789abcdef\"\n").string();
    const auto report =
        load_text("admin: {listen: '127.0.0.1:1', token: {file: " + file + "}}\n" + sources_text +
                  "sinks:\n  out: {type: nowhere, target: here, sign: {key: {file: " + file +
                  "}}, headers: {A: {file: " + file + "}, B: '\"hush\"'}}\n" + routes_text);
    REQUIRE(report.problems.size() == 3);
    CHECK_THAT(report.problems[0], Catch::StartsWith("1: admin.token: warning: the secret in the file"));
    CHECK_THAT(report.problems[1],
               Catch::StartsWith("8: sinks.out.sign.key: warning: the secret in the file"));
    CHECK_THAT(report.problems[2],
               Catch::StartsWith("8: sinks.out.headers.A: warning: the value in the file"));
    for (const std::string& problem : report.problems) CHECK_THAT(problem, !Contains("hush"));
}

TEST_CASE("no message contains a secret, however it was mistyped") {
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
