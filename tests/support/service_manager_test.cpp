#include "support/service_manager.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>

#include "support/environment.hpp"
#include "support/file_descriptor.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using chathook::test::Environment;

namespace {

// A service manager that listens at a name: a path, or '@' and more.
struct Manager {
    explicit Manager(const std::string& name) {
        ::sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, sizeof address.sun_path);
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<::socklen_t>(offsetof(::sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(socket.get(), reinterpret_cast<const ::sockaddr*>(&address), size) == 0);
    }
    // What it was told; empty: nothing.
    std::string heard() const {
        std::array<char, 256> bytes{};
        const auto got = ::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        return got < 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(got));
    }
    Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

}  // namespace

TEST_CASE("a service manager hears what it is told, at a path and at an abstract name") {
    const test::TempDirectory directory;
    const std::string path = (directory.path() / "notify").string();
    const std::string abstract = "@chathook-test-" + std::to_string(::getpid());
    const std::string name = GENERATE_COPY(as<std::string>(), path, abstract);
    const Manager manager(name);
    notify_service_manager("READY=1");
    CHECK(manager.heard().empty());
    const Environment set("NOTIFY_SOCKET", name);
    notify_service_manager("READY=1");
    CHECK(manager.heard() == "READY=1");
    notify_service_manager("RELOADING=1\nMONOTONIC_USEC=17");
    CHECK(manager.heard() == "RELOADING=1\nMONOTONIC_USEC=17");
}

TEST_CASE("a name of a service manager that is none is passed over") {
    const std::string name = GENERATE(as<std::string>(), "", "/", "relative", "vsock:2:1",
                                      std::string(300, '/'), "/nobody/listens/here");
    const Environment set("NOTIFY_SOCKET", name);
    CHECK_NOTHROW(notify_service_manager("READY=1"));
}

TEST_CASE("a watchdog is fed where it watches this process") {
    CHECK_FALSE(watchdog_patience());
    const Environment patience("WATCHDOG_USEC", "30000000");
    CHECK(watchdog_patience() == std::chrono::seconds(30));
    {
        const Environment mine("WATCHDOG_PID", std::to_string(::getpid()));
        CHECK(watchdog_patience() == std::chrono::seconds(30));
    }
    const Environment another("WATCHDOG_PID", std::to_string(::getpid() + 1));
    CHECK_FALSE(watchdog_patience());
}

TEST_CASE("a patience of a watchdog that is no number of microseconds is none") {
    const Environment patience("WATCHDOG_USEC", GENERATE(as<std::string>(), "", "0", "-5", "soon", "30s"));
    CHECK_FALSE(watchdog_patience());
}

TEST_CASE("inherited sockets have the names of their units, in order") {
    CHECK(inherited_sockets().empty());
    const Environment count("LISTEN_FDS", "2");
    CHECK(inherited_sockets().empty());
    const Environment pid("LISTEN_PID", std::to_string(::getpid()));
    const auto unnamed = inherited_sockets();
    REQUIRE(unnamed.size() == 2);
    CHECK(unnamed[1].name == "unknown");
    const Environment names("LISTEN_FDNAMES", "webhooks:");
    const auto sockets = inherited_sockets();
    REQUIRE(sockets.size() == 2);
    CHECK(sockets[0].descriptor == 3);
    CHECK(sockets[0].name == "webhooks");
    CHECK(sockets[1].descriptor == 4);
    CHECK(sockets[1].name.empty());
}

TEST_CASE("sockets that are another process's, or are told in a way that cannot be, are not taken") {
    const std::string mine = std::to_string(::getpid());
    struct Told {
        std::string pid, count, names;
    };
    const Told told = GENERATE_COPY(Told{std::to_string(::getpid() + 1), "1", "a"}, Told{mine, "0", ""},
                                    Told{mine, "-1", "a"}, Told{mine, "one", "a"}, Told{mine, "2", "a"},
                                    Told{mine, "2000000000", "a"}, Told{"", "1", "a"});
    const Environment pid("LISTEN_PID", told.pid), count("LISTEN_FDS", told.count),
        names("LISTEN_FDNAMES", told.names);
    CHECK(inherited_sockets().empty());
}
