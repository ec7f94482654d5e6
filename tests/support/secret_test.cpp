#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chathook/secret.hpp>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

using chathook::SecretBytes;

namespace {

// The kernel's flags (proc(5), VmFlags) of the mapping that holds `address`; empty when nothing is mapped
// there.
std::string mapping_flags(const void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps("/proc/self/smaps");
    REQUIRE(maps.is_open());
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        char dash = 0;
        std::istringstream range(line);
        if (range >> std::hex >> from >> dash >> to && dash == '-') inside = wanted >= from && wanted < to;
        if (inside && line.starts_with("VmFlags:")) return line + " ";
    }
    return {};
}

bool may_lock_a_page() {
#ifdef CHATHOOK_SANITIZED
    return false;  // the sanitizers turn mlock into nothing
#else
    rlimit limit{};
    return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
           limit.rlim_cur >= 16u * static_cast<rlim_t>(getpagesize());
#endif
}

}  // namespace

TEST_CASE("a secret holds its bytes, zeros included") {
    const std::string bytes("s3cr\0et", 7);
    const SecretBytes secret(bytes);
    CHECK(secret.view() == bytes);
    CHECK_FALSE(secret.empty());
    CHECK(SecretBytes().empty());
    CHECK(SecretBytes("").empty());
}

TEST_CASE("a secret may be longer than a page") {
    const std::string bytes(10'000, 'k');
    CHECK(SecretBytes(bytes).view() == bytes);
}

TEST_CASE("two secrets are equal when they hold the same bytes") {
    CHECK(chathook::SecretBytes("0123456789abcdef") == chathook::SecretBytes("0123456789abcdef"));
    CHECK(chathook::SecretBytes() == chathook::SecretBytes());
    CHECK_FALSE(chathook::SecretBytes("0123456789abcdef") == chathook::SecretBytes("0123456789abcdeF"));
    CHECK_FALSE(chathook::SecretBytes("0123456789abcdef") == chathook::SecretBytes("0123456789abcde"));
    CHECK_FALSE(chathook::SecretBytes("0") == chathook::SecretBytes());
}

TEST_CASE("a secret cannot be copied") {
    CHECK_FALSE(std::is_copy_constructible_v<SecretBytes>);
    CHECK_FALSE(std::is_copy_assignable_v<SecretBytes>);
}

TEST_CASE("moving a secret leaves the source empty") {
    SecretBytes first("first");
    SecretBytes second(std::move(first));
    CHECK(second.view() == "first");
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that is the point

    const char* address = second.view().data();
    SecretBytes third("third");
    const char* overwritten = third.view().data();
    third = std::move(second);
    CHECK(third.view() == "first");
    CHECK(third.view().data() == address);
    CHECK(mapping_flags(overwritten).empty());
}

TEST_CASE("a secret's pages stay out of core dumps and swap") {
    const SecretBytes secret("secret");
    const std::string flags = mapping_flags(secret.view().data());
    CHECK(flags.find(" dd ") != std::string::npos);
    if (may_lock_a_page()) CHECK(flags.find(" lo ") != std::string::npos);

    const std::string ordinary(100'000, 'x');
    CHECK(mapping_flags(ordinary.data()).find(" dd ") == std::string::npos);
}

TEST_CASE("a destroyed secret's pages are unmapped") {
    const char* address = nullptr;
    {
        const SecretBytes secret("secret");
        address = secret.view().data();
        CHECK_FALSE(mapping_flags(address).empty());
    }
    CHECK(mapping_flags(address).empty());
}
