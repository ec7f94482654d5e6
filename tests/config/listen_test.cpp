// Addresses to listen on in the configuration: one line, or a UNIX socket with its mode and owner.
#include <catch2/catch.hpp>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;

namespace {

Report with(const std::string& address) {
    return load_text(faultless + "server: {listen: [" + address + "]}\n");
}

}  // namespace

TEST_CASE("a UNIX socket in one line belongs to the daemon and admits its user and group") {
    const auto report = with("'unix:/run/x'");
    REQUIRE(report.config);
    const Address& address = report.config->server.listen.at(0);
    CHECK(address.mode == 0660);
    CHECK_FALSE(address.owner);
    CHECK_FALSE(address.group);
}

TEST_CASE("a UNIX socket may name its mode, its owner and its group") {
    const std::string user = ::getpwuid(::getuid())->pw_name;
    const std::string group = ::getgrgid(::getgid())->gr_name;
    const auto report =
        with("'127.0.0.1:0', {unix: /run/x, mode: 0620, owner: " + user + ", group: " + group + "}");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    const Address& address = report.config->server.listen.at(1);
    CHECK(address.kind == Address::Kind::unix_socket);
    CHECK(address.host == "/run/x");
    CHECK(address.text == "unix:/run/x");
    CHECK(address.mode == 0620);
    CHECK(address.owner == ::getuid());
    CHECK(address.group == ::getgid());

    const auto alone = load_text(faultless + "server: {listen: {unix: /run/x}}\n");
    CHECK(alone.problems == Problems{});
    REQUIRE(alone.config);
    CHECK(alone.config->server.listen.at(0).host == "/run/x");

    const auto admin = load_text(faultless + "admin: {listen: {unix: /run/admin, mode: '0600'}}\n");
    CHECK(admin.problems == Problems{});
    REQUIRE(admin.config);
    CHECK(admin.config->admin.listen->mode == 0600);
}

TEST_CASE("a problem with a UNIX socket is reported at its key") {
    CHECK(with("{mode: 0660}").says("10: server.listen[0].unix: is missing; write the socket's path"));
    CHECK(with("{unix: run/x}").says("10: server.listen[0].unix: 'unix:run/x' is not the address"));
    CHECK(with("{unix: /run/x, mode: 0999}")
              .says("10: server.listen[0].mode: '0999' is not an octal mode, for example 0660"));
    CHECK(with("{unix: /run/x, mode: rw}").says("server.listen[0].mode: 'rw' is not an octal mode"));
    CHECK(with("{unix: /run/x, mode: 1777}").says("server.listen[0].mode: '1777' has bits that a socket"));
    CHECK(with("{unix: /run/x, mode: 0440}").says("server.listen[0].mode: '0440' lets nobody connect"));
    CHECK(with("{unix: /run/x, owner: no-such-user}")
              .says("server.listen[0].owner: 'no-such-user' is no user of this machine"));
    CHECK(with("{unix: /run/x, group: no-such-group}")
              .says("server.listen[0].group: 'no-such-group' is no group of this machine"));
    CHECK(with("{unix: /run/x, modus: 0660}").says("server.listen[0].modus: "));
    CHECK(with("{unix: /run/x}, 'unix:/run/x'").says("'unix:/run/x' is already used by server.listen[0]"));
    const auto open = with("{unix: /run/x, mode: 0666}");
    CHECK(open.config);
    CHECK(open.says("server.listen[0].mode: warning: '0666' lets every user of this machine connect"));
}

TEST_CASE("two notations of one address are refused, because only one of them can be listened on") {
    const auto refused = [](const std::string& first, const std::string& second) {
        return with(first + ", " + second).problems;
    };
    CHECK(refused("'localhost:8080'", "'127.0.0.1:8080'") ==
          Problems{"10: server.listen[1]: '127.0.0.1:8080' cannot be listened on beside 'localhost:8080' of "
                   "server.listen[0]; use each address once"});
    CHECK(refused("'[::1]:8080'", "'[0:0::1]:8080'").size() == 1);
    CHECK(refused("'localhost:8080'", "'[::1]:8080'") == Problems{});
    CHECK(load_text(faultless + "admin: {listen: 'localhost:8080'}\n").problems ==
          Problems{"10: admin.listen: 'localhost:8080' cannot be listened on beside '127.0.0.1:8080' of "
                   "server.listen; use each address once"});
}

TEST_CASE("systemd stands for all of its sockets, or for those with one name") {
    CHECK(with("systemd").config);
    const std::string token = "token: 0123456789abcdef";
    const auto both = load_text(faultless +
                                "server: {listen: ['systemd:webhooks', '127.0.0.1:0']}\nadmin: {listen: "
                                "'systemd:admin', " +
                                token + "}\n");
    CHECK(both.problems == Problems{});
    REQUIRE(both.config);
    CHECK(both.config->server.listen.at(0).host == "webhooks");
    CHECK(both.config->admin.listen->host == "admin");
    CHECK(
        load_text(faultless + "server: {listen: systemd}\nadmin: {listen: 'systemd:admin', " + token + "}\n")
            .says("11: admin.listen: 'systemd:admin' is already used by server.listen"));
    CHECK(load_text(faultless + "admin: {listen: 'systemd:admin'}\n").says("set admin.token"));
}
