// The ninth part of the tests that every journal engine has to pass: when each source's newest event came.
#pragma once

#include <string>

#include "journal/contract.hpp"

namespace chathook::journal::test {

TEMPLATE_TEST_CASE("the newest event of each source is told, also after a restart", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    CHECK(on.reader->last_events().value().empty());
    const auto append_from = [&](const char* source, const char* id, Instant received) {
        Event event = event_of(id);
        event.source = source;
        event.received = received;
        appended(*on.journal, std::move(event));
    };
    append_from("leads", "1", recently);
    append_from("chat", "2", recently);
    append_from("leads", "3", recently + std::chrono::minutes(1));
    const auto is_told = [&] {
        const auto last = on.reader->last_events().value();
        REQUIRE(last.size() == 2);
        CHECK(last[0].source == "chat");
        CHECK(last[0].sequence == 2);
        CHECK(last[1].source == "leads");
        CHECK(last[1].sequence == 3);
        CHECK(last[1].received == recently + std::chrono::minutes(1));
    };
    is_told();
    on.restart();
    is_told();
}

}  // namespace chathook::journal::test
