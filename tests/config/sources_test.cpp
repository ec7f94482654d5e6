#include <catch2/catch.hpp>

#include <array>
#include <string>

#include "config/fixture.hpp"
#include "support/clock.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;

namespace {

// A source `a` in lines 1 to 4 whose secrets begin in line 5.
Report with_secrets(const std::string& text) {
    return load_text("sources:\n  a:\n    vendor: lynn\n    path: /a\n" + text + sinks_text + routes_text);
}

Report with_path(const std::string& path) {
    return load_text("sources:\n  a: {vendor: lynn, secret: 0123456789abcdef, path: " + path + "}\n" +
                     sinks_text + routes_text);
}

}  // namespace

TEST_CASE("a source has a name, a vendor, a path and secrets") {
    const auto report = load_text(faultless);
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    REQUIRE(report.config->sources.size() == 1);
    const Source& source = report.config->sources[0];
    CHECK(source.name == "a");
    CHECK(source.vendor == "lynn");
    CHECK(source.path == "/webhooks/lynn");
    REQUIRE(source.settings.secrets.size() == 1);
    CHECK(source.settings.secrets[0].bytes.view() == "0123456789abcdef");
    CHECK_FALSE(source.settings.secrets[0].not_after);
    CHECK_FALSE(source.settings.timestamp_tolerance);
}

TEST_CASE("all missing keys of a source are reported") {
    CHECK(load_text("sources: {a: {}, b: lynn}\n" + sinks_text + routes_text).problems ==
          Problems{
              "1: sources.a.vendor: is missing; write one of: lynn, newoaks; or verify: with how it signs",
              "1: sources.a.path: is missing; write the path of the webhook's URL, such as /webhooks/a",
              "1: sources.a.secrets: is missing; write secret: {file: PATH}, or secrets: with a list of them",
              "1: sources.b: must be a mapping with vendor, path and secret"});
    CHECK(load_text(sinks_text + routes_text).says("1: sources: is missing"));
    CHECK(load_text("sources: {}\n" + sinks_text + routes_text).says("1: sources: is empty"));
    CHECK(load_text("sources:\n" + sinks_text + routes_text).says("1: sources: is empty; write its keys"));
}

TEST_CASE("an unknown vendor is an error that suggests the nearest known one") {
    CHECK(load_text("sources: {a: {vendor: newoak, path: /a, secret: 0123456789abcdef}}\n" + sinks_text +
                    routes_text)
              .problems ==
          Problems{"1: sources.a.vendor: 'newoak' is not one of: lynn, newoaks (did you mean "
                   "'newoaks'?)"});
}

TEST_CASE("names of sources are lower-case letters, digits and hyphens") {
    for (const std::string name : {"A", "a_b", "a.b", "'a b'", "''", "\xC3\xA4", "a/b"}) {
        INFO(name);
        CHECK(load_text("sources: {" + name + ": {vendor: lynn, path: /a, secret: 0123456789abcdef}}\n" +
                        sinks_text + routes_text)
                  .says("not a name for a source"));
    }
    CHECK(load_text("sources: {" + std::string(64, 'a') +
                    ": {vendor: lynn, path: /a, secret: 0123456789abcdef}}\n" + sinks_text + routes_text)
              .says("not a name for a source"));
}

TEST_CASE("a path begins with a slash and is matched byte for byte") {
    for (const char* path : {"/", "/webhooks/lynn", "/a/", "/.well-known/hook", "/a..b", "/~x/$1+2"}) {
        INFO(path);
        CHECK(with_path(path).problems == Problems{});
    }
    for (const char* path : {"webhooks", "'/a?b'", "'/a#b'", "/a%20b", "/../a", "/a/..", "/a/./b", "/.",
                             "//a", "/a//b", "'/a b'", "/\xC3\xA4", "'/a\\b'", "''", "[/a]"}) {
        INFO(path);
        const auto report = with_path(path);
        CHECK_FALSE(report.config);
        CHECK(report.says("2: sources.a.path: "));
    }
    CHECK_FALSE(with_path("/" + std::string(1024, 'a')).config);
}

TEST_CASE("a path used twice is reported with both sources and both lines") {
    const auto report = load_text(
        "sources:\n"
        "  a: {vendor: lynn, secret: 0123456789abcdef, path: /hook}\n"
        "  b:\n"
        "    vendor: newoaks\n"
        "    path: /hook\n"
        "    secret: 0123456789abcdef\n" +
        sinks_text + routes_text);
    CHECK(report.problems ==
          Problems{"5: sources.b.path: '/hook' is already the path of source 'a' (line 2); give "
                   "each source a path of its own"});
}

