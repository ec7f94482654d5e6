#include "vendor_file/sample_reading.hpp"

#include <string>
#include <vector>

#include "vendor_file/read_file.hpp"

using namespace chathook;
using vendor_file::ReadSample;

namespace {

// "type body" of each event that this body becomes.
std::vector<std::string> events_of(const std::string& map, std::string_view body) {
    const auto file = test::read_file("title: Desk\nverify: {header: X-S}\nmap: " + map + "\n");
    REQUIRE(file.problems == std::vector<std::string>{});
    const ReadSample read(file.file->definition(), body);
    CHECK(read.verified().body() == body);
    CHECK_FALSE(read.handshake().has_value());
    std::vector<std::string> events;
    read.for_each_event([&](const Verified& proved, const Normalized& event) {
        events.push_back(std::string(event.type) + " " + std::string(proved.body()));
    });
    return events;
}

const std::string asked_events = "events: {asked: {becomes: handover.requested}}";

}  // namespace

TEST_CASE("a sample is one event, or one for each element") {
    using Events = std::vector<std::string>;
    CHECK(events_of("{event: /kind, " + asked_events + "}", R"({"kind":"asked"})") ==
          Events{R"(handover.requested {"kind":"asked"})"});
    CHECK(events_of("{event: /kind, " + asked_events + "}", "no JSON") == Events{"unrecognized no JSON"});
    CHECK(events_of("{each: [[\"\"]], identity: [/id], event: /kind, " + asked_events + "}",
                    R"([{"kind":"asked","id":1},{"kind":"else","id":2}])") ==
          Events{R"(handover.requested {"kind":"asked","id":1})", R"(unrecognized {"kind":"else","id":2})"});
}

TEST_CASE("a number in the body is the event that is written so, where a number stands under events") {
    using Events = std::vector<std::string>;
    const std::string numbers = "{event: [/type, /kind], events: {7: {becomes: lead.created}}}";
    CHECK(events_of(numbers, R"({"type":7})") == Events{R"(lead.created {"type":7})"});
    CHECK(events_of(numbers, R"({"type":"7"})") == Events{R"(lead.created {"type":"7"})"});
    CHECK(events_of(numbers, R"({"type":7.0})") == Events{R"(unrecognized {"type":7.0})"});
    CHECK(events_of("{event: [/type, /kind], " + asked_events + "}", R"({"type":7,"kind":"asked"})") ==
          Events{R"(handover.requested {"type":7,"kind":"asked"})"});
}

TEST_CASE("a sample needs no signature, whatever the vendor's key is") {
    const auto file = test::read_file(
        "title: Desk\nverify: {kind: public-key, algorithm: ed25519, key: pem, header: X-S}\n"
        "handshake: [{when: {pointer: /type, is: ping}, answer: {accepted: true}}]\n"
        "answer: {accepted: {status: 204, body: ''}}\n");
    REQUIRE(file.problems == std::vector<std::string>{});
    const ReadSample read(file.file->definition(), R"({"type":"ping"})");
    const auto answer = read.handshake();
    REQUIRE(answer.has_value());
    CHECK((*answer)->status == 204);
}
