#include "doctor/doctor_parts.hpp"

#include <catch2/catch.hpp>

#include "doctor/patients.hpp"

namespace chathook::test {
namespace {

using Catch::Matchers::Contains;

doctor::Diagnosis with_headers(std::string_view vendor,
                               std::vector<std::pair<std::string, std::string>> headers,
                               std::string body = "{}") {
    Sent sent(std::move(body));
    for (auto& [name, value] : headers) sent.with(std::move(name), std::move(value));
    return diagnose(vendor, sent);
}

doctor::Finding time_finding(std::string_view time) {
    return finding(
        with_headers("timed", {{"X-Timed-Signature", "t=" + std::string(time) + ",v1=" + hex_mac("")}}),
        "time");
}

}  // namespace

TEST_CASE("a header that is missing, empty or repeated is wrong") {
    const std::string value = "sha256=" + hex_mac("{}");
    const auto header_text = [](const doctor::Diagnosis& diagnosis) {
        return finding(diagnosis, "header").text;
    };
    CHECK_THAT(header_text(with_headers("labelled", {{"x-labelled-signature", value}})),
               Contains("X-Labelled-Signature is there once"));
    CHECK_THAT(header_text(with_headers("labelled", {{"Host", "h"}})),
               Contains("there is no X-Labelled-Signature") && Contains("1 header"));
    CHECK_THAT(header_text(with_headers("labelled", {{"X-Labelled-Signature", ""}})), Contains("empty"));
    CHECK_THAT(header_text(with_headers("labelled",
                                        {{"X-Labelled-Signature", value}, {"X-Labelled-Signature", value}})),
               Contains("2 times"));
    CHECK_THAT(header_text(with_headers("labelled", {{"X_Labelled_Signature", value}})),
               Contains("there is X_Labelled_Signature"));
    CHECK_THAT(header_text(with_headers("labelled", {{"X-Hub-Signature-256", value}})),
               Contains("there is X-Hub-Signature-256"));
    CHECK_THAT(header_text(with_headers("labelled", {{"X-Plain-Signature", value}})),
               Contains("which is plain's"));
}

TEST_CASE("a wrong form is explained, and the vendors that use it are named") {
    const auto form =
        finding(with_headers("plain", {{"X-Plain-Signature", "sha256=" + hex_mac("{}")}}), "form");
    CHECK(form.outcome == doctor::Outcome::wrong);
    CHECK_THAT(form.text, Contains("labelled would write it so"));
    CHECK_THAT(form.hint, Contains("64 hex digits or 44 characters of base64"));
    const auto short_form =
        finding(with_headers("labelled", {{"X-Labelled-Signature", sha1_mac("{}")}}), "form");
    CHECK_THAT(short_form.text, Contains("size of SHA-1") && Contains("short would write it so"));
    const auto right =
        finding(with_headers("labelled", {{"X-Labelled-Signature", "sha256=" + hex_mac("")}}), "form");
    CHECK(right.outcome == doctor::Outcome::ok);
}

TEST_CASE("the time in a body is judged only if the source has a tolerance") {
    static constexpr std::string_view at[] = {"at"};
    const VendorDefinition dated{
        .name = "dated",
        .rules = {.header = "X-Dated-Signature", .time = {.in = verify::TimeRules::In::body, .path = at}}};
    const auto time_of = [&](std::string body, std::optional<std::chrono::seconds> tolerance,
                             std::chrono::seconds later) -> std::string {
        Sent sent(std::move(body));
        const Request& request = sent.request();
        VendorSettings given = settings({{given_secret}});
        given.timestamp_tolerance = tolerance;
        for (const auto& finding : doctor::diagnose({dated, vendors, given, request, now + later}).findings) {
            if (finding.part == "time") return finding.text;
        }
        return "";
    };
    using namespace std::chrono_literals;
    CHECK(time_of(R"({"at":1700000000})", std::nullopt, 1h).empty());
    CHECK_THAT(time_of(R"({"at":1700000000})", 60s, 42s), Contains("the time in the body is 42 s old"));
    CHECK_THAT(time_of("{}", 60s, 0s), Contains("no time that could be read"));
}

TEST_CASE("a signed time is reported with its distance, its unit and its likely mistake") {
    CHECK(time_finding("1700000000").outcome == doctor::Outcome::ok);
    CHECK_THAT(time_finding("1699999958").text, Contains("42 s old, in seconds; 5 min either way"));
    CHECK_THAT(time_finding("1700000042000").text, Contains("42 s ahead, in milliseconds"));
    CHECK(time_finding("1699999700").outcome == doctor::Outcome::ok);
    CHECK(time_finding("1699999699").outcome == doctor::Outcome::wrong);
    CHECK_THAT(time_finding("1699999000").hint, Contains("--now"));
    CHECK_THAT(time_finding("1700001000").hint, Contains("clocks"));
    CHECK_THAT(time_finding("1700019801").text, Contains("5 h ahead") && Contains("a local time?"));
    CHECK_THAT(time_finding("1600000000").text, Contains("1157 days old"));
    CHECK(time_finding("yesterday").outcome == doctor::Outcome::cannot_tell);
    CHECK(with_headers("plain", {}).findings.size() == 4);
}

TEST_CASE("a body is compared with its Content-Length") {
    const auto body = [](std::string length, std::string text) {
        return finding(with_headers("plain", {{"Content-Length", std::move(length)}}, std::move(text)),
                       "body");
    };
    CHECK(body("2", "{}").outcome == doctor::Outcome::ok);
    CHECK_THAT(body("9", "{}").text, Contains("2 bytes, but Content-Length says 9: 7 are missing"));
    CHECK_THAT(body("2", "{}\n").text, Contains("1 too many"));
    CHECK(body("two", "{}").outcome == doctor::Outcome::cannot_tell);
    CHECK_THAT(body("0", "").text, Contains("empty"));
    CHECK(finding(with_headers("plain", {}), "body").outcome == doctor::Outcome::cannot_tell);
}

TEST_CASE("a body that was saved with its chunk framing is recognised") {
    const auto body = [](std::string name, std::string text) {
        return finding(with_headers("plain", {{std::move(name), "chunked"}}, std::move(text)), "body");
    };
    CHECK_THAT(body("Transfer-Encoding", "2\r\n{}\r\n0\r\n\r\n").text, Contains("chunks"));
    CHECK(body("Transfer-Encoding", "{}").outcome == doctor::Outcome::cannot_tell);
    CHECK(body("X-Other", "2\r\n{}\r\n0\r\n\r\n").outcome == doctor::Outcome::cannot_tell);
}

TEST_CASE("a body counts as compressed unless its encoding is identity") {
    const auto encoded = [](std::vector<Field> fields) {
        Request request;
        request.fields = fields;
        return doctor::is_encoded(request);
    };
    CHECK(encoded({{"Content-Encoding", "gzip"}}));
    CHECK(encoded({{"content-encoding", "identity"}, {"content-encoding", "identity"}}));
    CHECK_FALSE(encoded({{"content-encoding", "identity"}}));
    CHECK_FALSE(encoded({}));
}

}  // namespace chathook::test
