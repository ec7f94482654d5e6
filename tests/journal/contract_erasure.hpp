// The fifth part of the tests that every journal engine has to pass: erasure, and refused requests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fstream>
#include <map>

#include "journal/contract_again.hpp"

namespace chathook::journal::test {

// How often all files of the journal together contain `text`.
inline std::size_t copies_of(const std::filesystem::path& directory, const std::string& text) {
    std::size_t copies = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++copies;
    }
    return copies;
}

inline Rejection rejection_of(std::string reason, Instant received = recently) {
    Rejection rejection;
    rejection.received = received;
    rejection.source = "lynn-support";
    rejection.reason = std::move(reason);
    rejection.status = 401;
    rejection.client = "192.0.2.7";
    rejection.header_names = "host, content-length, x-lynn-hmac-sha256";
    for (std::size_t at = 0; at < rejection.body_sha256.size(); ++at) {
        rejection.body_sha256[at] = static_cast<std::uint8_t>(at);
    }
    rejection.body_size = 1234;
    return rejection;
}

inline std::vector<std::string> reasons(Reader& reader, const RejectionQuery& query = {}) {
    std::vector<std::string> found;
    for (const auto& recorded : reader.rejections(query).value()) found.push_back(recorded.rejection.reason);
    return found;
}

using Reasons = std::vector<std::string>;

TEMPLATE_TEST_CASE("an erased event cannot be read any more, and the receipt says which sinks received it",
                   "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->redeliver(on.archive, {4, 5, 10}).value() == 3);
    REQUIRE(on.journal->settle(on.archive, {delivered(4)}));
    REQUIRE(on.journal->redeliver(on.crm, {6}).value() == 1);
    // Dead; delivered to both; delivered and due again at the archive; due again; waiting twice.
    const Erased erased = on.journal->erase({1, 4, 5, 6, 8, 10, 8, 99}, {}).value();
    CHECK(erased.events == 6);
    CHECK(erased.dead_letters == 1);
    CHECK(erased.rejections == 0);
    REQUIRE(erased.sinks.size() == 2);
    CHECK(erased.sinks[0].sink == "crm");
    CHECK(erased.sinks[0].delivered == 3);
    CHECK(erased.sinks[0].skipped == 3);
    CHECK(erased.sinks[1].sink == "archive");
    CHECK(erased.sinks[1].delivered == 1);
    CHECK(erased.sinks[1].skipped == 2);
    for (int round = 0; round < 2; ++round) {
        CHECK(found(*on.reader) == Sequences{2, 3, 7, 9});
        CHECK(dead_letters(*on.reader) == Sequences{2, 3});
        CHECK(due(*on.reader, on.crm) == Sequences{7, 9});
        CHECK(due(*on.reader, on.archive).empty());
        CHECK(on.backlog().events == 2);
        CHECK(on.backlog().dead == 2);
        CHECK(on.reader->backlog(on.archive).value().events == 0);
        CHECK(fates(*on.reader, 8).empty());
        CHECK(on.journal->redeliver(on.crm, {1, 8}).value() == 0);
        on.restart();
    }
    CHECK(appended(*on.journal, event_of("8")).duplicate);
    CHECK(appended(*on.journal, event_of("11")).sequence == 11);
    CHECK(on.journal->erase({1, 8}, {}).value().events == 0);
}

TEMPLATE_TEST_CASE("the receipt names a sink whose attempts failed, whatever happened to the dead letter",
                   "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->discard(on.crm, {2}).value() == 1);
    REQUIRE(on.journal->redeliver(on.crm, {3, 4, 5}).value() == 3);
    REQUIRE(on.journal->settle(on.crm, {dead(5)}));
    CHECK(fates(*on.reader, 3) == std::vector<std::string>{"crm again, given up before"});
    CHECK(fates(*on.reader, 4) == std::vector<std::string>{"crm again, delivered before"});
    // Dead; discarded; due again after it was dead; due again after it was delivered, and dead after that.
    const Erased erased = on.journal->erase({1, 2, 3, 4, 5}, {}).value();
    CHECK(erased.dead_letters == 2);
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].sink == "crm");
    CHECK(erased.sinks[0].given_up == 2);
    CHECK(erased.sinks[0].skipped == 2);
    CHECK(erased.sinks[0].tried == 1);
    CHECK(erased.sinks[0].delivered == 2);
}

