#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "ecma/body_generator.hpp"
#include "ecma/stringify.hpp"
#include "support/node_oracle.hpp"

using namespace chathook;

namespace {

constexpr std::size_t batch_bodies = 500;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// In the oracle's words: '+' and the text, or '-'.
std::string parsed_and_printed(std::string_view raw) {
    const auto document = JsonDocument::parse_bytes(raw);
    return document == nullptr ? "-" : "+" + ecma::stringify(*document);
}

std::string as_express_does(std::string_view raw) {
    const std::optional<std::string> text = ecma::stringify_body(raw);
    return text ? "+" + *text : "-";
}

std::string escaped(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F) {
            out += c;
        } else {
            out += "<";
            out += digits[byte >> 4];
            out += digits[byte & 0xF];
            out += ">";
        }
    }
    return out;
}

}  // namespace

// CHATHOOK_ECMA_CASES sets how many bodies, CHATHOOK_ECMA_SEED repeats a run.
TEST_CASE("JSON.parse, JSON.stringify and body-parser are matched byte for byte on random bodies") {
    const std::uint64_t cases = number_from("CHATHOOK_ECMA_CASES", 20'000);
    const std::uint64_t seed = number_from("CHATHOOK_ECMA_SEED", std::random_device{}());
    std::cout << "ecma differential: " << cases << " bodies, seed " << seed << std::endl;

    test::NodeOracle node("tests/ecma/oracle.mjs");
    test::BodyGenerator generator(seed);
    std::uint64_t accepted = 0, changed = 0, disagreements = 0;
    for (std::uint64_t done = 0; done < cases; done += batch_bodies) {
        test::ByteStrings bodies(std::min<std::uint64_t>(batch_bodies, cases - done));
        for (std::string& body : bodies) body = generator.body();
        const test::ByteStrings answers = node.ask(bodies);
        REQUIRE(answers.size() == 2 * bodies.size());
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            const std::string ours = parsed_and_printed(bodies[i]);
            accepted += ours != "-";
            changed += ours != "-" && ours.substr(1) != bodies[i];
            if (ours == answers[2 * i] && as_express_does(bodies[i]) == answers[2 * i + 1]) continue;
            if (++disagreements > 5) continue;
            UNSCOPED_INFO("body     " << escaped(bodies[i]) << "\nours     " << escaped(ours) << "\nnode     "
                                      << escaped(answers[2 * i]) << "\nexpress  "
                                      << escaped(as_express_does(bodies[i])) << "\nnode     "
                                      << escaped(answers[2 * i + 1]));
        }
    }
    CHECK(disagreements == 0);
    // A generator that makes one kind of body only would prove nothing.
    CHECK(accepted > cases / 3);
    CHECK(changed > cases / 3);
    CHECK(cases - accepted > cases / 20);
}
