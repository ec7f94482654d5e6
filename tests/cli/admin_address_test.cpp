#include "cli/admin_address.hpp"

#include <catch2/catch.hpp>

#include "cli/command.hpp"

namespace chathook {

using Catch::Matchers::Contains;

TEST_CASE("an admin address is an IP address or a name with a port, or the path of a UNIX socket", "[cli]") {
    for (const char* address : {"127.0.0.1:9464", "[::1]:9464", "localhost:1", "admin.example.com:65535",
                                "chathook_1:9464", "unix:/run/chathook-admin.sock"}) {
        INFO(address);
        CHECK(cli::objection_to_address(address).empty());
    }
}

TEST_CASE("an admin address of another form is a usage error that shows the valid forms", "[cli]") {
    struct Wrong {
        std::string address;
        const char* said;
    };
    const Wrong all[] = {
        {"127.0.0.1", "'127.0.0.1' has no port; write 127.0.0.1:PORT"},
        {"localhost", "'localhost' has no port; write localhost:PORT"},
        {"[::1]", "'[::1]' has no port; write [::1]:PORT"},
        {"127.0.0.1:", "does not end with a port from 1 to 65535; write 127.0.0.1:9464"},
        {"127.0.0.1:0", "does not end with a port from 1 to 65535"},
        {"127.0.0.1:65536", "does not end with a port from 1 to 65535"},
        {"127.0.0.1:94a", "does not end with a port from 1 to 65535"},
        {"127.0.0.1:9464/", "does not end with a port from 1 to 65535"},
        {"127.0.0.1:99999999999999999999", "does not end with a port from 1 to 65535"},
        {"::1:9464", "write an IPv6 address in brackets, and quote it for the shell: \"[::1]:PORT\""},
        {":9464", "does not name a machine"},
        {"*:9464", "does not name a machine"},
        {"127.0.0:9464", "names neither an IP address nor a machine"},
        {"[127.0.0.1]:9464", "names neither an IP address nor a machine"},
        {"[::g]:9464", "names neither an IP address nor a machine"},
        {"a b:9464", "names neither an IP address nor a machine"},
        {"me@host:9464", "names neither an IP address nor a machine"},
        {"http://127.0.0.1:9464", "begins with a scheme; write HOST:PORT or unix:/PATH"},
        {"systemd:admin", "says only that systemd holds the socket"},
        {"unix:", "write unix: and an absolute path"},
        {"unix:run/admin.sock", "write unix: and an absolute path"},
        {"unix:/" + std::string(107, 'x'), "its path may have 107 bytes"},
        {"/run/admin.sock", "is a path; write unix:/run/admin.sock"},
    };
    for (const Wrong& wrong : all) {
        for (const char* command : {"tail", "events list", "dead list", "rejections list"}) {
            std::vector<std::string> words{command};
            if (const auto blank = words[0].find(' '); blank != std::string::npos)
                words = {words[0].substr(0, blank), words[0].substr(blank + 1)};
            words.insert(words.end(), {"--admin", wrong.address});
            const auto ran = test::run(words);
            CHECK(ran.exit_code == ExitCode::usage);
            CHECK_THAT(ran.complaint, Contains("--admin: '") && Contains(wrong.said));
        }
    }
}

}  // namespace chathook
