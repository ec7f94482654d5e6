#include "format/requests.hpp"

#include <catch2/catch.hpp>

using namespace chathook::format;

namespace {

RequestHead head_of_three() {
    RequestHead head{7, 8, "0195b2c4-0000-739b-aea5-000000000001", {}, 5, false};
    head.parts = {{7, 1, 0}, {3, 2, RequestPart::repeated | RequestPart::same_bytes}, {8, 2, 0}};
    return head;
}

std::string bytes_of(const RequestHead& head, const std::string& envelope) {
    const AroundEnvelope around = around_envelope(head, envelope);
    return around.before + (head.envelope_erased ? std::string(head.envelope_bytes, '\0') : envelope) +
           around.behind;
}

}  // namespace

TEST_CASE("a request is read as it was written, with its envelope or with zeros in its place") {
    RequestHead head = head_of_three();
    head.envelope_erased = GENERATE(false, true);
    if (head.envelope_erased) {
        head.parts[2].flags = RequestPart::erased;
        head.envelope_bytes = 200'000;
    }
    const std::string bytes = bytes_of(head, "[,,,]");
    const auto row = read_request(7, 8, bytes);
    REQUIRE(row);
    CHECK(row->head.id == head.id);
    CHECK(row->envelope == (head.envelope_erased ? std::string(200'000, '\0') : "[,,,]"));
    CHECK(row->head.envelope_erased == head.envelope_erased);
    REQUIRE(row->head.parts.size() == 3);
    CHECK(row->head.parts[0].has_bytes());
    CHECK(row->head.parts[1].sequence == 3);
    CHECK(row->head.parts[1].has_bytes());
    CHECK(row->head.parts[2].at == 2);
    CHECK(row->head.parts[2].has_bytes() != head.envelope_erased);
}

TEST_CASE("a request has the bytes that the journal's format describes") {
    RequestHead head{2, 2, "id", {{2, 1, 0}}, 2, false};
    const std::string bytes = bytes_of(head, "[]");
    const std::string expected("\1\0\1\0\0\0\2\0\0\0\2\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0id[]", 34);
    CHECK(bytes.substr(0, bytes.size() - 4) == expected);
}

TEST_CASE("a request of which a bit changed, or that is cut, is not read") {
    const std::string bytes = bytes_of(head_of_three(), "[,,,]");
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        REQUIRE_FALSE(read_request(7, 8, changed));
    }
    for (std::size_t size = 0; size < bytes.size(); ++size)
        REQUIRE_FALSE(read_request(7, 8, bytes.substr(0, size)));
    CHECK_FALSE(read_request(6, 8, bytes));
    CHECK_FALSE(read_request(7, 9, bytes));
}

TEST_CASE("a request whose parts contradict each other is not read, though its checksum is right") {
    RequestHead head = head_of_three();
    CHECK(read_request(7, 8, bytes_of(head, "[,,,]")));
    const std::vector<void (*)(RequestHead&)> contradictions = {
        [](RequestHead& h) { h.parts[2].at = 6; },        // behind the envelope
        [](RequestHead& h) { h.parts[0].at = 3; },        // out of order
        [](RequestHead& h) { h.parts[2].sequence = 7; },  // one twice
        [](RequestHead& h) { h.parts[2].sequence = 9; },  // one left out
        [](RequestHead& h) { h.parts[1].sequence = 9; },  // repeats an event of the future
        [](RequestHead& h) { h.parts[1].flags |= 16; },   // of a later program
        [](RequestHead& h) { h.parts.clear(); },
        // None is stored with it.
        [](RequestHead& h) {
            for (RequestPart& part : h.parts) part.flags = RequestPart::repeated;
        },
    };
    const std::size_t which = GENERATE(range(0u, 8u));
    CAPTURE(which);
    REQUIRE(which < contradictions.size());
    contradictions[which](head);
    CHECK_FALSE(read_request(7, 8, bytes_of(head, "[,,,]")));
}
