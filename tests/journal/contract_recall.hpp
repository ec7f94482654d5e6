// The sixth part of the tests that every journal engine has to pass: erasing what sinks hold in memory.
#pragma once

#include <atomic>
#include <thread>

#include "journal/contract_again.hpp"

namespace chathook::journal::test {

// A holder of events in memory, for which the test does what a sink's thread would do.
struct Hand final : Holder {
    void recall() noexcept override { ++recalls; }
    std::size_t begun() const noexcept override { return begins; }
    std::atomic<unsigned> recalls = 0;
    std::atomic<std::size_t> begins = 0;
};

TEMPLATE_TEST_CASE("an erasure reaches the copies in the sinks' memory before its receipt is written",
                   "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    Hand hand;
    const auto holding = std::make_shared<Holding>(hand);
    on.journal->add_holding(on.crm, holding);
    REQUIRE(holding->take(on.reader->due(on.crm, 0, 10, 1 << 20).value()));  // 7 to 10
    hand.begins = 2;
    std::thread sink([&] {
        while (hand.recalls == 0) std::this_thread::yield();
        // 7 has been delivered, 8 failed.
        REQUIRE(on.journal->settle(on.crm, {delivered(7)}));
        CHECK(*holding->take_notice().withheld == Sequences{7, 8, 9});
        holding->put_back({8});
    });
    const Erased erased = on.journal->erase({9, 7, 8}, {}).value();
    sink.join();
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].delivered == 1);
    CHECK(erased.sinks[0].skipped == 2);
    CHECK(erased.sinks[0].under_way == 0);
    CHECK(erased.sinks[0].tried == 1);
    CHECK(hand.recalls == 2);
    CHECK(holding->take_notice().stale);
}

TEMPLATE_TEST_CASE("a delivery that cannot be stopped in time is under way in the receipt, and not skipped",
                   "[journal]", JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.recall_patience = std::chrono::milliseconds(1);
    Opened<TestType> on(settings);
    const SinkNumber crm = on.journal->sink_number("crm").value();
    for (const char* name : {"1", "2", "3"}) REQUIRE(append(*on.journal, event_of(name), bit(crm)));
    Hand hand;
    const auto holding = std::make_shared<Holding>(hand);
    on.journal->add_holding(crm, holding);
    const auto page = on.reader->due(crm, 0, 10, 1 << 20).value();
    REQUIRE(holding->take(page));
    hand.begins = 2;
    const Erased erased = on.journal->erase({2, 3}, {}).value();
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].delivered == 0);
    CHECK(erased.sinks[0].skipped == 1);
    CHECK(erased.sinks[0].under_way == 1);
    REQUIRE(on.journal->settle(crm, {delivered(1), delivered(2)}));
    CHECK(due(*on.reader, crm).empty());
}

}  // namespace chathook::journal::test
