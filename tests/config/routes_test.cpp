#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;
using Words = std::vector<std::string>;

namespace {

const std::string two_sources =
    "sources:\n"
    "  a: {vendor: lynn, path: /a, secret: 0123456789abcdef}\n"
    "  b: {vendor: newoaks, path: /b, secret: 0123456789abcdef}\n";
const std::string two_sinks =
    "sinks:\n"
    "  out: {type: nowhere, target: here}\n"
    "  more: {type: nowhere, target: there}\n";

// Routes begin in line 8.
Report with_routes(const std::string& routes) {
    return load_text(two_sources + two_sinks + "routes:\n" + routes);
}

}  // namespace

TEST_CASE("a route lists what it matches and its sinks; a single value needs no brackets") {
    const auto report = with_routes(
        "  - {match: {type: [lead.*, handover.requested], vendor: lynn, source: [a, b]}, to: [out, more]}\n"
        "  - {to: out}\n");
    CHECK(report.problems == Problems{});
    REQUIRE(report.config);
    REQUIRE(report.config->routes.size() == 2);
    const Route& first = report.config->routes[0];
    CHECK(first.types == Words{"lead.*", "handover.requested"});
    CHECK(first.vendors == Words{"lynn"});
    CHECK(first.sources == Words{"a", "b"});
    CHECK(first.to == Words{"out", "more"});
    const Route& second = report.config->routes[1];
    CHECK((second.types.empty() && second.vendors.empty() && second.sources.empty()));
    CHECK(second.to == Words{"out"});
}

TEST_CASE("a route that names an unknown sink, vendor or source is an error with the nearest name") {
    CHECK(with_routes("  - match: {vendor: lyn, source: [c]}\n"
                      "    to: [out, mroe]\n")
              .problems ==
          Problems{
              "8: routes[0].match.vendor: there is no vendor 'lyn' (did you mean 'lynn'?); there are: lynn, "
              "newoaks",
              "8: routes[0].match.source[0]: there is no source 'c'; there are: a, b",
              "9: routes[0].to[1]: there is no sink 'mroe' (did you mean 'more'?); there are: out, more"});
}

TEST_CASE("a sink or a source that is there and wrong is not said to be missing") {
    CHECK(load_text("sources: {a: lynn}\nsinks: {out: stdout}\n"
                    "routes: [{match: {source: a}, to: [out]}]\n")
              .problems == Problems{"1: sources.a: must be a mapping with vendor, path and secret",
                                    "2: sinks.out: must be a mapping with a type"});
}

TEST_CASE("a route needs a sink, and an empty list does not mean all") {
    CHECK(with_routes("  - {to: []}\n").says("8: routes[0].to: is empty; list at least one sink"));
    CHECK(with_routes("  - {match: {type: []}, to: [out]}\n").says("8: routes[0].match.type: is empty"));
    CHECK(with_routes("  - {match: {vendor: lynn}}\n").says("8: routes[0].to: is missing"));
    CHECK(with_routes("  - out\n").says("8: routes[0]: must be a mapping with 'to'"));
    CHECK(with_routes("  []\n").says("7: routes: is empty"));
    CHECK(with_routes("  to: [out]\n").says("7: routes: must be a list"));
    CHECK(load_text(two_sources + two_sinks)
              .says("1: routes: is missing; write at least one route, such as: - {to: "
                    "[out]}"));
    CHECK(with_routes("  - {to: [out, more, out]}\n").problems ==
          Problems{"8: routes[0].to[2]: warning: 'out' is listed twice; remove one of the two"});
}

TEST_CASE("a pattern that matches no type of event is a warning") {
    CHECK(
        with_routes("  - {match: {type: [handovr.requested, 'x.*']}, to: [out]}\n  - {to: [more]}\n")
            .problems ==
        Problems{
            "8: routes[0].match.type[0]: warning: 'handovr.requested' matches no type of event (did you mean "
            "'handover.requested'?); there are: appointment.created, handover.requested, lead.created, "
            "unrecognized",
            "8: routes[0].match.type[1]: warning: 'x.*' matches no type of event; there are: "
            "appointment.created, handover.requested, lead.created, unrecognized"});
}

TEST_CASE("events that no route matches are a warning at their source") {
    const auto report = with_routes("  - {match: {type: lead.*, vendor: newoaks}, to: [out, more]}\n");
    CHECK(report.problems ==
          Problems{"2: sources.a: warning: no route takes any of its events; they are kept in the "
                   "journal and reach no sink; add a route",
                   "3: sources.b: warning: no route takes these of its events: "
                   "appointment.created, unrecognized; they are kept in the journal and reach no "
                   "sink; add a route"});
    CHECK(report.config);
}

TEST_CASE("a sink that no route names is a warning") {
    CHECK(with_routes("  - {to: [out]}\n").problems ==
          Problems{"6: sinks.more: warning: no route names this sink, so "
                   "it receives nothing; add it to a route"});
}
