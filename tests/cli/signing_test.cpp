#include "cli/signing.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>

#include <fstream>

#include "cli/cli.hpp"
#include "support/clock.hpp"
#include "support/temp_directory.hpp"

namespace chathook {

namespace {

int exit_code_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const cli::Mistake& mistake) {
        return mistake.exit_code();
    }
    return 0;
}

}  // namespace

TEST_CASE("a signer signs as its vendor does, and a forger with a random secret", "[cli]") {
    setenv("CHATHOOK_TEST_SECRET", "a-secret-of-some-length", 1);
    const cli::SigningOptions options{"chatbase", "env:CHATHOOK_TEST_SECRET", "", ""};
    const auto signer = cli::make_signer(options);
    const auto right = signer->sign("{}", "", now());
    REQUIRE(right.size() == 1);
    CHECK(right[0].name == "x-chatbase-signature");
    CHECK(right[0].value.size() == 40);
    CHECK(cli::make_signer(options)->sign("{}", "", now())[0].value == right[0].value);
    CHECK(cli::make_forger(options)->sign("{}", "", now())[0].value != right[0].value);
}

TEST_CASE("wrong arguments are reported with their exit code", "[cli]") {
    unsetenv("CHATHOOK_TEST_NOTHING");
    CHECK(exit_code_of([] { cli::definition_of("nobody"); }) == ExitCode::usage);
    CHECK(exit_code_of([] {
              cli::make_signer({"lynn", "env:CHATHOOK_TEST_NOTHING", "", ""});
          }) == ExitCode::usage);
    CHECK(exit_code_of([] { cli::make_signer({"lynn", "a-literal-secret", "", ""}); }) == ExitCode::usage);
    setenv("CHATHOOK_TEST_SECRET", "a-secret-of-some-length", 1);
    for (const char* time : {"garbage", "1700000000000", "2026-11-21T20:00:00Z"}) {
        INFO(time);
        CHECK(exit_code_of([&] {
                  cli::make_signer({"slack", "env:CHATHOOK_TEST_SECRET", time, ""});
              }) == ExitCode::usage);
    }
    CHECK(exit_code_of([] {
              cli::make_signer({"slack", "env:CHATHOOK_TEST_SECRET", "1700000000", ""});
          }) == 0);
    CHECK(exit_code_of([] { cli::read_body("/nonexistent/body.json"); }) == ExitCode::bad_input);
}

TEST_CASE("a body is read byte for byte", "[cli]") {
    const test::TempDirectory directory;
    const std::string body("{\"a\":1}\r\n\0\xFF", 11);
    const auto file = directory.path() / "body";
    std::ofstream(file, std::ios::binary) << body;
    CHECK(cli::read_body(file.string()) == body);
}

}  // namespace chathook
