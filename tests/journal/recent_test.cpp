#include "journal/recent.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

constexpr SinkNumber crm = 0, file = 1;
const SinkSet to_crm{crm}, to_both{crm, file}, to_nobody;

// Publishes commits as the writer of a journal with two sinks would.
class Commits {
public:
    // One commit that adds events of `bytes`, the first of them `sequence`.
    void add(std::vector<SinkSet> routes, std::size_t bytes = 10) {
        std::vector<Recent::Added> added;
        for (const SinkSet& routed : routes) {
            Event event = event_of(std::to_string(++counts.newest));
            event.text.assign(bytes, 'x');
            added.push_back({counts.newest, routed, std::make_shared<const Event>(std::move(event))});
            for (const SinkNumber sink : routed) ++counts.sinks[sink].waiting;
        }
        recent.committed(std::move(added), counts);
    }
    void settle(SinkNumber sink, std::uint64_t cursor, std::uint64_t events) {
        counts.sinks[sink].cursor = cursor;
        counts.sinks[sink].waiting -= events;
        say();
    }
    void say() { recent.committed({}, counts); }

    // "1 2", or "?" if the database has to be read.
    std::string due(SinkNumber sink, std::uint64_t after = 0, std::size_t events = 10,
                    std::size_t bytes = 1000) const {
        const auto page = recent.due(sink, after, events, bytes);
        if (!page) return "?";
        std::string text;
        for (const Delivery& delivery : *page) {
            text += (text.empty() ? "" : " ") + std::to_string(delivery.sequence);
            CHECK(delivery.event->id == id_of(std::to_string(delivery.sequence)));
            CHECK(delivery.attempt == 1);
            CHECK_FALSE(delivery.again);
        }
        return text;
    }

    Recent recent;
    Counts counts{0, std::vector<SinkCounts>(2)};
};

}  // namespace

TEST_CASE("a sink that keeps up is served from memory, in order, within the limits of its page") {
    Commits on;
    on.add({to_crm, to_both, to_nobody, to_both});
    CHECK(on.due(crm) == "1 2 4");
    CHECK(on.due(file) == "2 4");
    CHECK(on.due(crm, 1) == "2 4");
    CHECK(on.due(crm, 4) == "");
    CHECK(on.due(crm, 0, 2) == "1 2");
    CHECK(on.due(crm, 0, 10, 25) == "1 2");
    CHECK(on.due(crm, 0, 10, 5) == "1");  // at least one
    on.settle(crm, 2, 2);
    CHECK(on.due(crm) == "4");
    on.add({to_crm});
    CHECK(on.due(crm) == "4 5");
}

TEST_CASE("events that every sink has settled are not kept in memory") {
    Commits on;
    on.add({to_both, to_crm});
    const std::size_t both = on.recent.bytes();
    on.settle(crm, 2, 2);
    CHECK(on.recent.bytes() == both);  // the first event waits for the file sink
    on.settle(file, 1, 1);
    CHECK(on.recent.bytes() == 0);
    CHECK(on.due(crm) == "");
    on.add({to_nobody, to_nobody});
    CHECK(on.recent.bytes() == 0);
    on.add({to_both});
    CHECK(on.due(file) == "5");
}

TEST_CASE("a sink that settled out of order or has redeliveries is served from the database") {
    Commits on;
    on.add({to_crm, to_crm, to_crm});
    on.counts.sinks[crm].out_of_order = true;
    on.counts.sinks[crm].waiting = 2;
    on.say();
    CHECK(on.due(crm) == "?");
    on.counts.sinks[crm].out_of_order = false;
    on.settle(crm, 2, 1);
    CHECK(on.due(crm) == "3");
    on.counts.sinks[crm].again = 1;
    on.say();
    CHECK(on.due(crm) == "?");
    on.counts.sinks[crm].again = 0;
    on.say();
    CHECK(on.due(crm) == "3");
}

TEST_CASE("events from before the journal was opened are served from the database") {
    Commits on;
    on.counts.newest = 7;
    on.counts.sinks[crm].cursor = 5;
    on.counts.sinks[crm].waiting = 1;
    on.say();
    on.add({to_both});
    CHECK(on.due(crm) == "?");
    CHECK(on.due(file) == "8");
    on.settle(crm, 7, 1);
    CHECK(on.due(crm) == "8");
}

TEST_CASE("a sink that takes nothing costs no more memory than the limit, and is served again later") {
    Commits on;
    constexpr std::size_t large = recent_bytes_max / 8;
    for (int at = 0; at < 20; ++at) {
        on.add({to_both}, large);
        on.settle(file, on.counts.newest, 1);
        CHECK(on.recent.bytes() <= recent_bytes_max);
        CHECK(on.due(file) == "");
    }
    CHECK(on.due(crm) == "?");
    on.add({to_crm}, large);
    on.settle(crm, 18, 18);
    CHECK(on.due(crm, 0, 10, 10 * large) == "19 20 21");  // although it never settled everything
}

TEST_CASE("cleared events are not served any more, and the next events are") {
    Commits on;
    on.add({to_both, to_both});
    on.recent.clear();
    CHECK(on.recent.bytes() == 0);
    CHECK(on.due(crm) == "?");
    on.say();
    CHECK(on.due(crm) == "?");
    on.add({to_both});
    CHECK(on.due(crm) == "?");
    on.settle(crm, 2, 2);
    CHECK(on.due(crm) == "3");
}
