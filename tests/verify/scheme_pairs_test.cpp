// Signature headers of pairs, "t=1492774577,v1=MAC", where the time is part of the signed text.
#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "support/node_oracle.hpp"
#include "verify/scheme.hpp"
#include "verify/sent.hpp"

using namespace chathook;
using namespace chathook::verify;
using test::now;
using test::refusal;
using test::Sent;
using test::settings;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view secret = "whsec_0123456789abcdef";
constexpr std::string_view body = R"({"Type":"Lead","Name":"Ada"})";

std::string node_hex(std::string_view time, std::string_view text, std::string_view key = secret) {
    static test::NodeOracle node("tests/verify/oracle.mjs");
    std::string message(time);
    message += '.';
    message += text;
    return node.ask({"sha256", std::string(key), message}).at(0);
}

std::string signed_header(std::string_view time) {
    return "t=" + std::string(time) + ",v1=" + node_hex(time, body);
}

Scheme scheme_of(std::optional<std::chrono::seconds> tolerance = std::nullopt) {
    VendorSettings made = settings({{secret}});
    made.timestamp_tolerance = tolerance;
    return Scheme(test::timed, made);
}

const std::string present = std::to_string(now.time_since_epoch() / 1s);

}  // namespace

TEST_CASE("a time and a body signed by Node are accepted, and the time is returned as written") {
    const Scheme scheme = scheme_of();
    for (const std::string& time : {present, present + "000", "00" + present}) {
        Sent sent{std::string(body)};
        sent.with("x-webhook-signature", signed_header(time));
        const auto verified = scheme.verify(sent.request(), now);
        CAPTURE(time);
        REQUIRE(verified.has_value());
        CHECK(verified->signed_time() == time);
        CHECK(verified->body() == body);
    }
}

TEST_CASE("a changed time is a wrong signature, not a stale one") {
    const Scheme scheme = scheme_of();
    const std::string mac = node_hex(present, body);
    CHECK(refusal(scheme, body, "t=" + present + ",v1=" + mac) == std::nullopt);
    CHECK(refusal(scheme, body, "t=1700000001,v1=" + mac) == Errc::wrong_signature);
    CHECK(refusal(scheme, body, "t=1,v1=" + mac) == Errc::wrong_signature);
    CHECK(refusal(scheme, body, "t=0" + present + ",v1=" + mac) == Errc::wrong_signature);
}

TEST_CASE("a signed time may differ by at most the tolerance, in both directions") {
    const auto at = [](auto offset) { return std::to_string((now + offset).time_since_epoch() / 1s); };
    const Scheme scheme = scheme_of();
    CHECK(refusal(scheme, body, signed_header(at(-300s))) == std::nullopt);
    CHECK(refusal(scheme, body, signed_header(at(300s))) == std::nullopt);
    CHECK(refusal(scheme, body, signed_header(at(-301s))) == Errc::stale_timestamp);
    CHECK(refusal(scheme, body, signed_header(at(301s))) == Errc::stale_timestamp);
    CHECK(refusal(scheme, body, signed_header("0")) == Errc::stale_timestamp);
    CHECK(refusal(scheme, body, signed_header("9999999999999")) == Errc::stale_timestamp);
    const std::string late = std::to_string((now - 300s - 1ms).time_since_epoch() / 1ms);
    CHECK(refusal(scheme, body, signed_header(late)) == Errc::stale_timestamp);

    const Scheme narrow = scheme_of(10s);
    CHECK(refusal(narrow, body, signed_header(at(-10s))) == std::nullopt);
    CHECK(refusal(narrow, body, signed_header(at(-11s))) == Errc::stale_timestamp);
    const Scheme wide = scheme_of(std::chrono::seconds(1h));
    CHECK(refusal(wide, body, signed_header(at(-1h))) == std::nullopt);
}

TEST_CASE("a retry after four minutes with the time of the first attempt is accepted by default") {
    const auto first_attempt = std::to_string((now - 4min).time_since_epoch() / 1s);
    CHECK(refusal(scheme_of(), body, signed_header(first_attempt)) == std::nullopt);
}

