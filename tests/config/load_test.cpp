#include "config/load.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;

TEST_CASE("every problem is reported at once, in the order of the file") {
    const auto report = load_text(
        "sinks:\n"
        "  out: {type: nowhere, target: here, colour: red}\n"
        "log: {level: loud}\n"
        "sources:\n"
        "  a: {vendor: lynn, path: hook, secret: short}\n"
        "log: {level: info}\n"
        "server:\n"
        "  limit: {body: 1MiB}\n"
        "  threads: -1\n"
        "routes: [{to: [in]}]\n"
        "surprise: 1\n");
    CHECK_FALSE(report.config);
    CHECK(
        report.problems ==
        Problems{
            "2: sinks.out.colour: unknown key; known here: buffer, folder, format, headers, loud, retry, "
            "shape, "
            "sign, "
            "span, target, timeout, type, workers",
            "3: log.level: 'loud' is not one of: debug, info, warning, error",
            "5: sources.a.path: 'hook' must begin with '/'",
            "5: sources.a.secret: warning: the secret has fewer than 16 bytes and may be guessed; where the "
            "vendor lets you choose, use: openssl rand -hex 32",
            "6: log: duplicate key, first written in line 3; keep one of the two",
            "8: server.limit: unknown key (did you mean 'limits'?); known here: limits, listen, "
            "proxy_protocol, threads, tls, trusted_proxies",
            "9: server.threads: must be from 0 to 1024, not -1",
            "10: routes[0].to[0]: there is no sink 'in'; there are: out",
            "11: surprise: unknown key; known here: admin, journal, log, routes, server, sinks, sources, "
            "vendors_dir"});
}

TEST_CASE("warnings alone do not stop a configuration from being used") {
    const auto report =
        load_text("sources: {a: {vendor: lynn, path: /a, secret: short}}\n" + sinks_text + routes_text);
    CHECK(report.problems.size() == 1);
    CHECK(report.config);
}

TEST_CASE("a key written twice is an error at every level") {
    CHECK(load_text(faultless + "sources: {}\n")
              .says("10: sources: duplicate key, first written in line 1; keep one of the two"));
    CHECK(load_text("sources:\n  a: {vendor: lynn, path: /a, secret: 0123456789abcdef}\n"
                    "  a: {vendor: lynn, path: /b, secret: 0123456789abcdef}\n" +
                    sinks_text + routes_text)
              .says("3: sources.a: duplicate key, first written in line 2"));
    CHECK(load_text(faultless + "server: {limits: {body: 1MiB, headers: 9, body: 2MiB}}\n")
              .says("10: server.limits.body: duplicate key, first written in line 10"));
}

TEST_CASE("a file that cannot be read is a problem like any other") {
    const TemporaryDirectory directory;
    const auto problem = [](const std::filesystem::path& file) {
        const Loaded loaded = load(file, known);
        CHECK_FALSE(loaded.config);
        REQUIRE(loaded.problems.size() == 1);
        return loaded.problems[0].message;
    };
    using Catch::Matchers::Contains;
    CHECK_THAT(problem(directory.path() / "missing"), Contains("No such file"));
    CHECK_THAT(problem(directory.path()), Contains("is a directory"));
    CHECK_THAT(problem("/dev/zero"), Contains("larger than 1MiB"));
    CHECK_THAT(problem(directory.write("empty", "")), Contains("is empty"));
    CHECK_THAT(problem(directory.write("comment", "# nothing\n")), Contains("is empty"));
    CHECK_THAT(problem(directory.write("word", "hello\n")), Contains("must be a mapping"));
    CHECK_THAT(problem(directory.write("list", "- a\n")), Contains("must be a mapping"));
    CHECK_THAT(problem(directory.write("large", std::string(10 << 20, '#'))), Contains("larger than 1MiB"));
}

