#include "ingest/second_look.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "ecma/stringify.hpp"
#include "ingest/house.hpp"

namespace chathook::ingest {

namespace {

using namespace std::chrono_literals;

// Signed in its JSON.stringify form, as by a JavaScript sender whose proxy inserted blanks.
test::TestRequest spaced(std::string_view text) {
    const std::string body(text);
    test::TestRequest request =
        test::signed_request("chatbase", "/webhooks/chatbase", *ecma::stringify_body(body));
    request.body = body;
    return request;
}

constexpr FailureRate few{3, 1};  // no failure expires during a test

void flood(test::House& house) {
    const test::TestRequest forged =
        test::signed_request("chatbase", "/webhooks/chatbase", "{}", "not-the-secret-of-anything-here");
    unsigned status = 0;
    for (std::size_t i = 0; i <= few.burst; ++i) status = house.post(forged).status;
    CHECK(status == 429);
}

}  // namespace

TEST_CASE("stringified forms are checked in turn, at eight MiB a second", "[ingest]") {
    SecondLook look;
    SecondLook::Time time{1h};
    const std::size_t half = SecondLook::bytes_per_second / 2 - SecondLook::bytes_least;
    CHECK(look.turn(half, time) == 0ns);
    CHECK(look.turn(half, time) == 500ms);
    CHECK(look.turn(0, time + 250ms) == 750ms);
    CHECK(look.turn(0, time + 1h) == 0ns);
    CHECK(look.turn(0, time + 1h) > 0ns);
}

TEST_CASE("a right signature is accepted during a flood, whichever form was signed", "[ingest]") {
    test::House house(few);
    flood(house);
    const Reply raw = house.post(test::signed_request("chatbase", "/webhooks/chatbase",
                                                      R"({"eventType":"leads.submit","chatbotId":"raw"})"));
    CHECK(raw.status == 200);
    const Reply stringified = house.post(spaced(R"({ "eventType": "leads.submit", "chatbotId": "spaced" })"));
    CHECK(stringified.status == 200);
    CHECK(house.events().size() == 2);
}

TEST_CASE("a client that floods waits for its turn, but only for the stringified form", "[ingest]") {
    test::House house(few);
    flood(house);
    // Not JSON, so parsing is quick and no turn has passed before somebody waits for it.
    const std::string large(SecondLook::bytes_per_second, 'x');
    const auto forged = [&](std::string path, std::string_view vendor) {
        test::TestRequest request = test::signed_request(vendor, std::move(path), "{}");
        request.body = large;
        return request;
    };
    boost::asio::io_context io(1);
    std::vector<std::string> answered;
    const auto post = [&](std::string name, test::TestRequest request) -> Awaitable<> {
        const Reply reply = co_await house.serve(request.view());
        answered.push_back(std::move(name) + ' ' + std::to_string(reply.status));
    };
    const auto spawn = [&](std::string name, test::TestRequest request) {
        boost::asio::co_spawn(io, post(std::move(name), std::move(request)), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    };
    spawn("the first", forged("/webhooks/chatbase", "chatbase"));
    spawn("the second", forged("/webhooks/chatbase", "chatbase"));
    // Lynn signs the raw body only, so this has no second form.
    spawn("one form", forged("/webhooks/lynn", "lynn"));
    spawn("genuine", test::signed_request("chatbase", "/webhooks/chatbase", "{}"));
    io.run();
    // The first is checked at once, but on another thread.
    REQUIRE(answered.size() == 4);
    CHECK(answered.back() == "the second 429");
    std::ranges::sort(answered);
    CHECK(answered ==
          std::vector<std::string>{"genuine 200", "one form 429", "the first 429", "the second 429"});
}

}  // namespace chathook::ingest
