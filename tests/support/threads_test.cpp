#include "support/threads.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>

#include <pthread.h>
#include <signal.h>

using namespace chathook;

namespace {

std::string name_of_this_thread() {
    char name[16] = {};
    ::pthread_getname_np(::pthread_self(), name, sizeof name);
    return name;
}

bool blocks(int signal) {
    ::sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return ::sigismember(&now, signal) == 1;
}

}  // namespace

TEST_CASE("a thread of the daemon has its name and takes no signals") {
    std::string name;
    bool blocked = false;
    start_thread("journal", [&] {
        name = name_of_this_thread();
        blocked = blocks(SIGTERM) && blocks(SIGHUP) && blocks(SIGPIPE);
    }).join();
    CHECK(name == "journal");
    CHECK(blocked);
    CHECK_FALSE(blocks(SIGTERM));
}

TEST_CASE("the name of a thread is cut to what the kernel keeps") {
    std::string name;
    start_thread("sink-a-name-of-many-characters", [&] { name = name_of_this_thread(); }).join();
    CHECK(name == "sink-a-name-of-");
}

TEST_CASE("a thread that takes a stop token is asked to stop when its owner goes") {
    std::atomic<bool> asked = false;
    {
        const std::jthread thread = start_thread("asked", [&](const std::stop_token& stop) {
            while (!stop.stop_requested()) std::this_thread::yield();
            asked = true;
        });
    }
    CHECK(asked);
}
