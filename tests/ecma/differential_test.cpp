#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "ecma/body_generator.hpp"
#include "ecma/stringify.hpp"
#include "support/environment.hpp"
#include "support/file_content.hpp"
#include "support/node_oracle.hpp"

using namespace chathook;

namespace {

constexpr std::size_t batch_bodies = 500;

// In the oracle's format: '+' and the text, or '-'.
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

// The vendors' own sample bodies: of their files the lines that are a text in single quotation marks.
std::vector<std::string> vendor_samples() {
    constexpr std::string_view begin = "    body: '";
    std::vector<std::string> samples;
    for (const auto& file : std::filesystem::directory_iterator(CHATHOOK_SOURCE_DIR "/src/vendors/files")) {
        std::istringstream lines(test::content_of(file.path()));
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with(begin) || !line.ends_with('\'')) continue;
            std::string body = line.substr(begin.size(), line.size() - begin.size() - 1);
            for (std::size_t at = 0; (at = body.find("''", at)) != body.npos; ++at) body.erase(at, 1);
            samples.push_back(std::move(body));
        }
    }
    std::sort(samples.begin(), samples.end());
    REQUIRE(samples.size() >= 18);
    return samples;
}

struct Tally {
    std::uint64_t accepted = 0, changed = 0, disagreements = 0;
};

// Compares Node's results with ours for one batch; the first disagreements are reported in full.
void compare(test::NodeOracle& node, const test::ByteStrings& bodies, Tally& tally) {
    const test::ByteStrings answers = node.ask(bodies);
    REQUIRE(answers.size() == 2 * bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const std::string ours = parsed_and_printed(bodies[i]);
        tally.accepted += ours != "-";
        tally.changed += ours != "-" && ours.substr(1) != bodies[i];
        if (ours == answers[2 * i] && as_express_does(bodies[i]) == answers[2 * i + 1]) continue;
        if (++tally.disagreements > 5) continue;
        UNSCOPED_INFO("body     " << escaped(bodies[i]) << "\nours     " << escaped(ours) << "\nnode     "
                                  << escaped(answers[2 * i]) << "\nexpress  "
                                  << escaped(as_express_does(bodies[i])) << "\nnode     "
                                  << escaped(answers[2 * i + 1]));
    }
}

Tally compare(std::uint64_t cases, const std::function<std::string()>& next_body) {
    test::NodeOracle node("tests/ecma/oracle.mjs");
    Tally tally;
    for (std::uint64_t done = 0; done < cases; done += batch_bodies) {
        test::ByteStrings bodies(std::min<std::uint64_t>(batch_bodies, cases - done));
        for (std::string& body : bodies) body = next_body();
        compare(node, bodies, tally);
    }
    return tally;
}

// CHATHOOK_ECMA_CASES sets how many bodies, CHATHOOK_ECMA_SEED repeats a run.
std::uint64_t cases() { return test::number_from("CHATHOOK_ECMA_CASES", 200'000); }

std::uint64_t seed_for(std::uint64_t count, std::string_view what) {
    const std::uint64_t seed = test::number_from("CHATHOOK_ECMA_SEED", std::random_device{}());
    std::cout << "ecma differential: " << count << " " << what << ", seed " << seed << std::endl;
    return seed;
}

}  // namespace

TEST_CASE("random bodies give the same bytes as JSON.parse, JSON.stringify and body-parser") {
    const std::uint64_t count = cases();
    test::BodyGenerator generator(seed_for(count, "random bodies"));
    const Tally tally = compare(count, [&] { return generator.body(); });
    CHECK(tally.disagreements == 0);
    // A generator that makes only one kind of body would prove nothing.
    CHECK(tally.accepted > count / 3);
    CHECK(tally.changed > count / 3);
    CHECK(count - tally.accepted > count / 20);
}

TEST_CASE("mutated vendor samples give the same bytes as JSON.parse, JSON.stringify and body-parser") {
    const std::vector<std::string> samples = vendor_samples();
    REQUIRE(samples.size() >= 18);
    const std::uint64_t count = cases() / 4;
    test::BodyGenerator generator(seed_for(count, "changed vendor samples"));
    std::size_t turn = 0;
    const Tally tally = compare(count, [&] { return generator.mutated(samples[turn++ % samples.size()]); });
    CHECK(tally.disagreements == 0);
    CHECK(tally.accepted > count / 3);
    CHECK(tally.changed > count / 3);
    CHECK(count - tally.accepted > count / 20);
}