TEMPLATE_TEST_CASE("an erased event is not served from memory, and the next events are delivered",
                   "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    const SinkNumber crm = on.journal->sink_number("crm").value();
    for (const char* name : {"1", "2", "3"}) REQUIRE(append(*on.journal, event_of(name), bit(crm)));
    std::weak_ptr<const Event> erased = on.reader->due(crm, 0, 10, 1 << 20).value().at(1).event;
    REQUIRE(on.journal->erase({2}, {}).value().events == 1);
    CHECK(erased.expired());
    CHECK(due(*on.reader, crm) == Sequences{1, 3});
    REQUIRE(append(*on.journal, event_of("4"), bit(crm)));
    CHECK(due(*on.reader, crm) == Sequences{1, 3, 4});
    REQUIRE(on.journal->settle(crm, {delivered(1), delivered(3)}));
    CHECK(due(*on.reader, crm) == Sequences{4});
    REQUIRE(append(*on.journal, event_of("5"), bit(crm)));
    CHECK(due(*on.reader, crm) == Sequences{4, 5});
}

TEMPLATE_TEST_CASE("settling a delivery whose event was erased meanwhile changes nothing", "[journal]",
                   JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    REQUIRE(on.journal->redeliver(on.crm, {4}).value() == 1);
    REQUIRE(on.journal->erase({4, 7}, {}).value().events == 2);
    REQUIRE(on.journal->settle(on.crm, {dead(4), dead(7), delivered(8)}));
    CHECK(due(*on.reader, on.crm) == Sequences{9, 10});
    CHECK(on.backlog().events == 2);
    CHECK(on.backlog().dead == 3);
}

TEMPLATE_TEST_CASE("once an erasure is sealed, no file contains a byte of what was erased", "[journal]",
                   JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.retain_delivered = std::chrono::seconds(0);
    Opened<TestType> on(settings);
    const SinkNumber crm = on.journal->sink_number("crm").value();
    const std::string name = "visitor-7f3a";
    // Long and short records, most of which retention deletes meanwhile, so that rows move between pages.
    Sequences visitors;
    std::size_t kept = 0;
    for (std::uint64_t round = 0; round < 6; ++round) {
        std::vector<Event> events;
        std::vector<Settlement> settlements;
        for (std::uint64_t sequence = round * 100 + 1; sequence <= round * 100 + 100; ++sequence) {
            const bool visitor = sequence % 10 == 3;
            Event event = event_of(std::to_string(sequence));
            const std::uint64_t size = 1 + sequence * 7919 % 97;
            for (std::uint64_t copy = 0; copy < size; ++copy) event.text += visitor ? name : "somebodyelse";
            events.push_back(std::move(event));
            if (visitor) visitors.push_back(sequence);
            if (visitor || sequence % 7 == 0)
                ++kept;
            else
                settlements.push_back(delivered(sequence));
        }
        append_all(*on.journal, std::move(events), bit(crm));
        REQUIRE(on.journal->settle(crm, settlements));
        Query all;
        all.limit = 1000;
        CHECK(eventually([&] { return found(*on.reader, all).size() == kept; }));
    }
    Rejection refused = rejection_of("wrong_signature");
    refused.raw = "POST / HTTP/1.1\r\n\r\n" + name;
    on.journal->reject(refused);
    REQUIRE(eventually([&] { return !reasons(*on.reader).empty(); }));
    CHECK(copies_of(on.settings.directory, name) > 0);

    const Erased erased = on.journal->erase(visitors, {1}).value();
    CHECK(erased.events == visitors.size());
    CHECK(erased.rejections == 1);
    CHECK(on.journal->seal_erasure().value().copies.empty());
    CHECK(copies_of(on.settings.directory, name) == 0);
    CHECK(copies_of(on.settings.directory, "somebodyelse") > 0);
    CHECK(appended(*on.journal, event_of("3")).duplicate);
}

TEMPLATE_TEST_CASE("sealing an erasure names the kept copies of a damaged log", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    std::filesystem::create_directories(on.settings.directory / "quarantine" / "1795300000000000");
    const Sealed sealed = on.journal->seal_erasure().value();
    REQUIRE(sealed.copies.size() == 1);
    CHECK(sealed.copies[0].filename() == "1795300000000000");
}

