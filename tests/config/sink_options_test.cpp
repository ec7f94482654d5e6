#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using namespace std::chrono_literals;
using Problems = std::vector<std::string>;

TEST_CASE("options that the file leaves out have their defaults") {
    const auto report = with_options("    {type: nowhere, target: here}\n");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    const config::Sink& sink = report.config->sinks.at(0);
    CHECK(sink.name == "out");
    CHECK(sink.type == "nowhere");
    CHECK(sink.settings.name() == "out");
    CHECK(sink.settings.text("target") == "here");
    CHECK(sink.settings.text("format") == "json");
    CHECK_FALSE(sink.settings.boolean("loud"));
    CHECK(sink.settings.number("span.from") == 1);
    CHECK(sink.settings.number("buffer") == 100u << 20);
    CHECK(sink.settings.duration("timeout") == 15s);
    CHECK_FALSE(sink.settings.has("folder"));
    CHECK_FALSE(sink.settings.has("sign.key"));
    CHECK_FALSE(sink.settings.has("headers"));
    CHECK(sink.retry.backoff.initial == 1s);
    CHECK(sink.retry.backoff.max == 15min);
    CHECK(sink.retry.max_age == 72h);
    CHECK(sink.retry.breaker.failures == 5);
    CHECK(sink.retry.breaker.pause == 5s);
}

TEST_CASE("every kind of option is read, including nested ones and secrets") {
    const Environment variable("CHATHOOK_TEST_SECRET", "from-environment-1");
    const auto report = with_options(
        "    type: nowhere\n"
        "    target: there\n"
        "    folder: some/where\n"
        "    format: pretty\n"
        "    loud: true\n"
        "    span: {from: 2, to: 3}\n"
        "    buffer: 1KiB\n"
        "    timeout: 250ms\n"
        "    sign: {key: {env: CHATHOOK_TEST_SECRET}}\n"
        "    headers: {Authorization: {env: CHATHOOK_TEST_SECRET}, X-Plain: text}\n"
        "    retry: {initial: 2s, max: 3s, max_age: 4s, breaker: {failures: 0, pause: 1m}}\n");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    const config::Sink& sink = report.config->sinks.at(0);
    CHECK(sink.settings.text("folder") == "some/where");
    CHECK(sink.settings.text("format") == "pretty");
    CHECK(sink.settings.boolean("loud"));
    CHECK(sink.settings.number("span.to") == 3);
    CHECK(sink.settings.number("buffer") == 1024);
    CHECK(sink.settings.duration("timeout") == 250ms);
    CHECK(sink.settings.secret("sign.key").view() == "from-environment-1");
    REQUIRE(sink.settings.headers("headers").size() == 2);
    CHECK(sink.settings.headers("headers")[0].name == "Authorization");
    CHECK(sink.settings.headers("headers")[0].value->view() == "from-environment-1");
    CHECK(sink.settings.headers("headers")[1].value->view() == "text");
    CHECK(sink.retry.backoff.initial == 2s);
    CHECK(sink.retry.backoff.max == 3s);
    CHECK(sink.retry.max_age == 4s);
    CHECK(sink.retry.breaker.failures == 0);
    CHECK(sink.retry.breaker.pause == 1min);
}

TEST_CASE("each wrong option is reported with its line") {
    CHECK(with_options("    type: nowhere\n"
                       "    format: jason\n"
                       "    loud: 1\n"
                       "    span: {from: -1}\n"
                       "    sign: here\n"
                       "    headers: [a]\n"
                       "    retry: {max: 0s}\n"
                       "    tiemout: 5s\n")
              .problems ==
          Problems{"7: sinks.out.target: is missing. Where nowhere is.",
                   "9: sinks.out.format: 'jason' is not one of: json, pretty (did you mean 'json'?)",
                   "10: sinks.out.loud: '1' is not a truth value; write true or false, without quotes",
                   "11: sinks.out.span.from: must be at least 0, not -1",
                   "12: sinks.out.sign: must be a mapping of keys to values; write each as 'key: value'",
                   "13: sinks.out.headers: must be a mapping from header names to values",
                   "14: sinks.out.retry.max: must be from 1ms to 7d, not 0s",
                   "15: sinks.out.tiemout: unknown key (did you mean 'timeout'?); known here: buffer, "
                   "folder, format, "
                   "headers, loud, retry, shape, sign, span, target, timeout, type, workers"});
}

TEST_CASE("an option outside of the bounds that its sink declares is reported with them") {
    const auto with = [](const std::string& option) {
        return with_options("    {type: nowhere, target: here, " + option + "}\n").problems;
    };
    const std::string place = "8: sinks.out.";
    CHECK(with("workers: 0") == Problems{place + "workers: must be from 1 to 64, not 0"});
    CHECK(with("workers: 65") == Problems{place + "workers: must be from 1 to 64, not 65"});
    CHECK(with("workers: -1") == Problems{place + "workers: must be from 1 to 64, not -1"});
    CHECK(with("workers: 99999999999999999999") ==
          Problems{place + "workers: must be from 1 to 64, not 99999999999999999999"});
    CHECK(with("workers: 64") == Problems{});
    CHECK(with("timeout: 0s") == Problems{place + "timeout: must be from 1ms to 3653d, not 0s"});
    CHECK(with("timeout: 3654d") == Problems{place + "timeout: must be from 1ms to 3653d, not 3654d"});
    CHECK(with("timeout: 1ms") == Problems{});
    CHECK(with("span: {to: 5000}") == Problems{});  // which the sink itself judges
}

TEST_CASE("the names and values of headers cannot end the header") {
    const auto with = [](const std::string& headers) {
        return with_options("    {type: nowhere, target: here, headers: {" + headers + "}}\n");
    };
    CHECK(with("'X Y': a").says("not the name of a header"));
    CHECK(with("X:a").says("not the name of a header"));
    CHECK(with("X: \"a\\r\\nY: b\"").says("contains a line break"));
    CHECK(with("X: a, x: b").says("sinks.out.headers.x: the same header as in line 8"));
    CHECK(with("X: {env: }").says("sinks.out.headers.X.env: has no value"));
    CHECK(with("X: {env: CHATHOOK_TEST_UNSET}").says("'CHATHOOK_TEST_UNSET' is not set"));
    for (const std::string& problem : with("Authorization:hush: ''").problems) {
        CHECK_THAT(problem, !Catch::Matchers::Contains("hush"));
    }
}
