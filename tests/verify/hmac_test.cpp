#include "verify/hmac.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <new>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/node_oracle.hpp"
#include "verify/encoding.hpp"

using namespace chathook;
using namespace chathook::verify;

namespace {

std::string hex_mac(Algorithm algorithm, std::string_view secret, std::string_view message) {
    return encode_hex(HmacKey(algorithm, secret).mac({message}).view());
}

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

}  // namespace

TEST_CASE("the published MACs of RFC 2202, RFC 4231 and of other senders are reproduced") {
    CHECK(hex_mac(Algorithm::sha1, "Jefe", "what do ya want for nothing?") ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(hex_mac(Algorithm::sha256, "Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex_mac(Algorithm::sha256, std::string(131, '\xaa'),
                  "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    // GitHub's and Slack's documentation.
    CHECK(hex_mac(Algorithm::sha256, "It's a Secret to Everybody", "Hello, World!") ==
          "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    CHECK(hex_mac(Algorithm::sha256, "secret", "test") ==
          "0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914");
}

TEST_CASE("any key and message give the same MAC as Node's crypto, in hex and in base64") {
    const std::uint64_t seed = std::random_device{}();
    std::cout << "hmac against node: seed " << seed << std::endl;
    std::mt19937_64 random(seed);
    test::ByteStrings triples;
    for (int i = 0; i < 400; ++i) {
        triples.push_back(i % 2 == 0 ? "sha256" : "sha1");
        triples.push_back(random_bytes(random, 1 + random() % 140));
        triples.push_back(random_bytes(random, random() % 300));
    }
    test::NodeOracle node("tests/verify/oracle.mjs");
    const test::ByteStrings answers = node.ask(triples);
    REQUIRE(answers.size() == triples.size() / 3 * 2);
    for (std::size_t i = 0; i < triples.size() / 3; ++i) {
        const Algorithm algorithm = triples[3 * i] == "sha1" ? Algorithm::sha1 : Algorithm::sha256;
        const HmacKey key(algorithm, triples[3 * i + 1]);
        const std::string_view message = triples[3 * i + 2];
        const std::size_t cut = message.size() / 3;
        const Mac mac = key.mac({message.substr(0, cut), "", message.substr(cut)});
        CHECK(encode_hex(mac.view()) == answers[2 * i]);
        CHECK(encode_base64(mac.view()) == answers[2 * i + 1]);
        Mac decoded;
        decoded.size = mac.size;
        CHECK(decode_base64(answers[2 * i + 1], std::span(decoded.bytes).first(mac.size)));
        CHECK(equal(decoded, mac));
    }
}

TEST_CASE("a key can be used repeatedly, and by several threads at once") {
    const HmacKey key(Algorithm::sha256, "secret");
    const std::string right = encode_hex(key.mac({"te", "st"}).view());
    CHECK(right == hex_mac(Algorithm::sha256, "secret", "test"));
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
        threads.emplace_back([&key, &right, &count] {
            for (int i = 0; i < 200; ++i) count += encode_hex(key.mac({"test"}).view()) != right;
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("an empty secret is rejected") {
    CHECK_THROWS_AS(HmacKey(Algorithm::sha256, ""), std::invalid_argument);
    CHECK_THROWS_AS(HmacKey(Algorithm::sha1, ""), std::invalid_argument);
}

TEST_CASE("two MACs are equal only if their sizes and all bytes are equal") {
    const Mac right = HmacKey(Algorithm::sha256, "secret").mac({"test"});
    CHECK(equal(right, right));
    for (std::size_t byte = 0; byte < right.size; ++byte) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Mac wrong = right;
            wrong.bytes[byte] ^= static_cast<std::uint8_t>(1u << bit);
            CHECK_FALSE(equal(wrong, right));
        }
    }
    Mac shorter = right;
    shorter.size = 20;
    CHECK_FALSE(equal(shorter, right));
    CHECK_FALSE(equal(Mac{}, Mac{}));
}

TEST_CASE("a MAC is wiped when its object ends") {
    for (const Algorithm algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512}) {
        alignas(Mac) std::array<std::uint8_t, sizeof(Mac)> memory{};
        auto* mac = new (memory.data()) Mac(HmacKey(algorithm, "Jefe").mac({"what do ya want for nothing?"}));
        const auto view = mac->view();
        REQUIRE(view.size() == mac_bytes(algorithm));
        REQUIRE(std::ranges::count(view, 0) < 4);
        mac->~Mac();
        CHECK(std::ranges::count(std::span(memory).first(mac_bytes(algorithm)), 0) ==
              static_cast<int>(mac_bytes(algorithm)));
    }
}
