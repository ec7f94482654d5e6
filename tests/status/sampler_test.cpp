#include "status/sampler.hpp"

#include <catch2/catch.hpp>

#include "support/eventually.hpp"

using namespace std::chrono_literals;

TEST_CASE("samples are taken while nobody asks, and what came since the start is in the hour") {
    const auto metrics = chathook::make_metrics("test");
    metrics->source("desk", "lynn").accepted("lead.created", 0);
    const chathook::status::Sampler sampler(*metrics, 1ms);
    CHECK(sampler.last(Window::length, metrics->counts()).sources.empty());  // it was counted before
    CHECK(chathook::test::eventually([&] { return sampler.samples() > 3; }));
    metrics->source("desk", "lynn").rejected("wrong_signature");
    const auto hour = sampler.last(Window::length, metrics->counts());
    CHECK(hour.sources.at("desk").accepted == 0);
    CHECK(hour.sources.at("desk").refused.size() == 1);
}

TEST_CASE("a sampler ends without waiting for its next sample") {
    const auto metrics = chathook::make_metrics("test");
    const chathook::status::Sampler sampler(*metrics, 24h);
    CHECK(sampler.samples() == 1);
}
