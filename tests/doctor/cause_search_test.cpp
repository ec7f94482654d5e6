#include "doctor/cause_search.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace chathook::doctor {
namespace {

constexpr std::string_view secret = "a secret of some length";

// The lists that a search tries, for one secret and one body.
struct Given {
    explicit Given(std::string_view body) : bodies(body_variants(body, {})) {
        texts.push_back({.expected = true});
        texts.push_back({.name = "time-signed", .before = "17."});
        for (SecretVariant& variant : secret_variants(secret)) secrets.push_back({0, std::move(variant)});
    }

    SearchResult search(const verify::Mac& mac, std::uint64_t bytes_max = hashed_bytes_max) const {
        return find_matches({.macs = {&mac, 1},
                             .texts = texts,
                             .bodies = bodies,
                             .secrets = secrets,
                             .stringified_expected = stringified_expected},
                            bytes_max);
    }

    std::string found(const verify::Mac& mac) const {
        const SearchResult result = search(mac);
        CHECK(result.complete);
        std::string names;
        for (const Match& match : result.matches) {
            names += '[' + texts[match.text].name + '|' + std::string(bodies[match.body].name) + '|' +
                     std::string(secrets[match.secret].variant.name) + ']' + (match.plain ? "plain" : "");
        }
        return names;
    }

    std::vector<TextVariant> texts;
    std::vector<BodyVariant> bodies;
    std::vector<SecretCandidate> secrets;
    bool stringified_expected = false;
};

verify::Mac mac_of(std::string_view text, std::string_view key = secret,
                   verify::Algorithm algorithm = verify::Algorithm::sha256) {
    return verify::HmacKey(algorithm, key).mac({text});
}

const std::string with_line_feed = std::string(secret) + '\n';

}  // namespace

TEST_CASE("the plain combination is found first, with either algorithm") {
    const Given given("{ }");
    CHECK(given.found(mac_of("{ }")) == "[||]plain");
    CHECK(given.found(mac_of("{ }", secret, verify::Algorithm::sha1)) == "[||]plain");
}

TEST_CASE("a single change is found in body, signed text or secret") {
    const Given given("{ }");
    CHECK(given.found(mac_of("{}")) == "[|stringified|]");
    CHECK(given.found(mac_of("{ }\n")) == "[|newline-added|]");
    CHECK(given.found(mac_of("17.{ }")) == "[time-signed||]");
    CHECK(given.found(mac_of("{ }", with_line_feed)) == "[||newline-added]");
}

TEST_CASE("two changes are found, three are not") {
    const Given given("{ }");
    CHECK(given.found(mac_of("{ }\n", with_line_feed)) == "[|newline-added|newline-added]");
    CHECK(given.found(mac_of("17.{ }\n")) == "[time-signed|newline-added|]");
    CHECK(given.found(mac_of("17.{ }", with_line_feed)) == "[time-signed||newline-added]");
    CHECK(given.found(mac_of("17.{ }\n", with_line_feed)).empty());
}

TEST_CASE("the JSON.stringify form does not count as a change if the vendor may sign it") {
    Given given("{ }");
    given.stringified_expected = true;
    CHECK(given.found(mac_of("{}")) == "[|stringified|]plain");
    CHECK(given.found(mac_of("17.{}", with_line_feed)) == "[time-signed|stringified|newline-added]");
}

TEST_CASE("a MAC of another secret, or of no known size, is not found") {
    const Given given("{ }");
    CHECK(given.found(mac_of("{ }", "another secret")).empty());
    CHECK(given.found(verify::Mac{}).empty());
}

TEST_CASE("a search that reaches its limit is incomplete") {
    const Given given("{ }");
    const SearchResult nothing = given.search(mac_of("{ }", "another secret"), 10'000);
    CHECK(nothing.matches.empty());
    CHECK_FALSE(nothing.complete);
    CHECK(given.search(mac_of("{ }"), 10'000).matches.size() == 1);
}

}  // namespace chathook::doctor
