#include "verify/key_form.hpp"

#include <stdexcept>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "verify/known_schemes.hpp"

using namespace chathook;
using namespace chathook::test;
using namespace chathook::verify;

TEST_CASE("a secret that does not decode strictly, or to too few bytes, is refused where it is configured") {
    const auto fault = [](KeyForm form, std::string_view secret) {
        return key_bytes({.key = form}, secret).fault;
    };
    CHECK(fault(KeyForm::text, "short").empty());
    CHECK(fault(KeyForm::whsec, standard_secret).empty());
    CHECK(fault(KeyForm::whsec, standard_secret.substr(6)).empty());
    CHECK(fault(KeyForm::whsec, "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") ==
          "begins with `v1,`, which is not part of the secret; leave it out");
    CHECK(fault(KeyForm::base64, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!").substr(0, 13) == "is not base64");
    CHECK(fault(KeyForm::base64, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").substr(0, 13) == "is not base64");
    CHECK(fault(KeyForm::base64, "").substr(0, 18) == "decodes to 0 bytes");
    CHECK(fault(KeyForm::base64, "MfKQ9r8G").substr(0, 18) == "decodes to 6 bytes");
    CHECK(fault(KeyForm::hex, "00112233445566778899aabbccddeeff").empty());
    CHECK(fault(KeyForm::hex, "00112233445566778899aabbccddeef").substr(0, 10) == "is not hex");
    CHECK_THROWS_AS(Scheme({.header = "x", .key = KeyForm::hex}, given("no hex")), std::invalid_argument);
}
