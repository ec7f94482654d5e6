#include "vendor_file/vector_reading.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

#include "yaml/tree.hpp"

using namespace chathook;

namespace {

using Problems = std::vector<std::string>;

struct ReadVectors {
    std::vector<vendor_file::Vector> vectors;
    Problems problems;
};

ReadVectors read_vectors_of(const std::string& text, const verify::SchemeRules& rules = {.header = "X-S"}) {
    yaml::Findings findings;
    const auto tree = yaml::parse_yaml(text, findings);
    REQUIRE(tree != nullptr);
    ReadVectors read;
    read.vectors = vendor_file::read_vectors(yaml::Place::root(*tree, findings), rules);
    yaml::put_in_order(findings.problems);
    for (const auto& problem : findings.problems)
        read.problems.push_back(yaml::to_string("", problem).substr(1));
    return read;
}

// A vector with these keys besides; in the line 2.
ReadVectors vector_with(const std::string& more, const verify::SchemeRules& rules = {.header = "X-S"}) {
    return read_vectors_of("vectors:\n  - {from: a, secret: b, body: c, " + more + "}\n", rules);
}

const std::string sent_headers = "headers: {X-S: d}";

}  // namespace

TEST_CASE("the headers of a vector are a mapping, and there where the proof is a header") {
    REQUIRE(vector_with(sent_headers).problems == Problems{});
    CHECK(vector_with(sent_headers).vectors[0].headers[0].second == "d");
    const Problems list{
        "2: vectors[0].headers: must be a mapping of names to values, as in headers: {X-S: "
        "what was sent}"};
    CHECK(vector_with("headers: ['X-S: d']").problems == list);
    CHECK(vector_with("headers: X-S").problems == list);
    CHECK(vector_with("headers:").problems == list);
    const Problems missing{
        "2: vectors[0].headers: is missing; write those that it was sent with, as in "
        "headers: {X-S: what was sent}"};
    CHECK(vector_with("path: /").problems == missing);
    CHECK(vector_with("accepted: false, reason: the body was changed").problems == missing);
    CHECK(vector_with("accepted: false, reason: missing_signature").problems == Problems{});
    CHECK(vector_with("accepted: false, reason: it was sent without, headers: {}").problems == Problems{});
    CHECK(vector_with("headers: {X-S: [d]}").problems.size() == 1);
}

TEST_CASE("a token in the body needs no headers") {
    static constexpr std::array<std::string_view, 1> at{"token"};
    const verify::SchemeRules rules{.kind = verify::Kind::token, .token_path = at};
    CHECK(vector_with("path: /", rules).problems == Problems{});
    CHECK(vector_with("headers: [a]", rules).problems.size() == 1);
}

TEST_CASE("the reason of a refused vector is a reason code, or several words") {
    const auto of = [](const std::string& reason) {
        return vector_with(sent_headers + ", accepted: false, reason: " + reason);
    };
    REQUIRE(of("stale_timestamp").problems == Problems{});
    CHECK(of("stale_timestamp").vectors[0].refused_for == Errc::stale_timestamp);
    REQUIRE(of("the body was changed").problems == Problems{});
    CHECK_FALSE(of("the body was changed").vectors[0].refused_for.has_value());
    const std::string codes =
        "; write one of missing_signature, repeated_signature, malformed_signature, wrong_signature, "
        "stale_timestamp, unexpected_account, or say it in several words";
    CHECK(
        of("wrong_signatur").problems ==
        Problems{"2: vectors[0].reason: 'wrong_signatur' is no reason for which a vector is refused (did you "
                 "mean 'wrong_signature'?)" +
                 codes});
    CHECK(of("forged").problems ==
          Problems{"2: vectors[0].reason: 'forged' is no reason for which a vector is refused" + codes});
    CHECK(of("rate_limited").problems.size() == 1);
    CHECK(vector_with(sent_headers + ", accepted: false").problems.size() == 1);
    CHECK(vector_with(sent_headers + ", reason: the body was changed").problems.size() == 1);
}
