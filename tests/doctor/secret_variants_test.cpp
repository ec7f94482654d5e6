#include "doctor/secret_variants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace chathook::doctor {
namespace {

std::optional<std::string> variant(std::string_view secret, std::string_view name) {
    const auto variants = secret_variants(secret);
    const auto found = std::ranges::find(variants, name, &SecretVariant::name);
    if (found == variants.end()) return std::nullopt;
    return std::string(found->bytes.view());
}

}  // namespace

TEST_CASE("the secret as given comes first and has no name") {
    const auto variants = secret_variants(" secret ");
    CHECK(variants.front().bytes.view() == " secret ");
    CHECK(variants.front().name.empty());
    for (std::size_t i = 1; i < variants.size(); ++i) {
        CAPTURE(variants[i].name);
        CHECK_FALSE(variants[i].name.empty());
        CHECK_FALSE(variants[i].what.empty());
        CHECK_FALSE(variants[i].hint.empty());
    }
}

TEST_CASE("white space, quotation marks and line ends are removed or added") {
    CHECK(variant(" a secret\n", "trimmed") == "a secret");
    CHECK(variant("\"a secret\"", "unquoted") == "a secret");
    CHECK(variant("'a secret'\n", "unquoted") == "a secret");
    CHECK_FALSE(variant("'a secret\"", "unquoted"));
    CHECK(variant("a secret", "newline-added") == "a secret\n");
    CHECK(variant("a secret", "crlf-added") == "a secret\r\n");
    CHECK(variant("a secret", "cr-added") == "a secret\r");
    CHECK_FALSE(variant("a secret", "trimmed"));
}

TEST_CASE("a secret may be meant in decoded form") {
    CHECK(variant("736563726574", "hex-decoded") == "secret");
    CHECK(variant("c2VjcmV0", "base64-decoded") == "secret");
    CHECK(variant("whsec_c2VjcmV0", "whsec-stripped") == "c2VjcmV0");
    CHECK(variant("whsec_c2VjcmV0", "whsec-stripped-base64-decoded") == "secret");
    CHECK(variant("whsec_736563726574", "whsec-stripped-hex-decoded") == "secret");
    CHECK_FALSE(variant("a secret", "base64-decoded"));
    CHECK_FALSE(variant("secret", "whsec-stripped"));
}

TEST_CASE("no two variants of a secret are the same, and none is empty") {
    for (const auto* secret :
         {"a", " ", "\"\"", "''", "whsec_", "secret", "736563726574", "\n\"c2VjcmV0\"\n"}) {
        CAPTURE(secret);
        std::set<std::string> seen;
        for (const SecretVariant& made : secret_variants(secret)) {
            CHECK_FALSE(made.bytes.empty());
            CHECK(seen.emplace(made.bytes.view()).second);
        }
    }
}

}  // namespace chathook::doctor
