#include "support/counter_set.hpp"

#include <prometheus/registry.h>

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using chathook::CounterSet;

namespace {

struct Counted {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& family =
        prometheus::BuildCounter().Name("things_total").Help("Things.").Register(registry);

    // The counter's value for `kind`, or -1 if there is none.
    double value(const std::string& kind) {
        if (!family.Has({{"room", "test"}, {"kind", kind}})) return -1;
        return family.Add({{"room", "test"}, {"kind", kind}}).Value();
    }
};

}  // namespace

TEST_CASE("each value of the label has a counter of its own") {
    Counted counted;
    CounterSet set(counted.family, {{"room", "test"}}, "kind");
    set["a"].Increment();
    set["b"].Increment(2);
    set["a"].Increment();
    CHECK(&set["a"] == &set["a"]);
    CHECK(counted.value("a") == 2);
    CHECK(counted.value("b") == 2);
}

TEST_CASE("values beyond the limit are counted together as other") {
    Counted counted;
    CounterSet set(counted.family, {{"room", "test"}}, "kind");
    for (std::size_t i = 0; i < CounterSet::values_max + 10; ++i) set[std::to_string(i)].Increment();
    CHECK(counted.value(std::to_string(CounterSet::values_max - 1)) == 1);
    CHECK(counted.value(std::to_string(CounterSet::values_max)) == -1);
    CHECK(counted.value("other") == 10);
    set["0"].Increment();
    CHECK(counted.value("0") == 2);
}

TEST_CASE("the values are listed with their counts") {
    Counted counted;
    CounterSet set(counted.family, {{"room", "test"}}, "kind");
    CHECK(set.counts().empty());
    set["b"].Increment(2);
    set["a"].Increment();
    CHECK(set.counts() == std::vector<std::pair<std::string, std::uint64_t>>{{"b", 2}, {"a", 1}});
}

TEST_CASE("threads that add the same value concurrently share its counter") {
    Counted counted;
    CounterSet set(counted.family, {{"room", "test"}}, "kind");
    constexpr int rounds = 20;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < rounds; ++round) set[std::to_string(round)].Increment();
        });
    }
    for (auto& thread : threads) thread.join();
    for (int round = 0; round < rounds; ++round) CHECK(counted.value(std::to_string(round)) == 4);
}