TEST_CASE("several secrets may be valid at once, each until its date") {
    const auto report = with_secrets(
        "    secrets:\n"
        "      - first-0123456789\n"
        "      - {value: second-0123456789, not_after: 2099-12-31}\n");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    const auto& secrets = report.config->sources[0].settings.secrets;
    REQUIRE(secrets.size() == 2);
    CHECK(secrets[1].bytes.view() == "second-0123456789");
    CHECK(secrets[1].not_after == parse_rfc3339("2100-01-01T00:00:00Z"));
}

TEST_CASE("secret and secrets exclude each other, and neither may be empty") {
    CHECK(
        with_secrets("    secret: 0123456789abcdef\n    secrets: [0123456789abcdef]\n").problems ==
        Problems{"6: sources.a.secrets: secret and secrets both stand here; keep one: secrets takes a list"});
    CHECK(with_secrets("    secrets: []\n").says("5: sources.a.secrets: is empty"));
    CHECK(with_secrets("    secrets:\n").says("5: sources.a.secrets: has no value"));
    CHECK(with_secrets("    secrets: {env: X}\n").says("5: sources.a.secrets: must be a list"));
    CHECK(with_secrets("    secrets: 0123456789abcdef\n").config);
}

TEST_CASE("a repeated secret is a warning that does not print it") {
    CHECK(with_secrets("    secrets:\n      - 0123456789abcdef\n      - {value: 0123456789abcdef}\n")
              .problems ==
          Problems{"7: sources.a.secrets[1]: warning: the same secret as in line 6; remove one of the two"});
}

TEST_CASE("an expired secret is a warning, and a source with only expired secrets is another") {
    CHECK(with_secrets("    secrets:\n      - first-0123456789\n"
                       "      - {value: second-0123456789, not_after: 2020-01-01}\n")
              .problems == Problems{"7: sources.a.secrets[1]: warning: this secret has expired; remove it"});
    const auto all = with_secrets(
        "    secrets:\n      - {value: first-0123456789, not_after: 2020-01-01}\n"
        "      - {value: second-0123456789, not_after: 2020-01-01T00:00:00Z}\n");
    CHECK(all.problems ==
          Problems{"5: sources.a.secrets: warning: every secret has expired, so every webhook will be "
                   "refused; add the vendor's current secret"});
    CHECK(all.config);
}

TEST_CASE("a timestamp tolerance is in whole seconds, and has an effect only if the vendor signs a time") {
    const auto with = [](const std::string& vendor, const std::string& tolerance) {
        return load_text("sources: {a: {vendor: " + vendor + ", path: /a, secret: 0123456789abcdef,\n" +
                         "  timestamp_tolerance: " + tolerance + "}}\n" + sinks_text + routes_text);
    };
    const auto newoaks = with("newoaks", "10m");
    CHECK(newoaks.problems == Problems{});
    REQUIRE(newoaks.config);
    CHECK(newoaks.config->sources[0].settings.timestamp_tolerance == std::chrono::minutes(10));
    CHECK(
        with("lynn", "10m").problems ==
        Problems{"2: sources.a.timestamp_tolerance: warning: has no effect: lynn signs no time; remove it"});
    CHECK(with("newoaks", "0s").says("2: sources.a.timestamp_tolerance: must be from 1s to 1d, not 0s"));
    CHECK(with("newoaks", "1500ms").says("not in whole seconds"));
}

TEST_CASE("a source may have a timestamp tolerance if the vendor's bodies contain a time") {
    constexpr static std::array names{std::string_view("dated")};
    constexpr static auto find = [](std::string_view) -> const VendorDefinition* {
        static const VendorDefinition dated{
            .name = "dated", .rules = {.time = {.in = verify::TimeRules::In::body}}, .samples = lynn_samples};
        return &dated;
    };
    const TemporaryDirectory directory;
    const auto file = directory.write("chathook.yaml",
                                      "sources: {a: {vendor: dated, path: /a, secret: 0123456789abcdef,\n"
                                      "  timestamp_tolerance: 1h}}\n" +
                                          sinks_text + routes_text);
    const Loaded loaded = load(file, {names, sink_kinds, find});
    CHECK(loaded.problems.empty());
    REQUIRE(loaded.config);
    CHECK(loaded.config->sources[0].settings.timestamp_tolerance == std::chrono::hours(1));
}

