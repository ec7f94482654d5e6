#include "net/read_buffer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using namespace chathook::net;

namespace {

// Appends the text as if it had been read.
void receive(ReadBuffer& buffer, std::string_view bytes) {
    REQUIRE(buffer.room().size() >= bytes.size());
    std::ranges::copy(bytes, buffer.room().begin());
    buffer.came(bytes.size());
}

}  // namespace

TEST_CASE("received bytes stay until they are consumed, and move to the front when room is made") {
    SpareMemory spare(8);
    ReadBuffer buffer(spare);
    receive(buffer, "onetwo");
    CHECK(buffer.received() == "onetwo");
    CHECK(buffer.from(3) == "two");
    buffer.done_until(3);
    CHECK(buffer.received() == "two");
    buffer.make_room(8);
    CHECK(buffer.begin() == 0);
    CHECK(buffer.received() == "two");
    CHECK(buffer.room().size() == 5);
    buffer.drop_from(1);
    CHECK(buffer.received() == "t");
    buffer.clear();
    CHECK(buffer.empty());
}

TEST_CASE("a full read buffer grows, but not beyond its maximum") {
    SpareMemory spare(8);
    ReadBuffer buffer(spare);
    receive(buffer, "12345678");
    buffer.make_room(12);
    CHECK(buffer.room().size() == 4);
    receive(buffer, "9abc");
    buffer.make_room(12);
    CHECK(buffer.room().empty());
    buffer.make_room_behind(10, 5);
    CHECK(buffer.memory_from(10).size() == 5);
    CHECK(buffer.received() == "123456789abc");
}

TEST_CASE("a resting buffer holds no memory, and the next buffer reuses what it gave back") {
    SpareMemory spare(8);
    ReadBuffer first(spare);
    const char* const memory = first.room().data();
    first.rest();
    CHECK(first.room().empty());
    {
        ReadBuffer second(spare);
        CHECK(second.room().data() == memory);
    }
    first.make_room(8);
    CHECK(first.room().data() == memory);
    CHECK(first.room().size() == 8);
}

TEST_CASE("buffers that have grown are not kept, and the number kept is limited") {
    SpareMemory spare(8);
    spare.give(SpareMemory::Memory(16, boost::container::default_init));
    CHECK(spare.take().size() == 8);
    for (std::size_t i = 0; i < 2 * SpareMemory::most; ++i) {
        spare.give(SpareMemory::Memory(8, boost::container::default_init));
    }
    CHECK(spare.spare() == SpareMemory::most);
}