TEMPLATE_TEST_CASE("a refused request is recorded as it was refused", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    Rejection refused = rejection_of("wrong_signature");
    refused.raw = std::string("POST /in HTTP/1.1\r\n\r\n{\0}", 24);
    on.journal->reject(refused);
    on.journal->reject(rejection_of("unknown_path"));
    REQUIRE(eventually([&] { return reasons(*on.reader) == Reasons{"wrong_signature", "unknown_path"}; }));
    on.restart();
    const auto listed = on.reader->rejections({}).value();
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].number == 1);
    CHECK(listed[0].raw_kept);
    CHECK(listed[0].rejection.raw.empty());
    CHECK_FALSE(listed[1].raw_kept);
    const auto whole = on.reader->rejection(1).value();
    REQUIRE(whole);
    CHECK(whole->rejection.raw == refused.raw);
    CHECK(whole->rejection.received == refused.received);
    CHECK(whole->rejection.source == refused.source);
    CHECK(whole->rejection.status == 401);
    CHECK(whole->rejection.client == refused.client);
    CHECK(whole->rejection.header_names == refused.header_names);
    CHECK(whole->rejection.body_sha256 == refused.body_sha256);
    CHECK(whole->rejection.body_size == 1234);
    CHECK_FALSE(on.reader->rejection(3).value());
    RejectionQuery with_raw;
    with_raw.with_raw = true;
    CHECK(on.reader->rejections(with_raw).value()[0].rejection.raw == refused.raw);
}

TEMPLATE_TEST_CASE("refused requests are found by source, reason and time, oldest first", "[journal]",
                   JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    Opened<TestType> on;
    for (int at = 0; at < 4; ++at) {
        Rejection refused = rejection_of("reason-" + std::to_string(at), recently + at * 1s);
        if (at == 2) refused.source = "chatbase";
        on.journal->reject(refused);
    }
    REQUIRE(eventually([&] { return reasons(*on.reader).size() == 4; }));
    const auto ask = [&](auto&& change) {
        RejectionQuery query;
        change(query);
        return reasons(*on.reader, query);
    };
    CHECK(ask([](auto& q) { q.source = "chatbase"; }) == Reasons{"reason-2"});
    CHECK(ask([](auto& q) { q.reason = "reason-1"; }) == Reasons{"reason-1"});
    CHECK(ask([](auto& q) { q.since = recently + 3s; }) == Reasons{"reason-3"});
    CHECK(ask([](auto& q) { q.until = recently + 1s; }) == Reasons{"reason-0"});
    CHECK(ask([](auto& q) { q.after_number = 2; }) == Reasons{"reason-2", "reason-3"});
    CHECK(ask([](auto& q) { q.limit = 1; }) == Reasons{"reason-0"});
    CHECK(ask([](auto& q) { q.limit = 2, q.newest = true; }) == Reasons{"reason-2", "reason-3"});
    CHECK(ask([](auto& q) { q.limit = 0; }).empty());
    CHECK(on.journal->forget_rejections({2, 3, 9}).value() == 2);
    CHECK(reasons(*on.reader) == Reasons{"reason-0", "reason-3"});
}

TEMPLATE_TEST_CASE("refused requests are kept up to a number and an age, and no number is used twice",
                   "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    JournalSettings settings;
    settings.rejections_keep = 3;
    settings.rejections_age = 1h;
    Opened<TestType> on(settings);
    for (int at = 0; at < 5; ++at) on.journal->reject(rejection_of(std::to_string(at)));
    CHECK(eventually([&] { return reasons(*on.reader) == Reasons{"2", "3", "4"}; }));
    CHECK(on.journal->unrecorded_rejections() == 0);
    on.journal->reject(rejection_of("old", chathook::now() - 2h));
    REQUIRE(on.journal->forget_rejections({3, 4, 5}));
    CHECK(eventually([&] { return reasons(*on.reader).empty(); }));
    on.restart();
    on.journal->reject(rejection_of("next"));
    CHECK(eventually([&] { return on.reader->rejection(7).value().has_value(); }));
    on.settings.rejections_keep = 0;
    on.restart();
    on.journal->reject(rejection_of("not kept"));
    CHECK(eventually([&] { return reasons(*on.reader).empty(); }));
    CHECK(on.journal->unrecorded_rejections() == 0);
}

TEMPLATE_TEST_CASE("a flood of refused requests is counted, not recorded, and delays no event", "[journal]",
                   JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.rejections_keep = 5000;
    Opened<TestType> on(settings);
    {
        WriterHold hold(*on.journal);
        std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
        hold.wait_until_held();
        first.join();
        for (int at = 0; at < 1000; ++at) on.journal->reject(rejection_of("wrong_signature"));
        CHECK(on.journal->unrecorded_rejections() == 744);
    }
    CHECK(append(*on.journal, event_of("second")));
    RejectionQuery all;
    all.limit = 1000;
    CHECK(eventually([&] { return reasons(*on.reader, all).size() == 256; }));
    on.restart();
    CHECK(reasons(*on.reader, all).size() == 256);
}

