#include <stdlib.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "support/temp_directory.hpp"
#include "vendors/catalog.hpp"
#include "verify/encoding.hpp"
#include "verify/hmac.hpp"

namespace chathook {

namespace {

using Catch::Matchers::Contains;

constexpr const char* secret = "a-secret-of-some-length";
constexpr const char* body = "{\"a\": 1}";

std::string mac_of(const std::string& text, verify::Algorithm algorithm = verify::Algorithm::sha256) {
    return verify::encode_hex(verify::HmacKey(algorithm, secret).mac({text}).view());
}

// A request in two files, and the output of `explain` for it.
class Kept {
public:
    Kept(const std::string& headers, const std::string& kept_body) {
        setenv("CHATHOOK_TEST_SECRET", secret, 1);
        setenv("CHATHOOK_TEST_OTHER_SECRET", "another-secret-altogether", 1);
        std::ofstream(path("headers"), std::ios::binary) << headers;
        std::ofstream(path("body"), std::ios::binary) << kept_body;
    }

    test::Ran explained(const std::string& vendor, const std::vector<std::string>& more = {},
                        const std::string& name = "CHATHOOK_TEST_SECRET") const {
        std::vector<std::string> words{"explain",     "--vendor",  vendor,          "--secret",
                                       "env:" + name, "--headers", path("headers"), path("body")};
        words.insert(words.end(), more.begin(), more.end());
        return test::run(words);
    }