TEST_CASE("refused requests are kept whole only if the source says so") {
    const auto with = [](const std::string& keep) {
        return load_text("sources: {a: {vendor: lynn, path: /a, secret: 0123456789abcdef" + keep + "}}\n" +
                         sinks_text + routes_text);
    };
    CHECK_FALSE(with("").config->sources[0].keep_rejected);
    CHECK_FALSE(with(", keep_rejected: false").config->sources[0].keep_rejected);
    CHECK(with(", keep_rejected: true").config->sources[0].keep_rejected);
    CHECK(with(", keep_rejected: some").says("sources.a.keep_rejected: "));
}

namespace {

constexpr Handshake by_get[] = {{.is_get = true}};
const VendorDefinition meta{.name = "meta", .handshakes = by_get};

// A source `a` of a vendor that asks for a verify_token, in lines 2 to 5; more keys begin in line 6.
Report of_meta(const std::string& more) {
    constexpr std::array names{std::string_view("lynn"), std::string_view("meta")};
    const auto find = [](std::string_view name) -> const VendorDefinition* {
        return name == "meta" ? &meta : &lynn;
    };
    return load_text("sources:\n  a:\n    vendor: meta\n    path: /a\n    secret: 0123456789abcdef\n" + more +
                         sinks_text + routes_text,
                     Known{names, sink_kinds, find});
}

}  // namespace

TEST_CASE("the verify_token of a vendor that asks for one is read like a secret") {
    const Environment set("CHATHOOK_TEST_WORD", "a word of our own");
    for (const char* written : {"a word of our own", "{value: a word of our own}",
                                "{env: CHATHOOK_TEST_WORD}", "env:CHATHOOK_TEST_WORD"}) {
        INFO(written);
        const auto report = of_meta("    verify_token: " + std::string(written) + "\n");
        CHECK(report.problems == Problems{});
        REQUIRE(report.config);
        CHECK(report.config->sources[0].settings.verify_token.view() == "a word of our own");
    }
    CHECK(
        of_meta("    verify_token: {env: CHATHOOK_TEST_NO_WORD}\n").says("6: sources.a.verify_token.env: "));
    CHECK(of_meta("    verify_token: ''\n").says("6: sources.a.verify_token: the secret is empty"));
    CHECK(of_meta("    verify_token: CHANGEME\n").says("6: sources.a.verify_token: the secret "));
}

TEST_CASE("a verify_token that is missing, has no effect or is the secret is reported") {
    const auto missing = of_meta("");
    CHECK(missing.config);
    CHECK(missing.problems ==
          Problems{"2: sources.a.verify_token: warning: is missing: meta asks for it when the webhook is "
                   "set up; add verify_token"});
    CHECK(with_secrets("    secret: 0123456789abcdef\n    verify_token: a word of our own\n").problems ==
          Problems{"6: sources.a.verify_token: warning: has no effect: lynn never asks for one; remove it"});
    const auto same = of_meta("    verify_token: 0123456789abcdef\n");
    CHECK_FALSE(same.config);
    CHECK(same.problems ==
          Problems{"6: sources.a.verify_token: is also the secret, and stands in URLs, which are "
                   "logged; write another: openssl rand -hex 32"});
}

TEST_CASE("what a source expects is a mapping of JSON pointers to texts") {
    const auto with = [](const std::string& expect) {
        return with_secrets("    secret: 0123456789abcdef\n    expect: " + expect + "\n");
    };
    const auto report = with("{/account/id: 17, /entry/*/id: \"18\"}");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    const auto& expect = report.config->sources[0].settings.expect;
    REQUIRE(expect.size() == 2);
    CHECK(expect[0].pointer == "/account/id");
    CHECK(expect[0].text == "17");
    CHECK(expect[1].pointer == "/entry/*/id");
    CHECK(expect[1].text == "18");
    CHECK(with("17").says("6: sources.a.expect: must be a mapping, as in {/account/id: \"17\"}"));
    CHECK(with("[/a]").says("6: sources.a.expect: must be a mapping"));
    CHECK(with("{account: 17}")
              .says("'account' is not a JSON pointer, which begins with '/', as in /account/id"));
    CHECK(with("{/a: [17]}").says("must be a single value"));
    CHECK(with("{/a: ''}").says("6: sources.a.expect"));
    CHECK(with("{/1: a, /2: a, /3: a, /4: a, /5: a, /6: a, /7: a, /8: a, /9: a}")
              .says("6: sources.a.expect: has more than 8 entries"));
}
