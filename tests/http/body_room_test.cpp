#include "http/body_room.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <vector>

using namespace chathook;
using namespace chathook::http;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kib = 1024;

// One body and its state, on one thread with all others.
struct Guest {
    Guest(BodyRoom& room, boost::asio::io_context& context, std::uint64_t client) : io(context), body(room) {
        body.begin(client, [this] { ended = true; });
    }
    // Like a session: at once if possible, else in turn.
    void want(std::uint64_t bytes, std::chrono::milliseconds patience = 1h) {
        got = body.try_take(bytes);
        refused = false;
        if (!got) boost::asio::co_spawn(io, wait(bytes, patience), boost::asio::detached);
        io.restart();
        io.poll();
    }
    Awaitable<> wait(std::uint64_t bytes, std::chrono::milliseconds patience) {
        const bool taken = co_await body.take(bytes, BodyRoom::Clock::now() + patience);
        (taken ? got : refused) = true;
    }

    boost::asio::io_context& io;
    bool got = false, refused = false, ended = false;
    BodyRoom::Body body;
};

// Room for 1024 KiB, of which unverified bodies may have 768.
struct House {
    BodyRoom room{1024 * kib, 256 * kib};
    boost::asio::io_context io{1};
    std::vector<std::unique_ptr<Guest>> guests;

    Guest& guest(std::uint64_t client) {
        guests.push_back(std::make_unique<Guest>(room, io, client));
        return *guests.back();
    }
    Guest& holding(std::uint64_t client, std::uint64_t bytes) {
        Guest& made = guest(client);
        made.want(bytes);
        CHECK(made.got);
        return made;
    }
    void settle() {
        io.restart();
        io.poll();
    }
    void until(const bool& done) {
        io.restart();
        while (!done) io.run_one_for(5s);
    }
};

}  // namespace

TEST_CASE("one client may have all the room that no other client wants") {
    House house;
    for (int i = 0; i < 10; ++i) house.holding(7, 64 * kib);
    house.holding(7, 64 * kib);
    house.holding(7, 64 * kib);
    CHECK(house.room.held() == 768 * kib);
}

TEST_CASE("a body that finds no room waits until another gives its room back") {
    House house;
    Guest& first = house.holding(1, 256 * kib);
    house.holding(1, 256 * kib);
    Guest& finishing = house.guest(1);
    finishing.want(256 * kib);
    CHECK(finishing.got);  // it becomes the finishing body
    Guest& waiting = house.guest(1);
    waiting.want(256 * kib);
    CHECK_FALSE(waiting.got);
    first.body.give_back();
    finishing.body.give_back();
    house.settle();
    CHECK(waiting.got);
}

TEST_CASE("verified bodies leave the part of unverified ones to others, up to the limit for all bodies") {
    House house;
    for (int i = 0; i < 3; ++i) house.holding(1, 224 * kib).body.proved();
    house.holding(1, 224 * kib);
    Guest& waiting = house.guest(1);
    waiting.want(224 * kib);
    CHECK_FALSE(waiting.got);
    house.guests.front()->body.give_back();
    house.settle();
    CHECK(waiting.got);
    CHECK(house.room.held() == 4 * 224 * kib);
}

TEST_CASE("the body whose client holds least is served first, then the oldest") {
    House house;
    std::vector<Guest*> holders;
    for (int i = 0; i < 10; ++i) holders.push_back(&house.holding(1, 64 * kib));
    house.holding(2, 64 * kib);
    house.holding(3, 64 * kib);
    Guest& helped = house.guest(1);
    helped.want(256 * kib);
    REQUIRE(helped.got);
    Guest& of_first = house.guest(1);
    Guest& of_second = house.guest(2);
    Guest& of_none = house.guest(4);
    Guest& of_none_later = house.guest(4);
    for (Guest* guest : {&of_first, &of_second, &of_none_later, &of_none}) guest->want(64 * kib);
    helped.body.proved();
    const auto leave = [&] {
        holders.back()->body.give_back();
        holders.pop_back();
        house.settle();
    };
    // The verified body now holds half of the room beyond the unverified part.
    leave();
    CHECK(of_none.got);
    CHECK_FALSE(of_none_later.got);
    CHECK_FALSE(of_second.got);
}

TEST_CASE("unfinished bodies that wait for each other finish one after the other") {
    House house;
    std::vector<Guest*> all;
    for (int i = 0; i < 12; ++i) all.push_back(&house.holding(1, 64 * kib));
    for (Guest* guest : all) guest->want(128 * kib);
    for (Guest* guest : all) {
        CHECK(guest->got);
        CHECK(house.room.held() <= 1024 * kib);
        guest->body.finished();
        guest->body.proved();
        guest->body.give_back();
        house.settle();
    }
    CHECK(house.room.held() == 0);
}