    std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

private:
    test::TempDirectory directory_;
};

}  // namespace

TEST_CASE("explain of a valid signature ends with 0 and shows the daemon's answer", "[cli]") {
    const Kept kept("x-lynn-hmac-sha256: " + mac_of(body) + "\r\nContent-Length: 8\r\n", body);
    const test::Ran ran = kept.explained("lynn");
    CHECK(ran.exit_code == ExitCode::done);
    CHECK_THAT(ran.output, Contains("ok           header     x-lynn-hmac-sha256 is there once"));
    CHECK_THAT(ran.output, Contains("chathookd would answer 200 {\"status\":\"success\"}"));
    CHECK(ran.complaint.empty());
}

TEST_CASE("explain of a wrong signature ends with 65 and shows its cause and the fix", "[cli]") {
    const Kept kept("x-lynn-hmac-sha256: " + mac_of(std::string(body) + "\n"), body);
    const test::Ran ran = kept.explained("lynn");
    CHECK(ran.exit_code == ExitCode::bad_input);
    CHECK_THAT(ran.output, Contains("Cause: the signature matches the body with a line feed at its end."));
    CHECK_THAT(ran.output, Contains("--data-binary"));
    CHECK_THAT(ran.output, Contains("chathookd would answer 401"));
}

TEST_CASE("for an unrelated secret no common cause is found", "[cli]") {
    const Kept kept("x-lynn-hmac-sha256: " + mac_of(body), body);
    const test::Ran ran = kept.explained("lynn", {}, "CHATHOOK_TEST_OTHER_SECRET");
    CHECK(ran.exit_code == ExitCode::bad_input);
    CHECK_THAT(ran.output, Contains("no usual cause matches"));
    CHECK_THAT(ran.output, !Contains("Cause:"));
}

TEST_CASE("of two secrets the matching one is named", "[cli]") {
    const Kept kept("x-lynn-hmac-sha256: " + mac_of(body), body);
    const test::Ran ran =
        kept.explained("lynn", {"--secret", "env:CHATHOOK_TEST_SECRET"}, "CHATHOOK_TEST_OTHER_SECRET");
    CHECK(ran.exit_code == ExitCode::done);
    CHECK_THAT(ran.output, Contains("secret 2 of 2"));
}

TEST_CASE("a signed time is judged as of --now and within --tolerance", "[cli]") {
    const Kept kept("X-Webhook-Signature: t=1700000000,v1=" + mac_of("1700000000." + std::string(body)),
                    body);
    CHECK(kept.explained("newoaks").exit_code == ExitCode::bad_input);
    CHECK(kept.explained("newoaks", {"--now", "1700000042"}).exit_code == ExitCode::done);
    CHECK(kept.explained("newoaks", {"--now", "2023-11-14T22:13:20Z"}).exit_code == ExitCode::done);
    CHECK(kept.explained("newoaks", {"--now", "1700000042", "--tolerance", "30s"}).exit_code ==
          ExitCode::bad_input);
    CHECK_THAT(kept.explained("newoaks", {"--now", "1700000042", "--tolerance", "30s"}).output,
               Contains("wrong        time       t is 42 s old"));
}

TEST_CASE("a compressed body would be answered 415", "[cli]") {
    const Kept kept("x-lynn-hmac-sha256: " + mac_of(body) + "\nContent-Encoding: gzip\n", body);
    const test::Ran ran = kept.explained("lynn");
    CHECK(ran.exit_code == ExitCode::bad_input);
    CHECK_THAT(ran.output, Contains("chathookd would answer 415"));
}

TEST_CASE("explain --json reports the same to a program", "[cli]") {
    const Kept kept("X-Knowrithm-Signature: sha256=" + mac_of("{\"a\":1}"), body);
    const test::Ran ran = kept.explained("knowrithm", {"--json"});
    CHECK(ran.exit_code == ExitCode::bad_input);
    const auto report = nlohmann::json::parse(ran.output);
    CHECK(report.at("vendor") == "knowrithm");
    CHECK(report.at("accepted") == false);
    CHECK(report.at("reason") == "wrong_signature");
    CHECK(report.at("causes").at(0).at("names") == nlohmann::json{"body:stringified"});
    CHECK(report.at("findings").at(0).at("part") == "header");
    CHECK(report.at("findings").at(0).at("outcome") == "ok");
    CHECK(report.at("answer").at("status") == 403);
}

TEST_CASE("neither a secret nor a signature that would be accepted is ever printed", "[cli]") {
    for (const std::string_view vendor : vendors::vendor_names()) {
        const std::string header(vendors::find_vendor(vendor)->rules.header);
        if (header.empty()) continue;  // the token is in the body
        for (const std::string& value :
             {mac_of(body), "sha256=" + mac_of(body), "t=1,v1=" + mac_of(body),
              mac_of(body, verify::Algorithm::sha1), mac_of("{\"a\":1}"), std::string("nonsense")}) {
            CAPTURE(vendor, value);
            const Kept kept(header + ": " + value + "\n", body);
            for (std::vector<std::string> more : {std::vector<std::string>{}, {"--json"}}) {
                more.insert(more.end(), {"--public-url", "https://hooks.example.com/"});
                const test::Ran ran = kept.explained(std::string(vendor), more);
                const bool is_key = vendors::fault_of_secret(*vendors::find_vendor(vendor), secret).empty();
                CHECK(ran.output.empty() == !is_key);
                CHECK((is_key || ran.exit_code == ExitCode::usage));
                CHECK_THAT(ran.output + ran.complaint, !Contains(secret));
                for (const std::string& mac :
                     {mac_of(body), mac_of(body, verify::Algorithm::sha1), mac_of("{\"a\":1}"),
                      mac_of("1." + std::string(body)), mac_of("{\"a\":1}", verify::Algorithm::sha1)}) {
                    CHECK_THAT(ran.output + ran.complaint, !Contains(mac.substr(0, 16)));
                }
            }
        }
    }
}

TEST_CASE("wrong arguments and files are reported with their exit codes", "[cli]") {
    const Kept kept("no header\n", body);
    CHECK(kept.explained("lynn").exit_code == ExitCode::bad_input);
    CHECK_THAT(kept.explained("lynn").complaint,
               Contains("line 1 of the request's head is not a header field"));
    CHECK(kept.explained("nobody").exit_code == ExitCode::usage);
    CHECK(kept.explained("lynn", {}, "CHATHOOK_TEST_NOTHING").exit_code == ExitCode::usage);
    CHECK(kept.explained("lynn", {"--now", "soon"}).exit_code == ExitCode::usage);
    CHECK(kept.explained("lynn", {"--tolerance", "long"}).exit_code == ExitCode::usage);
    CHECK(test::run(
              {"explain", "--vendor", "lynn", "--secret", "env:CHATHOOK_TEST_SECRET", "--headers", "-", "-"})
              .exit_code == ExitCode::usage);
    CHECK(test::run({"explain", "--vendor", "lynn", "--secret", "env:CHATHOOK_TEST_SECRET", "--headers",
                     "/nonexistent/headers", kept.path("body")})
              .exit_code == ExitCode::bad_input);
}

}  // namespace chathook
