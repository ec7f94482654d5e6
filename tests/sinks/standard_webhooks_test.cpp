#include "sinks/standard_webhooks.hpp"

#include <catch2/catch.hpp>

using chathook::sinks::StandardWebhooksKey;

// The example that the specification's reference libraries are tested with.
TEST_CASE("a signature equals that of the Standard Webhooks libraries") {
    const auto key = StandardWebhooksKey::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    REQUIRE(key);
    CHECK(key->sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})") ==
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a secret without whsec_ is used byte for byte") {
    const auto plain = StandardWebhooksKey::read("abc");
    const auto encoded = StandardWebhooksKey::read("whsec_YWJj");
    const auto padded = StandardWebhooksKey::read("whsec_YWI=");
    REQUIRE((plain && encoded && padded));
    CHECK(plain->sign("id", "1", "body") == encoded->sign("id", "1", "body"));
    CHECK(padded->sign("id", "1", "body") == StandardWebhooksKey::read("ab")->sign("id", "1", "body"));
    CHECK(plain->sign("id", "1", "body") != padded->sign("id", "1", "body"));
}

TEST_CASE("an empty secret or invalid base64 is refused") {
    for (const auto* secret : {"", "whsec_", "whsec_=", "whsec_==", "whsec_====", "whsec_a", "whsec_YWJ j",
                               "whsec_YW-j", "whsec_YWJj===="}) {
        CAPTURE(secret);
        CHECK_FALSE(StandardWebhooksKey::read(secret));
    }
}
