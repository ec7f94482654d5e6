// A connection alone: deadlines, interruptions, sending and the end.
#include "http/connection.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>

#include "http/lone_connection.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

TEST_CASE("a wait ends at its deadline, and a new deadline lets reading continue") {
    LoneConnection lone;
    Connection& connection = lone.connection;
    std::array<char, 8> bytes{};
    connection.set_deadline(1ms);
    CHECK(lone.wait(connection.read_into(bytes)) == 0);
    CHECK(connection.expired());
    lone.say("late");
    CHECK(lone.wait(connection.read_into(bytes)) == 0);
    connection.set_deadline(1min);
    CHECK_FALSE(connection.expired());
    CHECK(lone.wait(connection.read_into(bytes)) == 4);
}

TEST_CASE("an earlier deadline applies at once, and a cancelled one never") {
    LoneConnection lone;
    Connection& connection = lone.connection;
    std::array<char, 8> bytes{};
    connection.set_deadline(1min);
    connection.set_deadline(1ms);
    CHECK(lone.wait(connection.read_into(bytes)) == 0);
    CHECK(connection.expired());
    connection.set_deadline(1ms);
    connection.no_deadline();
    lone.meanwhile([&] { lone.say("x"); }, 20ms);
    CHECK(lone.wait(connection.read_into(bytes)) == 1);
    CHECK_FALSE(connection.expired());
}

TEST_CASE("an interrupted read ends at once, and reading continues when allowed again") {
    LoneConnection lone;
    Connection& connection = lone.connection;
    std::array<char, 8> bytes{};
    lone.meanwhile([&] { connection.interrupt(); });
    CHECK(lone.wait(connection.read_into(bytes)) == 0);
    CHECK(connection.interrupted());
    CHECK_FALSE(connection.expired());
    lone.say("more");
    CHECK(lone.wait(connection.read_into(bytes)) == 0);
    connection.go_on();
    CHECK(lone.wait(connection.read_into(bytes)) == 4);
}

TEST_CASE("a request at the last moment of idle_timeout is in time") {
    LoneConnection lone;
    Connection& connection = lone.connection;
    connection.count_request();
    connection.set_idle(true);
    connection.set_deadline(1ms);
    const auto before = connection.deadline();
    lone.say("POST");
    lone.run_until([&] { return connection.deadline() != before; });
    CHECK_FALSE(connection.expired());
    CHECK(connection.deadline() > before + 1s);
}

TEST_CASE("sending to a peer that does not read ends after write_timeout") {
    Limits limits;
    limits.write_timeout = 1ms;
    LoneConnection lone(limits);
    CHECK(lone.wait(lone.connection.send("short", " and sweet")));
    CHECK(lone.heard() == "short and sweet");
    const std::string much(16u << 20, 'x');
    CHECK_FALSE(lone.wait(lone.connection.send("head", much)));
    CHECK(lone.connection.expired());
    CHECK(lone.heard().starts_with("headxxx"));
}

TEST_CASE("after its last answer a connection is read until its peer ends it") {
    LoneConnection lone;
    lone.say(std::string(100'000, 'x'));
    lone.meanwhile([&] {
        CHECK(lone.shared.lingering == 1);
        lone.hang_up();
    });
    lone.wait(lone.connection.linger());
    CHECK_FALSE(lone.connection.expired());
    CHECK_FALSE(lone.connection.has_input());
    CHECK(lone.shared.lingering == 0);
}

TEST_CASE("a silent connection is half-closed, at most for farewell_timeout") {
    Limits limits;
    limits.farewell_timeout = 1ms;
    LoneConnection lone(limits);
    lone.wait(lone.connection.part());
    CHECK(lone.connection.expired());
    char byte = 0;
    CHECK(::recv(lone.other, &byte, 1, 0) == 0);
}

TEST_CASE("the end of the drain shortens lingering, and ends a silent connection") {
    Limits limits;
    limits.farewell_timeout = 1ms;
    limits.linger_timeout = 1h;
    LoneConnection lone(limits);
    lone.connection.set_idle(false);
    lone.meanwhile([&] { lone.connection.end_drain(); });
    lone.wait(lone.connection.linger());
    CHECK(lone.connection.expired());

    LoneConnection silent;
    silent.meanwhile([&] { silent.connection.end_drain(); });
    error_code error;
    silent.wait(silent.connection.ready_to_read(error));
    CHECK(error == boost::asio::error::operation_aborted);
}

TEST_CASE("a pointer to a part of a session keeps the whole session alive") {
    LoneConnection lone;
    auto whole = std::make_shared<int>(7);
    const std::weak_ptr<int> seen = whole;
    lone.connection.belong_to(whole);
    auto part = lone.connection.keep(lone.home);
    whole.reset();
    CHECK(seen.lock());
    CHECK(part.get() == &lone.home);
    part.reset();
    CHECK_FALSE(seen.lock());
}
