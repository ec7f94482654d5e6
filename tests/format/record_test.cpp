#include "format/record.hpp"

#include <catch2/catch.hpp>

#include <utility>

using namespace chathook;
using namespace chathook::format;

TEST_CASE("the record checksum covers every field in the documented form") {
    Event event;
    event.id = "0190163d-8694-739b-aea5-966c26f8ad91";
    event.source = "lynn-support";
    event.vendor = "lynn";
    event.type = "handover.requested";
    event.vendor_type = "handover";
    event.received = Instant(std::chrono::microseconds(1'800'000'000'123'456));
    event.text = R"({"data":{"original":{}}})";
    event.original_at = 20;
    event.original_size = 2;
    // Must not change, because stored journals contain it. Computed without this program, from
    // docs/journal-format.md.
    CHECK(record_checksum(7, 5, event) == 0xff698a66);

    const std::uint32_t whole = record_checksum(7, 5, event);
    CHECK(record_checksum(8, 5, event) != whole);
    CHECK(record_checksum(7, 4, event) != whole);
    const auto changed = [&](auto&& change) {
        Event other = event;
        change(other);
        return record_checksum(7, 5, other) != whole;
    };
    CHECK(changed([](Event& e) { e.id += "x"; }));
    CHECK(changed([](Event& e) { e.source += "x"; }));
    CHECK(changed([](Event& e) { e.vendor += "x"; }));
    CHECK(changed([](Event& e) { e.type += "x"; }));
    CHECK(changed([](Event& e) { e.vendor_type += "x"; }));
    CHECK(changed([](Event& e) { e.text += "x"; }));
    CHECK(changed([](Event& e) { e.raw += "x"; }));
    CHECK(changed([](Event& e) { e.received += std::chrono::microseconds(1); }));
    CHECK(changed([](Event& e) { e.original_at += 1; }));
    CHECK(changed([](Event& e) { e.original_size += 1; }));
    CHECK(changed([](Event& e) { std::swap(e.source, e.vendor); }));
}
