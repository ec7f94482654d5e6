#include "learn/proposal.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <string>

#include "learn/known_secret.hpp"
#include "verify/sent.hpp"

namespace chathook::learn {
namespace {

using Catch::Matchers::Contains;
using test::known_mac;
using test::known_secret;
using test::Sent;
using test::settings;

Sent timed(const std::string& body, std::string_view key = known_secret,
           const std::string& other = "1700000000") {
    Sent sent(body);
    sent.with("X-Time", "1700000000").with("X-Sent", other);
    return sent.with("X-Signature", known_mac("1700000000." + body, key));
}

Outcome proposed(std::deque<Sent> all) {
    std::vector<Request> requests;
    for (Sent& sent : all) requests.push_back(sent.request());
    const VendorSettings known = settings({{known_secret}});
    const std::vector<std::string> origins{"a first", "a second"};
    return propose({requests, known.secrets, known.secrets.size(), "", "Exampledesk", origins});
}

const std::string lead = R"({"event":"lead.new","email":"a@example.com"})";

}  // namespace

TEST_CASE("a proposal is a vendor file, tried with all requests") {
    const Outcome outcome = proposed({timed(lead, known_secret, "x"), timed(lead, "nobody's", "x")});
    REQUIRE(outcome.proposals.size() == 1);
    const Proposal& proposal = outcome.proposals.front();
    CHECK(proposal.is_usable());
    CHECK_THAT(proposal.text,
               Catch::Matchers::StartsWith("# Learned from a first. A guess: compare it with the vendor's "
                                           "page.\ntitle: Exampledesk\nverify:\n") &&
                   Contains("contact.email: /email"));
    REQUIRE(proposal.verdicts.size() == 2);
    CHECK(proposal.verified() == 1);
    CHECK(proposal.verdicts[0].type == "lead.created");
    CHECK(proposal.verdicts[0].mapped);
    CHECK(proposal.verdicts[1].refusal == "wrong_signature");
}

TEST_CASE("a request that teaches nothing is passed over for one that does") {
    const Outcome outcome = proposed({timed(lead, "nobody's"), timed(lead, known_secret, "x")});
    REQUIRE(outcome.proposals.size() == 1);
    CHECK(outcome.proposals.front().verdicts[1].refusal.empty());
    CHECK(outcome.remarks.empty());
    CHECK(outcome.taught == 1);
    CHECK_THAT(outcome.proposals.front().text, Contains("# Learned from a second."));
}

TEST_CASE("of two ways that explain one request, the one that verifies more requests comes first") {
    const Outcome outcome = proposed({timed(lead), timed(lead, known_secret, "1700000001")});
    REQUIRE(outcome.proposals.size() == 2);
    CHECK(outcome.proposals[0].lesson.time_header == "X-Time");
    CHECK(outcome.proposals[0].verified() == 2);
    CHECK(outcome.proposals[1].verified() == 1);
}

TEST_CASE("rules that would let a forger in are proposed with the reason against them") {
    Sent sent(lead);
    sent.with("X-Id", "abc").with("X-Signature", known_mac("abc" + lead));
    const Outcome outcome = proposed({sent});
    REQUIRE(outcome.proposals.size() == 1);
    CHECK_FALSE(outcome.proposals.front().is_usable());
    CHECK_THAT(outcome.proposals.front().problems.front().message, Contains("side by side"));
    CHECK(outcome.proposals.front().verdicts.empty());
}

TEST_CASE("a request that the rules refuse all the same is no proposal to use") {
    // Its header holds the separator.
    Sent sent(lead);
    sent.with("X-Event", "lead.new").with("X-Signature", known_mac("lead.new." + lead));
    const Outcome outcome = proposed({sent});
    REQUIRE(outcome.proposals.size() == 1);
    CHECK_FALSE(outcome.proposals.front().is_usable());
    CHECK_THAT(outcome.proposals.front().lesson.obstacles.front(), Contains("holds the separator"));
}

TEST_CASE("a request whose time is too old is verified all the same, and said to be late") {
    Sent sent = timed(lead, known_secret, "x");
    Request request = sent.request();
    request.received = test::now + std::chrono::hours(1);
    const VendorSettings known = settings({{known_secret}});
    const Outcome outcome = propose({{&request, 1}, known.secrets, known.secrets.size(), "", "X", {}});
    REQUIRE(outcome.proposals.size() == 1);
    CHECK(outcome.proposals.front().is_usable());
    CHECK(outcome.proposals.front().verdicts[0].is_late);
    CHECK(outcome.proposals.front().verdicts[0].type == "lead.created");
}

TEST_CASE("without a lesson there are remarks") {
    const Outcome outcome = proposed({timed(lead, "nobody's")});
    CHECK(outcome.proposals.empty());
    CHECK(outcome.remarks.size() == 2);  // most likely another secret; a URL that is not known
}

}  // namespace chathook::learn
