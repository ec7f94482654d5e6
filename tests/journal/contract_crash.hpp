// The seventh part of the tests that every journal engine has to pass: every kind of change that was answered
// survives a crash of the process.
#pragma once

#include "journal/contract_erasure.hpp"

namespace chathook::journal::test {

// A copy of the files as they are now, which is what a process finds that starts after this one was killed.
template <class Engine>
struct AfterCrash : Opened<Engine> {
    explicit AfterCrash(const Opened<Engine>& before) {
        this->reader.reset();
        this->journal.reset();
        const auto& here = this->settings.directory;
        std::filesystem::remove_all(here);
        std::filesystem::copy(before.settings.directory, here, std::filesystem::copy_options::recursive);
        this->open();
    }
};

TEMPLATE_TEST_CASE("redeliveries that were answered survive a crash", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->redeliver(on.crm, {1, 2, 4}).value() == 3);
    REQUIRE(on.journal->redeliver(on.archive, {5}).value() == 1);
    SECTION("that they are due") {
        AfterCrash<TestType> after(on);
        CHECK(due(*after.reader, on.crm) == Sequences{7, 8, 9, 10, 1, 2, 4});
        CHECK(due(*after.reader, on.archive) == Sequences{5});
        CHECK(dead_letters(*after.reader) == Sequences{3});
    }
    SECTION("that they ended") {
        REQUIRE(on.journal->settle(on.crm, {delivered(1), dead(2)}));
        AfterCrash<TestType> after(on);
        CHECK(due(*after.reader, on.crm) == Sequences{7, 8, 9, 10, 4});
        CHECK(dead_letters(*after.reader) == Sequences{2, 3});
        CHECK(fates(*after.reader, 1) == std::vector<std::string>{"crm delivered"});
        CHECK(after.reader->backlog(on.crm).value().again == 1);
    }
}

TEMPLATE_TEST_CASE("discarded and erased events remain so after a crash", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->redeliver(on.crm, {6}).value() == 1);
    REQUIRE(on.journal->discard(on.crm, {1}).value() == 1);
    REQUIRE(on.journal->erase({2, 6, 8}, {}).value().events == 3);
    const bool sealed = GENERATE(false, true);
    if (sealed) REQUIRE(on.journal->seal_erasure().has_value());
    AfterCrash<TestType> after(on);
    CHECK(found(*after.reader) == Sequences{1, 3, 4, 5, 7, 9, 10});
    CHECK(dead_letters(*after.reader) == Sequences{3});
    CHECK(due(*after.reader, on.crm) == Sequences{7, 9, 10});
    CHECK(fates(*after.reader, 1) == std::vector<std::string>{"crm discarded"});
    CHECK(appended(*after.journal, event_of("2")).duplicate);
    CHECK(copies_of(after.settings.directory, "\"original\":\"8\"") == 0);
}

TEMPLATE_TEST_CASE("recorded refused requests survive a crash, and forgotten ones remain forgotten",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    for (const char* reason : {"a", "b", "c"}) on.journal->reject(rejection_of(reason));
    REQUIRE(eventually([&] { return reasons(*on.reader).size() == 3; }));
    REQUIRE(on.journal->forget_rejections({2}).value() == 1);
    AfterCrash<TestType> after(on);
    CHECK(reasons(*after.reader) == Reasons{"a", "c"});
}

}  // namespace chathook::journal::test