TEST_CASE("a file that is not plain UTF-8 is refused with the line") {
    CHECK(load_text("log: {}\n# \xFF\n").problems ==
          Problems{"2: not UTF-8; save the file in that encoding"});
    CHECK(load_text("log: {}\n\n# \x1B[2J\n").problems ==
          Problems{"3: contains a control character; remove it"});
    CHECK(load_text(std::string_view("a\0b", 3)).problems ==
          Problems{"1: contains a control character; remove it"});
    CHECK(load_text("\xEF\xBB\xBF" + faultless).problems == Problems{});
    std::string windows;
    for (const char c : faultless) windows += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(load_text(windows).problems == Problems{});
}

TEST_CASE("a configuration in JSON is read like one in YAML") {
    const auto report = load_text(
        "{\"sources\": {\"a\": {\"vendor\": \"lynn\", \"path\": \"/a\", \"secret\": {\"value\": "
        "\"0123456789abcdef\"}}},\n"
        " \"sinks\": {\"out\": {\"type\": \"nowhere\", \"target\": \"here\", \"buffer\": \"1MiB\", \"loud\": "
        "true}},\n"
        " \"routes\": [{\"to\": [\"out\"]}], \"server\": {\"threads\": 2, \"limits\": {\"body\": "
        "2097152}}}\n");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    CHECK(report.config->server.threads == 2);
    CHECK(report.config->server.limits.body == 2097152);
}

TEST_CASE("an alias is resolved where it is used, and a merge key is refused") {
    const auto shared = load_text(
        "sources:\n"
        "  a: {vendor: lynn, path: /a, secret: &secret {value: 0123456789abcdef}}\n"
        "  b: {vendor: newoaks, path: /b, secret: *secret}\n" +
        sinks_text + routes_text);
    CHECK(shared.problems == Problems{});
    CHECK(load_text("sources:\n"
                    "  a: &a {vendor: lynn, path: /a, secret: 0123456789abcdef}\n"
                    "  b: {<<: *a, path: /b}\n" +
                    sinks_text + routes_text)
              .says("3: sources.b: merge keys (<<) are not supported"));
}

TEST_CASE("any value in any place gives a configuration or a problem with a line, never a crash") {
    const std::string whole =
        "server: {listen: [127.0.0.1:0], trusted_proxies: [10.0.0.0/8], proxy_protocol: true,\n"
        "  tls: {certificate: a, key: b}, limits: {body: 1MiB, header_timeout: 1s, headers: 9}}\n"
        "admin: {listen: '[::1]:0', token: {env: NONE}}\n"
        "journal: {path: x, retain_dead: 1d}\n"
        "sources:\n"
        "  a: {vendor: lynn, path: /a, secrets: [{value: x, not_after: 2026-12-31}, b], timestamp_tolerance: "
        "1s}\n"
        "sinks:\n"
        "  out: {type: nowhere, target: x, span: {from: 1}, sign: {key: k}, headers: {X: {file: y}}, retry: "
        "{max: 1s}}\n"
        "routes:\n"
        "  - {match: {type: ['*'], vendor: [lynn], source: [a]}, to: [out]}\n"
        "log: {level: info}\n";
    const TemporaryDirectory directory;
    std::mt19937 random(2);  // the same on every run
    const std::array<std::string, 12> pieces{"{",  "}", "[",  "]",      ": ",   ", ",
                                             "\n", "~", "''", "{a: b}", "[[]]", "-1"};
    for (int round = 0; round < 3'000; ++round) {
        std::string text = whole;
        for (int i = 0; i < 2; ++i) {
            text.replace(random() % text.size(), random() % 8, pieces[random() % pieces.size()]);
        }
        const Loaded loaded = load(directory.write("chathook.yaml", text), known);
        if (!loaded.config && loaded.problems.empty()) FAIL(text);
        for (const Problem& problem : loaded.problems) {
            if (problem.message.empty() || problem.line < 0) FAIL(text);
        }
    }
    SUCCEED("3000 damaged files");
}
