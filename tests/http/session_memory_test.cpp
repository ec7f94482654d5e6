#include <malloc.h>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "http/running_server.hpp"
#include "http/session.hpp"
#include "support/memory_policy.hpp"

namespace chathook::http::test {
namespace {

// Bytes allocated in this process; 0 with a sanitizer's allocator, which does not report them.
std::size_t in_use() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

}  // namespace

TEST_CASE("a persistent connection keeps no memory of its earlier long bodies") {
    set_memory_policy();
    Running running;
    const std::string sized = post(std::string(1'000'000, 'b'), "", "/nothing");
    const std::string in_chunks =
        chunked("f4240\r\n" + std::string(1'000'000, 'b') + "\r\n0\r\n\r\n", "/nothing");
    for (const std::string& request : {sized, in_chunks}) {
        const std::size_t before = in_use();
        std::vector<RawClient> kept;
        for (int i = 0; i < 20; ++i) {
            kept.push_back(running.client());
            CHECK(kept.back().ask(request).status == 204);
        }
        CHECK(running.server.connections() == 20);
        CHECK(in_use() < before + 4'000'000);
        kept.clear();
        CHECK(eventually([&] { return running.server.connections() == 0; }));
    }
}

TEST_CASE("a connection refused in the middle of a body keeps no memory of it") {
    set_memory_policy();
    Limits limits;
    limits.linger_timeout = std::chrono::seconds(30);
    Running running(limits);
    const std::size_t before = in_use();
    std::vector<RawClient> refused;
    for (int i = 0; i < 20; ++i) {
        refused.push_back(running.client());
        refused.back().send(chunked("dbba0\r\n" + std::string(900'000, 'b') + "\r\nnot a length\r\n"));
        CHECK(refused.back().read_answer().status == 400);
    }
    CHECK(in_use() < before + 4'000'000);
}

}  // namespace chathook::http::test
