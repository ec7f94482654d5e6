#include "ingest/second_look.hpp"

#include <catch2/catch.hpp>

#include <chrono>

#include "ecma/stringify.hpp"
#include "ingest/house.hpp"

namespace chathook::ingest {

namespace {

using namespace std::chrono_literals;

// Signed in its JSON.stringify form, as a sender in JavaScript does whose proxy put blanks in.
test::TestRequest spaced(std::string_view text) {
    const std::string body(text);
    test::TestRequest request =
        test::signed_request("chatbase", "/webhooks/chatbase", *ecma::stringify_body(body));
    request.body = body;
    return request;
}

void flood(test::House& house) {
    const FailureRate defaults;
    const test::TestRequest forged =
        test::signed_request("chatbase", "/webhooks/chatbase", "{}", "not-the-secret-of-anything-here");
    unsigned status = 0;
    for (std::size_t i = 0; i < defaults.burst + 10; ++i) status = house.post(forged).status;
    CHECK(status == 429);
}

}  // namespace

TEST_CASE("looks at the second form come in turn, at eight MiB a second", "[ingest]") {
    SecondLook look;
    SecondLook::Time time{1h};
    const std::size_t half = SecondLook::bytes_per_second / 2 - SecondLook::bytes_least;
    CHECK(look.turn(half, time) == 0ns);
    CHECK(look.turn(half, time) == 500ms);
    CHECK(look.turn(0, time + 250ms) == 750ms);
    CHECK(look.turn(0, time + 1h) == 0ns);
    CHECK(look.turn(0, time + 1h) > 0ns);
}

TEST_CASE("in the midst of a flood a right signature is believed, whichever form was signed", "[ingest]") {
    test::House house;
    flood(house);
    const Reply raw = house.post(test::signed_request("chatbase", "/webhooks/chatbase",
                                                      R"({"eventType":"leads.submit","chatbotId":"raw"})"));
    CHECK(raw.status == 200);
    const Reply stringified = house.post(spaced(R"({ "eventType": "leads.submit", "chatbotId": "spaced" })"));
    CHECK(stringified.status == 200);
    CHECK(house.events().size() == 2);
}

TEST_CASE("a client that floods waits for its turn, and only for the second form", "[ingest]") {
    test::House house;
    flood(house);
    const std::string large = "[\"" + std::string(SecondLook::bytes_per_second / 2, 'x') + "\" ]";
    const auto forged = [&](std::string path, std::string_view vendor) {
        test::TestRequest request = test::signed_request(vendor, std::move(path), "{}");
        request.body = large;
        return request;
    };
    const auto took = [&](const test::TestRequest& request, unsigned status) {
        const auto begun = std::chrono::steady_clock::now();
        CHECK(house.post(request).status == status);
        return std::chrono::steady_clock::now() - begun;
    };
    took(forged("/webhooks/chatbase", "chatbase"), 429);
    CHECK(took(forged("/webhooks/chatbase", "chatbase"), 429) >= 250ms);
    // Lynn signs the raw body only; so does whoever signs it here.
    CHECK(took(forged("/webhooks/lynn", "lynn"), 429) < 250ms);
    CHECK(took(test::signed_request("chatbase", "/webhooks/chatbase", "{}"), 200) < 250ms);
}

}  // namespace chathook::ingest
