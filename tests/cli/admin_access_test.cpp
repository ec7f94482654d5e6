#include "cli/admin_access.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "cli/admin_client.hpp"
#include "cli/command.hpp"
#include "cli/mistake.hpp"
#include "support/http_receiver.hpp"
#include "support/temp_directory.hpp"

namespace chathook {

namespace {

constexpr const char* token = "the-token-of-24-letters";

struct Desk {
    test::TempDirectory directory;
    std::string config = (directory.path() / "chathook.yaml").string();

    explicit Desk(const std::string& admin = "") {
        std::ofstream(config) << "server: {listen: ['127.0.0.1:0']}\n" << admin;
    }
    // "file:PATH" of a file with the token.
    std::string token_file() const {
        const auto file = directory.path() / "token";
        std::ofstream(file) << token << "\n";
        std::filesystem::permissions(file, std::filesystem::perms::owner_read);
        return "file:" + file.string();
    }
};

// What find_access() objects to.
std::string objection(const cli::AdminOptions& options, int code = ExitCode::bad_configuration) {
    try {
        (void)cli::find_access(options);
    } catch (const cli::Mistake& mistake) {
        CHECK(mistake.exit_code() == code);
        return mistake.what();
    }
    return "none";
}

// A command's message for a 401.
std::string denial(cli::AdminOptions options) {
    test::HttpReceiver daemon;
    daemon.script([](const test::ReceivedRequest&) {
        test::ScriptedAnswer answer;
        answer.status = 401;
        answer.body = R"({"error":"send the admin token: Authorization: Bearer TOKEN"})";
        return answer;
    });
    options.address = "127.0.0.1:" + std::to_string(daemon.port());
    try {
        (void)cli::AdminClient(options).asked("/api/v1/sinks");
    } catch (const cli::Mistake& mistake) {
        return mistake.what();
    }
    return "none";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an address that only systemd knows is reported with file, line, key and the option to add",
          "[cli]") {
    const Desk desk("admin:\n  token: the-token-of-24-letters\n  listen: systemd:admin\n");
    const std::string said = objection({desk.config, "", {}});
    CHECK(
        has(said, desk.config + ":4: admin.listen: 'systemd:admin' says only that systemd holds the socket"));
    CHECK(has(said, "FileDescriptorName=admin"));
    CHECK(has(said, "--config " + desk.config + " --admin unix:/PATH"));
    CHECK_FALSE(has(said, token));
    const Desk unknown_port("admin: {listen: '127.0.0.1:0'}\n");
    CHECK(has(objection({unknown_port.config, "", {}}),
              ":2: admin.listen: '127.0.0.1:0' lets the kernel choose"));
    CHECK(has(objection({"", "systemd:admin", {}}, ExitCode::usage), "--admin: 'systemd:admin'"));
    CHECK(has(objection({"", "http://127.0.0.1:9464", {}}, ExitCode::usage), "write HOST:PORT"));
}

TEST_CASE("an address on the command line is used with the configuration's token", "[cli]") {
    const Desk desk("admin: {listen: 'systemd:admin', token: the-token-of-24-letters}\n");
    const auto access = cli::find_access({desk.config, "unix:/run/chathook-admin.sock", {}});
    CHECK(access.address == "unix:/run/chathook-admin.sock");
    CHECK(access.token.view() == token);
}

TEST_CASE("with an address alone no token is read, because the daemon may be another one", "[cli]") {
    CHECK(cli::find_access({"", "127.0.0.1:1", {}}).token.empty());
}

TEST_CASE(
    "a token on the command line is a reference, never the token itself, and overrides the configuration",
    "[cli]") {
    const Desk desk("admin: {listen: '127.0.0.1:1', token: {env: CHATHOOK_NOT_SET_HERE}}\n");
    CHECK(cli::find_access({desk.config, "", desk.token_file()}).token.view() == token);
    CHECK(cli::find_access({desk.config, "127.0.0.1:2", desk.token_file()}).token.view() == token);
    CHECK(cli::find_access({"", "127.0.0.1:2", desk.token_file()}).token.view() == token);
    const std::string literal = objection({"", "127.0.0.1:2", token}, ExitCode::usage);
    CHECK(has(literal, "--token: a secret is named, not written out"));
    CHECK_FALSE(has(literal, token));
    CHECK(has(objection({"", "127.0.0.1:2", ""}, ExitCode::usage), "--token: "));
}

TEST_CASE("a token that is a credential of the service is distinguished from a wrong one", "[cli]") {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    for (const char* form : {"{credential: secret_admin}", "'credential:secret_admin'"}) {
        const Desk desk(std::string("admin:\n  listen: 127.0.0.1:1\n  token: ") + form + "\n");
        const std::string said = objection({desk.config, "", {}});
        CHECK(has(said, desk.config + ":4: admin.token: systemd hands the credential 'secret_admin' to the "
                                      "service alone"));
        CHECK(has(said, "--token file:PATH"));
        CHECK(has(said, "unix:/PATH needs no token"));
        CHECK(objection({desk.config, "127.0.0.1:2", {}}) == said);
        CHECK(cli::find_access({desk.config, "", desk.token_file()}).token.view() == token);
    }
    const Desk twice("admin: {listen: '127.0.0.1:1', token: {credential: a, env: B}}\n");
    test::CaughtDescriptor err(STDERR_FILENO);
    CHECK(has(objection({twice.config, "", {}}), "the daemon's token cannot be had from " + twice.config));
    CHECK(has(err.text(), ":2: admin.token: must name exactly one place"));
}

TEST_CASE("an address and a token that a command cannot know are both reported at once", "[cli]") {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    const Desk desk("admin: {listen: 'systemd:admin', token: {credential: secret_admin}}\n");
    const auto ran = test::run({"dead", "list", "--config", desk.config});
    CHECK(ran.exit_code == ExitCode::bad_configuration);
    CHECK(has(ran.complaint, ":2: admin.listen: 'systemd:admin' says only"));
    CHECK(has(ran.complaint, ":2: admin.token: systemd hands the credential"));
}

TEST_CASE("for a token that this shell does not have, the message says how to give it", "[cli]") {
    const Desk desk("admin: {listen: '127.0.0.1:1', token: {env: CHATHOOK_NOT_SET_HERE}}\n");
    const auto ran = test::run({"dead", "list", "--config", desk.config});
    CHECK(ran.exit_code == ExitCode::bad_configuration);
    CHECK(has(ran.complaint,
              ":2: admin.token.env: the environment variable 'CHATHOOK_NOT_SET_HERE' is not set"));
    CHECK(has(ran.complaint, "correct that, or give it with --token env:NAME or --token file:PATH"));
}

TEST_CASE("for a refused token, the message is in terms of the command line", "[cli]") {
    const Desk with("admin:\n  listen: 127.0.0.1:1\n  token: the-token-of-24-letters\n");
    const Desk without("admin: {listen: '127.0.0.1:1'}\n");
    const std::string alone = denial({"", "", {}});
    CHECK(has(alone, "it wants its admin token; give it with --token env:NAME or --token file:PATH"));
    CHECK(has(alone, "--config FILE"));
    CHECK(has(denial({with.config, "", {}}), "another token than admin.token in line 4 of " + with.config));
    CHECK(has(denial({without.config, "", {}}), without.config + " sets no admin.token"));
    CHECK(has(denial({"", "", with.token_file()}), "another token than --token names"));
    for (const std::string& said :
         {alone, denial({with.config, "", {}}), denial({"", "", with.token_file()})}) {
        CHECK(has(said, "answered 401: "));
        CHECK_FALSE(has(said, "Bearer"));
        CHECK_FALSE(has(said, token));
    }
}

}  // namespace chathook
