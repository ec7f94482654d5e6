#include "daemon/descriptors.hpp"

#include <catch2/catch.hpp>

namespace chathook::daemon {

TEST_CASE("connections are as configured where the limit on open files leaves room for all", "[daemon]") {
    for (const std::optional<std::uint64_t> limit : {std::optional<std::uint64_t>{}, {65536}, {1'000'000}}) {
        const auto shares = share_descriptors(limit, 1024, 10);
        CHECK(shares.connections == 1024);
        CHECK(shares.admin_connections == 512);
    }
}

TEST_CASE("a lower limit on open files takes from connections, not from deliveries or the admin address",
          "[daemon]") {
    const auto shares = share_descriptors(1024, 1024, 100);
    CHECK(shares.admin_connections == 128);
    CHECK(shares.connections == 1024 - 128 - 100 - 64);
    const auto few = share_descriptors(20, 1024, 100);
    CHECK(few.connections == 5);
    CHECK(few.admin_connections == 4);
    CHECK(share_descriptors(1, 1024, 0).connections == 1);
}

TEST_CASE("the limit on open files that is asked for is enough", "[daemon]") {
    for (const std::uint64_t connections : {1u, 64u, 1024u, 4096u, 1'000'000u}) {
        for (const std::uint64_t deliveries : {0u, 1u, 640u}) {
            INFO(connections << " connections, " << deliveries << " deliveries");
            const std::uint64_t wanted = share_descriptors(4096, connections, deliveries).wanted;
            CHECK(share_descriptors(wanted, connections, deliveries).connections == connections);
            CHECK(share_descriptors(wanted / 2, connections, deliveries).wanted == wanted);
        }
    }
}

TEST_CASE("a sink keeps as many connections as it may have requests at a time", "[daemon]") {
    config::Sink crm;
    crm.settings.set("concurrency", std::uint64_t{3});
    config::Sink file;
    CHECK(deliveries_at_once({crm, file, crm}) == 6);
}

}  // namespace chathook::daemon
