// The part of the tests that every journal engine has to pass about attempts that failed and are followed by
// another one.
#pragma once

#include "journal/contract_again.hpp"

namespace chathook::journal::test {

TEMPLATE_TEST_CASE(
    "an event that was tried in vain stays due, and says how often, why, since when and when next",
    "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->redeliver(on.crm, {4}).value() == 1);
    const auto before = on.journal->clock() - 1s;
    REQUIRE(
        on.journal->settle(on.crm, {tried(7, 1, "HTTP 503"), tried(4, 2, "HTTP 429"), tried(1), tried(5)}));
    const Fate first = on.reader->fates(7).value().front();
    REQUIRE(on.journal->settle(on.crm, {delivered(8), tried(7, 2, "HTTP 502", 5min)}));
    for (int round = 0; round < 2; ++round) {
        CHECK(due(*on.reader, on.crm) == Sequences{7, 9, 10, 4});
        CHECK(on.backlog().events == 4);
        CHECK(on.backlog().dead == 3);
        CHECK(fates(*on.reader, 7) == std::vector<std::string>{"crm waiting, 2 tries: HTTP 502"});
        CHECK(fates(*on.reader, 4) ==
              std::vector<std::string>{"crm again, delivered before, 2 tries: HTTP 429"});
        const Fate fate = on.reader->fates(7).value().front();
        CHECK(fate.at == first.at);
        CHECK(fate.at > before);
        CHECK((fate.next_try && *fate.next_try > fate.at + 4min));
        const auto known = on.reader->tried(on.crm).value();
        REQUIRE(known.size() == 2);
        CHECK((known[0].sequence == 7 && known[0].attempts == 2));
        CHECK((known[1].sequence == 4 && known[1].attempts == 2));
        CHECK(on.reader->tried(on.archive).value().empty());
        on.restart();
    }
    REQUIRE(on.journal->settle(on.crm, {delivered(7), dead(4, "refused")}));
    CHECK(fates(*on.reader, 7) == std::vector<std::string>{"crm delivered"});
    CHECK(fates(*on.reader, 4) == std::vector<std::string>{"crm dead, delivered before, 5 tries: refused"});
    CHECK(fates(*on.reader, 1) == std::vector<std::string>{"crm dead, 5 tries: refused with status 422"});
    CHECK(fates(*on.reader, 5) == std::vector<std::string>{"crm delivered"});
    CHECK(on.reader->tried(on.crm).value().empty());
}

TEMPLATE_TEST_CASE(
    "of an attempt that failed and the final result of one settlement, the final result counts", "[journal]",
    JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->settle(on.crm, {tried(7), dead(7), tried(8), delivered(8)}));
    CHECK(fates(*on.reader, 7) == std::vector<std::string>{"crm dead, 5 tries: refused with status 422"});
    CHECK(fates(*on.reader, 8) == std::vector<std::string>{"crm delivered"});
    CHECK(due(*on.reader, on.crm) == Sequences{9, 10});
}

TEMPLATE_TEST_CASE("an erased event that was tried is one that may have left a copy", "[journal]",
                   JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->settle(on.crm, {tried(7)}));
    const Erased erased = on.journal->erase({7, 8}, {}).value();
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks.front().skipped == 2);
    CHECK(erased.sinks.front().tried == 1);
    CHECK(on.reader->tried(on.crm).value().empty());
    REQUIRE(on.journal->settle(on.crm, {tried(7)}));  // too late
    CHECK(on.reader->tried(on.crm).value().empty());
}

}  // namespace chathook::journal::test