TEST_CASE("short bodies find room that long ones cannot take") {
    House house;
    for (int i = 0; i < 3; ++i) house.holding(1, 224 * kib);
    Guest& helped = house.guest(1);
    helped.want(200 * kib);
    Guest& long_one = house.guest(1);
    long_one.want(100 * kib);
    CHECK_FALSE(long_one.got);
    helped.body.give_back();
    Guest& short_one = house.guest(1);
    short_one.want(60 * kib);
    CHECK(short_one.got);
}

TEST_CASE("a body that does not arrive is ended once others wait, and not before") {
    House house;
    for (int i = 0; i < 12; ++i) house.holding(1, 64 * kib);
    Guest& helped = house.holding(2, 256 * kib);
    CHECK(helped.got);
    Guest& waiting = house.guest(1);
    const auto begun = BodyRoom::Clock::now();
    waiting.want(64 * kib);
    std::size_t ended = 0;
    std::uint64_t come = 0;
    while (ended == 0) {
        come += BodyRoom::pace_bytes;
        house.io.restart();
        house.io.run_one_for(1s);
        // A body that keeps arriving keeps its room.
        for (std::size_t i = 0; i < 6; ++i) house.guests[i]->body.has_come(come, BodyRoom::Clock::now());
        ended = 0;
        for (const auto& guest : house.guests) ended += guest->ended ? 1 : 0;
    }
    CHECK(BodyRoom::Clock::now() - begun >= BodyRoom::stall_time);
    // All stalled bodies, and not only as many as hold the room that is waited for.
    CHECK(ended == 7);
    for (std::size_t i = 0; i < 12; ++i) {
        if (!house.guests[i]->ended) continue;
        CHECK(house.guests[i]->body.held() == 64 * kib);
        house.guests[i]->body.give_back();
    }
    helped.body.give_back();
    house.until(waiting.got);
    CHECK(waiting.got);
}

TEST_CASE("in a stall, bodies that hold room and wait for more are ended until half of the room is free") {
    House house;
    for (int i = 0; i < 12; ++i) house.holding(1, 64 * kib);
    // They all want more; the finishing body gets it, but never arrives.
    for (std::size_t i = 0; i < 12; ++i) house.guests[i]->want(128 * kib);
    CHECK(house.guests.front()->got);
    Guest& later = house.guest(1);
    later.want(100 * kib);
    CHECK_FALSE(later.got);
    const auto begun = BodyRoom::Clock::now();
    std::size_t ended = 0;
    while (ended == 0) {
        house.io.restart();
        house.io.run_one_for(1s);
        for (const auto& guest : house.guests) ended += guest->ended ? 1 : 0;
    }
    CHECK(BodyRoom::Clock::now() - begun >= BodyRoom::stall_time);
    house.settle();
    CHECK(house.guests.front()->ended);
    CHECK_FALSE(later.ended);
    // 768 KiB and the first one's 128 are held; ending it and five others leaves at most 384.
    CHECK(ended == 6);
    for (std::size_t i = 1; i < 6; ++i) CHECK(house.guests[i]->refused);
    for (std::size_t i = 0; i < 6; ++i) house.guests[i]->body.give_back();
    house.settle();
    CHECK(later.got);
}

TEST_CASE("a client that holds little gets room although the finishing body waits, too") {
    House house;
    for (int i = 0; i < 2; ++i) {
        Guest& whole = house.holding(1, 224 * kib);
        whole.body.finished();
        whole.body.proved();
    }
    Guest& oldest = house.holding(1, 256 * kib);
    Guest& other = house.holding(1, 256 * kib);
    house.guest(1).want(128 * kib);  // would exceed the limit for all bodies
    Guest& small = house.guest(2);
    small.want(128 * kib);
    CHECK_FALSE(small.got);
    const auto give_up = BodyRoom::Clock::now() + 10s;
    std::uint64_t come = 0;
    while (!oldest.ended && BodyRoom::Clock::now() < give_up) {
        come += BodyRoom::pace_bytes;
        house.io.restart();
        house.io.run_one_for(1s);
        for (Guest* guest : {&oldest, &other}) guest->body.has_come(come, BodyRoom::Clock::now());
    }
    CHECK(oldest.ended);
    CHECK_FALSE(other.ended);
}

TEST_CASE("a wait for room ends at its deadline") {
    House house;
    for (int i = 0; i < 12; ++i) house.holding(1, 64 * kib);
    house.holding(1, 256 * kib);
    Guest& waiting = house.guest(1);
    waiting.want(64 * kib, 20ms);
    house.until(waiting.refused);
    CHECK_FALSE(waiting.got);
    CHECK(waiting.body.held() == 0);
}

TEST_CASE("a body that gives up while it waits leaks no room") {
    House house;
    for (int i = 0; i < 12; ++i) house.holding(1, 64 * kib);
    house.holding(1, 256 * kib);
    house.guest(1).want(64 * kib);
    house.guests.back()->body.give_back();
    for (const auto& guest : house.guests) guest->body.give_back();
    CHECK(house.room.held() == 0);
}
