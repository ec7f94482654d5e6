#include "config/secrets.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using Catch::Matchers::Contains;

TEST_CASE("the command line accepts only references, and never repeats what may be a secret") {
    const TemporaryDirectory directory;
    const std::string file = directory.write("secret", "from-the-file-0001\r\n").string();
    const auto read = resolve_secret("file:" + file);
    REQUIRE(read.secret);
    CHECK(read.secret->view() == "from-the-file-0001");
    CHECK(read.problem.empty());
    for (const char* literal : {"hush-hush-hush-hush", "value:hush-hush-hush", ""}) {
        const auto refused = resolve_secret(literal);
        CHECK_FALSE(refused.secret);
        CHECK_THAT(refused.problem, Contains("env:NAME") && !Contains("hush"));
    }
}

TEST_CASE("only one line ending at the end of a file is dropped") {
    const TemporaryDirectory directory;
    const auto text_of = [&](std::string_view text) {
        return std::string(secret_from_file(directory.write("secret", text)).secret.value().view());
    };
    CHECK(text_of("abc") == "abc");
    CHECK(text_of("abc\n") == "abc");
    CHECK(text_of("abc\r\n") == "abc");
    CHECK(text_of("abc\n\n") == "abc\n");
    CHECK(text_of(" abc ") == " abc ");
    CHECK(text_of(std::string_view("a\0b\n", 4)) == std::string_view("a\0b", 3));
}

TEST_CASE("a secret file that others may access is refused") {
    const TemporaryDirectory directory;
    const auto file = directory.write("secret", "0123456789abcdef");
    for (const mode_t mode : {0640, 0604, 0620, 0601, 0644, 0666}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        const auto read = secret_from_file(file);
        CHECK_FALSE(read.secret);
        CHECK_THAT(read.problem, Contains("chmod 600"));
    }
    for (const mode_t mode : {0600, 0400}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        CHECK(secret_from_file(file).secret);
    }
}

TEST_CASE("the message for a missing secret says where it was looked for") {
    const TemporaryDirectory directory;
    const Environment unset("CHATHOOK_TEST_UNSET", std::nullopt);
    const Environment empty("CHATHOOK_TEST_EMPTY", "");
    CHECK_THAT(resolve_secret("env:CHATHOOK_TEST_UNSET").problem,
               Contains("'CHATHOOK_TEST_UNSET' is not set"));
    CHECK_THAT(resolve_secret("env:CHATHOOK_TEST_EMPTY").problem, Contains("is empty"));
    CHECK_THAT(resolve_secret("env:").problem, Contains("names no environment variable"));
    CHECK_THAT(resolve_secret("file:/nowhere/secret").problem, Contains("No such file"));
    CHECK_THAT(resolve_secret("file:").problem, Contains("names no file"));
    CHECK_THAT(resolve_secret("file:" + directory.path().string()).problem, Contains("not a regular file"));
    CHECK_THAT(resolve_secret("file:" + directory.write("empty", "\n").string()).problem,
               Contains("is empty"));
    CHECK_THAT(resolve_secret("file:" + directory.write("large", std::string(16385, 'x')).string()).problem,
               Contains("larger than 16KiB"));
    const auto fifo = directory.path() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK_THAT(resolve_secret("file:" + fifo.string()).problem, Contains("not a regular file"));
}

TEST_CASE("a credential is a plain name in the credentials directory") {
    const TemporaryDirectory directory;
    {
        const Environment none("CREDENTIALS_DIRECTORY", std::nullopt);
        CHECK_THAT(resolve_secret("credential:lynn").problem, Contains("$CREDENTIALS_DIRECTORY is not set"));
    }
    const Environment credentials("CREDENTIALS_DIRECTORY", directory.path().string());
    CHECK_THAT(resolve_secret("credential:lynn").problem, Contains("No such file"));
    for (const char* name : {"", ".", "..", "../lynn", "/etc/passwd"}) {
        CHECK_THAT(resolve_secret(std::string("credential:") + name).problem,
                   Contains("not the name of a credential"));
    }
}
