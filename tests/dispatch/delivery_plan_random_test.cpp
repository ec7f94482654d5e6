// Many random histories. CHATHOOK_HISTORIES is their number, CHATHOOK_EVENTS the length of each;
// CHATHOOK_SEED is the seed of the first, and each next one's is one more: so a failure is repeated with the
// seed that it names and CHATHOOK_HISTORIES=1. For all of it: scripts/test -C slow -R faults.simulator
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>

#include "dispatch/history.hpp"
#include "support/environment.hpp"

using namespace chathook;

TEST_CASE(
    "in random histories nothing is lost, skipped, reordered, settled twice, given up early or hammered") {
    const std::uint64_t first = test::number_from("CHATHOOK_SEED", 1);
    const std::uint64_t histories = test::number_from("CHATHOOK_HISTORIES", 500);
    const std::uint64_t events = test::number_from("CHATHOOK_EVENTS", 200);
    test::Happened all;
    for (std::uint64_t seed = first; seed < first + histories; ++seed) {
        try {
            const test::Happened one = test::History(seed, events).run();
            all.delivered += one.delivered;
            all.dead += one.dead;
            all.erased += one.erased;
            all.again += one.again;
            all.doubled += one.doubled;
            all.kills += one.kills;
            all.probes += one.probes;
        } catch (const test::Broken& broken) {
            FAIL(broken.what() << "; repeat it with CHATHOOK_SEED=" << seed
                               << " CHATHOOK_HISTORIES=1 CHATHOOK_EVENTS=" << events);
        }
    }
    std::cout << histories << " histories of " << events << " events from seed " << first << ": "
              << all.delivered << " delivered, " << all.dead << " dead letters, " << all.erased << " erased, "
              << all.again << " asked for again, " << all.kills << " kills (" << all.doubled
              << " came twice), " << all.probes << " probes\n";
    if (histories < 100) return;
    CHECK(all.delivered > histories * events / 2);
    CHECK(all.dead > histories);
    CHECK(all.again > histories);
    CHECK(all.kills > histories);
    CHECK(all.probes > histories);
}
