#include "daemon/daemon.hpp"

#include <pthread.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "config/load.hpp"
#include "http/raw_client.hpp"
#include "inspection/inspect.hpp"
#include "sinks/catalog.hpp"
#include "support/clock.hpp"
#include "support/signed_request.hpp"
#include "support/temp_directory.hpp"
#include "vendors/catalog.hpp"

namespace chathook {

namespace {

const std::string secret = "a-secret-of-24-characters";

std::string socket_in(const test::TempDirectory& directory) {
    return "unix:" + (directory.path() / "s").string();
}

config::Config load(const test::TempDirectory& directory, const std::string& more = "") {
    const auto file = directory.path() / "chathook.yaml";
    std::ofstream(file) << "server: {listen: ['" << socket_in(directory) << "'], threads: 1}\n"
                        << "journal: {path: '" << (directory.path() / "journal").string() << "'}\n"
                        << "sources:\n  desk: {vendor: lynn, path: /lynn, secret: {value: " << secret
                        << "}}\n"
                        << "sinks:\n  events: {type: file, path: '"
                        << (directory.path() / "events.jsonl").string() << "'}\nroutes: [{to: [events]}]\n"
                        << more;
    auto loaded = config::load(file, daemon::known());
    for (const auto& problem : loaded.problems) INFO(config::to_string(file, problem));
    return std::move(loaded.config).value();
}

// A genuine webhook, as raw bytes.
std::string webhook(const std::string& conversation) {
    const std::string body = R"({"conversationId":")" + conversation + R"("})";
    const auto vendor = vendors::make_vendor("lynn", test::settings_with(secret));
    std::string head =
        "POST /lynn HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    for (const SignedHeader& header : vendor->sign(body, "", now())) {
        head += header.name + ": " + header.value + "\r\n";
    }
    return head + "\r\n" + body;
}

// While this lives, no thread can be created, as if there were no memory for its stack.
class NoThreads {
public:
    NoThreads() {
        ::pthread_getattr_default_np(&before_);
        ::pthread_attr_t endless = before_;
        constexpr std::size_t more_than_there_is = std::size_t{1} << 47;
        ::pthread_attr_setstacksize(&endless, more_than_there_is);
        ::pthread_setattr_default_np(&endless);
    }
    ~NoThreads() { ::pthread_setattr_default_np(&before_); }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;

private:
    ::pthread_attr_t before_{};
};

}  // namespace

TEST_CASE("a failed start releases everything, and the next start succeeds", "[daemon]") {
    const test::TempDirectory directory;
    {
        daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
        const NoThreads none;
        CHECK_THROWS_AS(daemon.start(), std::system_error);
    }
    CHECK_FALSE(std::filesystem::exists(directory.path() / "s"));
    daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
    daemon.start();
    CHECK(http::test::RawClient(socket_in(directory)).ask(webhook("next")).status == 200);
}

TEST_CASE(
    "a daemon destroyed without a stop answers or drops pending requests, and keeps acknowledged events",
    "[daemon]") {
    const test::TempDirectory directory;
    std::atomic<int> accepted{0};
    const auto send = [&](int sender) {
        for (int i = 0;; ++i) {
            http::test::RawClient client(socket_in(directory));
            const std::string name = std::to_string(sender) + "-" + std::to_string(i);
            if (client.ask(webhook(name)).status != 200) return;
            ++accepted;
        }
    };
    std::vector<std::thread> senders;
    {
        daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
        daemon.start();
        for (int i = 0; i < 4; ++i) {
            senders.emplace_back([&, i] {
                try {
                    send(i);
                } catch (const std::exception&) {
                    // The listener is gone.
                }
            });
        }
        CHECK(http::test::eventually([&] { return accepted >= 20; }));
    }
    for (std::thread& sender : senders) sender.join();
    const auto found = inspection::inspect(directory.path() / "journal");
    CHECK(found.events >= static_cast<std::uint64_t>(accepted.load()));
}

TEST_CASE("a daemon starts, reloads, reopens and stops, and leaves its journal to the next one", "[daemon]") {
    const test::TempDirectory directory;
    for (int run = 0; run < 2; ++run) {
        daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
        daemon.start();
        CHECK(daemon.reload(load(directory)));
        daemon.reopen();
        daemon.stop();
    }
    CHECK(std::filesystem::exists(directory.path() / "journal"));
}

TEST_CASE("a reload with a change that needs a restart changes nothing", "[daemon]") {
    const test::TempDirectory directory;
    daemon::Daemon daemon(load(directory), [](const std::string& reason) { FAIL(reason); });
    daemon.start();
    CHECK_FALSE(daemon.reload(load(directory, "log: {level: debug}\n")));
    CHECK(daemon.reload(load(directory)));
    daemon.stop();
}

TEST_CASE("a second daemon on the same journal fails because another instance uses it", "[daemon]") {
    const test::TempDirectory directory;
    const daemon::Daemon first(load(directory), [](const std::string& reason) { FAIL(reason); });
    try {
        const daemon::Daemon second(load(directory), [](const std::string& reason) { FAIL(reason); });
        FAIL("two daemons on one journal");
    } catch (const journal::OpenError& error) {
        CHECK(error.exit_code() == 75);
    }
}

}  // namespace chathook