TEMPLATE_TEST_CASE("refused requests share the commit of events that come without a pause", "[journal]",
                   JOURNAL_ENGINES) {
    JournalSettings settings;
    settings.batch_events_max = 10;
    Opened<TestType> on(settings);
    std::mutex mutex;
    std::map<std::uint64_t, std::size_t> written;  // by the newest event at that time
    WriterHold hold(*on.journal);
    const auto subscription = on.journal->subscribe([&](std::uint64_t newest) {
        const std::lock_guard lock(mutex);
        written[newest] = reasons(*on.reader).size();
    });
    std::thread first([&] { CHECK(append(*on.journal, event_of("first"))); });
    hold.wait_until_held();
    first.join();
    on.journal->reject(rejection_of("under load"));
    // The writer has no idle moment before the third batch.
    std::vector<Event> events;
    for (int at = 0; at < 30; ++at) events.push_back(event_of(std::to_string(at)));
    boost::asio::io_context context;
    int answered = 0;
    for (Event& event : events) {
        boost::asio::co_spawn(
            context, on.journal->append(std::make_shared<const Event>(std::move(event)), {}),
            [&](std::exception_ptr, Result<Appended> answer) { answered += answer.has_value(); });
    }
    context.poll();
    hold.release();
    context.run();
    CHECK(answered == 30);
    on.journal->unsubscribe(subscription);
    const std::lock_guard lock(mutex);
    CHECK(written[11] == 1);
    CHECK(on.metrics.commits_ == 4);
}

TEMPLATE_TEST_CASE("refused requests can be found as soon as recording them was ordered", "[journal]",
                   JOURNAL_ENGINES) {
    Opened<TestType> on;
    REQUIRE(on.journal->record_rejections());
    for (int at = 0; at < 20; ++at) {
        on.journal->reject(rejection_of(std::to_string(at)));
        REQUIRE(on.journal->record_rejections());
        REQUIRE(reasons(*on.reader).size() == static_cast<std::size_t>(at + 1));
    }
    for (int at = 0; at < 5; ++at) {
        Rejection refused = rejection_of("large");
        refused.raw = std::string(700 << 10, 'x');
        on.journal->reject(std::move(refused));
    }
    REQUIRE(on.journal->record_rejections());
    CHECK(reasons(*on.reader).size() == 25);
    on.journal->stop();
    CHECK(on.journal->record_rejections().error() == Errc::shutting_down);
}

TEMPLATE_TEST_CASE(
    "recording on demand finds all earlier refused requests, and does not wait for a disk that hangs",
    "[journal]", JOURNAL_ENGINES) {
    using namespace std::chrono_literals;
    Opened<TestType> on;
    REQUIRE(on.journal->record_rejections_within(10s));
    for (int at = 0; at < 20; ++at) {
        on.journal->reject(rejection_of(std::to_string(at)));
        REQUIRE(on.journal->record_rejections_within(10s));
        REQUIRE(reasons(*on.reader).size() == static_cast<std::size_t>(at + 1));
    }
    WriterHold hold(*on.journal);
    std::thread event([&] { CHECK(append(*on.journal, event_of("held"))); });
    hold.wait_until_held();
    event.join();
    on.journal->reject(rejection_of("while it hangs"));
    CHECK(on.journal->record_rejections_within(1ms).error() == Errc::commit_timeout);
    CHECK(reasons(*on.reader).size() == 20);
    hold.release();
    REQUIRE(on.journal->record_rejections_within(10s));
    CHECK(reasons(*on.reader).size() == 21);
    on.journal->stop();
    CHECK(on.journal->record_rejections_within(10s).error() == Errc::shutting_down);
}

TEMPLATE_TEST_CASE("refused requests are recorded before the journal stops", "[journal]", JOURNAL_ENGINES) {
    Opened<TestType> on;
    for (int at = 0; at < 200; ++at) on.journal->reject(rejection_of("at the end"));
    on.restart();
    RejectionQuery all;
    all.limit = 1000;
    CHECK(reasons(*on.reader, all).size() == 200);
}

TEMPLATE_TEST_CASE("changes are refused once the journal has stopped", "[journal]", JOURNAL_ENGINES) {
    TenEvents<TestType> on;
    on.journal->stop();
    CHECK(on.journal->redeliver(on.crm, {1}).error() == Errc::shutting_down);
    CHECK(on.journal->discard(on.crm, {1}).error() == Errc::shutting_down);
    CHECK(on.journal->erase({1}, {}).error() == Errc::shutting_down);
    CHECK(on.journal->seal_erasure().error() == Errc::shutting_down);
    CHECK(on.journal->forget_rejections({1}).error() == Errc::shutting_down);
}

}  // namespace chathook::journal::test
