#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using namespace std::chrono_literals;
using Problems = std::vector<std::string>;

TEST_CASE("a problem that only the sink can find is reported with its line") {
    CHECK(with_options("    type: nowhere\n"
                       "    target: here\n"
                       "    span:\n"
                       "      from: 10\n")
              .problems == Problems{"11: sinks.out.span.from: is above span.to; lower it"});
}

TEST_CASE("a problem inside a nested value is reported with its own line") {
    const std::string shape = "    type: nowhere\n    target: here\n    shape:\n      a: {b: 1}\n";
    CHECK(with_options(shape + "      c: right\n").problems == Problems{});
    CHECK(with_options(shape + "      c: wrong\n").problems == Problems{"12: sinks.out.shape: is wrong"});
}

TEST_CASE("an unknown type is an error that suggests the nearest known one") {
    CHECK(with_options("    {type: nowere, target: here}\n").problems ==
          Problems{"8: sinks.out.type: 'nowere' is not one of: nowhere (did you mean 'nowhere'?)"});
    CHECK(with_options("    {target: here}\n").says("sinks.out.type: is missing; write one of: nowhere"));
}

TEST_CASE("a retry whose max is below its initial is refused") {
    CHECK(with_options("    {type: nowhere, target: here, retry: {initial: 1h}}\n")
              .says("8: sinks.out.retry.initial: retry.max is shorter than retry.initial"));
}

TEST_CASE("the options of the breaker are checked like all others") {
    CHECK(with_options("    type: nowhere\n"
                       "    target: here\n"
                       "    retry: {breaker: {failures: 1001, pause: 0s, tries: 3}}\n")
              .problems.size() == 3);
}

TEST_CASE("there are at most 250 sinks") {
    const auto with = [](int sinks) {
        std::string text = sources_text + "sinks:\n";
        std::string names;
        for (int i = 1; i <= sinks; ++i) {
            text += "  s" + std::to_string(i) + ": {type: nowhere, target: here}\n";
            names += (i == 1 ? "s" : ", s") + std::to_string(i);
        }
        return load_text(text + "routes: [{to: [" + names + "]}]\n");
    };
    CHECK(with(250).problems == Problems{});
    CHECK(with(251).problems == Problems{"6: sinks: has more than 250 entries; remove some of them"});
}

TEST_CASE("at least one sink is required, and sinks have names like sources") {
    CHECK(load_text(sources_text + routes_text).says("sinks: is missing"));
    CHECK(load_text(sources_text + "sinks: {}\n" + routes_text).says("6: sinks: is empty"));
    CHECK(load_text(sources_text +
                    "sinks: {Out: {type: nowhere, target: here}, b: file}\nroutes: [{to: [Out]}]\n")
              .problems ==
          Problems{"6: sinks.Out: not a name for a sink; a name has 1 to 63 characters of a-z, 0-9 "
                   "and '-'",
                   "6: sinks.b: must be a mapping with a type"});
}
