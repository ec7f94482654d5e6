#include "cli/admin_client.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "cli/mistake.hpp"
#include "support/http_receiver.hpp"
#include "support/temp_directory.hpp"

namespace chathook {

namespace {

std::string write_config(const test::TempDirectory& directory, const std::string& admin) {
    const auto file = directory.path() / "chathook.yaml";
    std::ofstream(file)
        << "server: {listen: ['127.0.0.1:0']}\n"
        << admin << "sources:\n  desk: {vendor: lynn, path: /lynn, secret: {env: CHATHOOK_NOT_SET_HERE}}\n";
    return file.string();
}

}  // namespace

TEST_CASE("the admin address and token come from the configuration, whose secrets need not be readable",
          "[cli]") {
    test::HttpReceiver daemon;
    daemon.script([](const test::ReceivedRequest& request) {
        test::ScriptedAnswer answer;
        answer.status = 200;
        answer.body = request.target + " " + request.headers.at("authorization");
        return answer;
    });
    const test::TempDirectory directory;
    const std::string config =
        write_config(directory, "admin: {listen: '127.0.0.1:" + std::to_string(daemon.port()) +
                                    "', token: the-token-of-24-letters}\n");
    const cli::AdminClient client(cli::AdminOptions{config, "", {}});
    CHECK(client.get("/api/v1/events").body == "/api/v1/events Bearer the-token-of-24-letters");
}

TEST_CASE("an address on the command line needs no configuration", "[cli]") {
    test::HttpReceiver daemon;
    daemon.script([](const test::ReceivedRequest&) {
        test::ScriptedAnswer answer;
        answer.status = 200;
        answer.body = "here";
        return answer;
    });
    const cli::AdminClient client(cli::AdminOptions{"", "127.0.0.1:" + std::to_string(daemon.port()), {}});
    CHECK(client.get("/").body == "here");
}

TEST_CASE("a configuration without an admin address is reported as such", "[cli]") {
    const test::TempDirectory directory;
    const std::string config = write_config(directory, "");
    CHECK_THROWS_AS(cli::AdminClient(cli::AdminOptions{config, "", {}}), cli::Mistake);
    CHECK_THROWS_AS(cli::AdminClient(cli::AdminOptions{"/nonexistent/chathook.yaml", "", {}}), cli::Mistake);
}

}  // namespace chathook