TEST_CASE("one valid signature among several is enough, at any position") {
    const Scheme scheme = scheme_of();
    const std::string mac = node_hex(present, body);
    const std::string wrong(64, '0');
    std::string seven_wrong;
    for (int i = 0; i < 7; ++i) seven_wrong += ",v1=" + wrong;
    const std::string time = "t=" + present;
    CHECK(refusal(scheme, body, time + seven_wrong + ",v1=" + mac) == std::nullopt);
    CHECK(refusal(scheme, body, time + ",v1=" + mac + seven_wrong) == std::nullopt);
    CHECK(refusal(scheme, body, "v1=" + mac + "," + time) == std::nullopt);
    CHECK(refusal(scheme, body, time + seven_wrong + ",v1=" + wrong) == Errc::wrong_signature);
    CHECK(refusal(scheme, body, time + seven_wrong + ",v1=" + wrong + ",v1=" + mac) ==
          Errc::malformed_signature);
}

TEST_CASE("other keys and white space beside a comma are ignored, as in the vendor's own sample") {
    const Scheme scheme = scheme_of();
    const std::string mac = node_hex(present, body);
    CHECK(refusal(scheme, body, "v0=abc,t=" + present + ",v1=" + mac + ",x=") == std::nullopt);
    CHECK(refusal(scheme, body, "t=" + present + ", v1=" + mac) == std::nullopt);
    CHECK(refusal(scheme, body, "t=" + present + ",\tv1=" + mac + " ") == std::nullopt);
}

TEST_CASE("a header of pairs that is not exactly of that form is refused") {
    const Scheme scheme = scheme_of();
    const std::string mac = node_hex(present, body);
    const std::string t = "t=" + present;
    const std::string v1 = "v1=" + mac;
    REQUIRE(refusal(scheme, body, t + "," + v1) == std::nullopt);
    for (const std::string& forged : {t,
                                      v1,
                                      mac,
                                      t + "," + t + "," + v1,
                                      t + "," + v1 + "," + t,
                                      t + "," + v1 + ",",
                                      "," + t + "," + v1,
                                      t + ",," + v1,
                                      t + ";" + v1,
                                      t + " " + v1,
                                      "t =" + present + "," + v1,
                                      "t= " + present + "," + v1,
                                      t + ",v1 =" + mac,
                                      t + ",v1= " + mac,
                                      "T=" + present + "," + v1,
                                      t + ",V1=" + mac,
                                      t + ",v2=" + mac,
                                      t + ",v1=",
                                      t + ",v1",
                                      "t=," + v1,
                                      "t," + v1,
                                      "t=+1700000000," + v1,
                                      "t=1700000000.0," + v1,
                                      t + "," + v1 + "0",
                                      t + ",v1=" + mac.substr(1),
                                      t + ",v1==" + mac,
                                      t + ",v1=sha256=" + mac,
                                      t + "," + v1 + ",v1=",
                                      t + ",v1=x," + v1,
                                      t + "," + v1 + "," + v1.substr(0, 20),
                                      std::string("t=17000000000000,") + v1,
                                      std::string("t=-1,") + v1,
                                      std::string("=,=")}) {
        CAPTURE(forged);
        CHECK(refusal(scheme, body, forged) == Errc::malformed_signature);
    }
    for (std::size_t cut = 0; cut < v1.size(); ++cut) {
        CHECK(refusal(scheme, body, t + "," + v1.substr(0, cut)) == Errc::malformed_signature);
    }
}

TEST_CASE("the time is signed with the JSON.stringify form too") {
    const Scheme scheme = scheme_of();
    const std::string spaced = R"({"Type": "Lead", "Name": "Ada"})";
    Sent sent(spaced);
    sent.with("X-Webhook-Signature", "t=" + present + ",v1=" + node_hex(present, body));
    const auto verified = scheme.verify(sent.request(), now);
    REQUIRE(verified.has_value());
    CHECK(verified->form() == Verified::Form::stringified);
    CHECK(verified->body() == body);
    CHECK(verified->signed_time() == present);

    const std::string old = "1699990000";
    CHECK(refusal(scheme, spaced, "t=" + old + ",v1=" + node_hex(old, body)) == Errc::stale_timestamp);
    CHECK(refusal(scheme, spaced, "t=" + old + ",v1=" + node_hex(present, body)) == Errc::wrong_signature);
}

TEST_CASE("a generated header contains the given time, or now in seconds") {
    const Scheme scheme = scheme_of();
    CHECK(scheme.sign(body, "", now).at(0).value == "t=" + present + ",v1=" + node_hex(present, body));
    CHECK(scheme.sign(body, "1492774577123", now).at(0).value ==
          "t=1492774577123,v1=" + node_hex("1492774577123", body));
}
