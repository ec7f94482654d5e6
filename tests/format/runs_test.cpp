#include "format/runs.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

using namespace chathook::format;

namespace {

using Written = std::map<std::uint64_t, std::uint64_t>;

// As the table has them.
void write_down(Runs& runs, Written& table) {
    runs.take_changes([&](std::uint64_t first, std::uint64_t last) { table[first] = last; },
                      [&](std::uint64_t first) { table.erase(first); });
}

}  // namespace

TEST_CASE("runs that touch or overlap are one") {
    Runs runs(3);
    Written table{{0, 3}};
    runs.add(7, 8);
    runs.add(5, 5);
    write_down(runs, table);
    CHECK(table == Written{{0, 3}, {5, 5}, {7, 8}});
    CHECK(runs.cursor() == 3);
    CHECK(runs.end_of(8) == 8u);
    CHECK_FALSE(runs.contains(4));
    runs.add(6, 6);
    write_down(runs, table);
    CHECK(table == Written{{0, 3}, {5, 8}});
    runs.add(2, 6);
    write_down(runs, table);
    CHECK(table == Written{{0, 8}});
    runs.add(1, 8);
    CHECK(runs.size() == 1);
}

TEST_CASE("runs hold what was added, whatever the order, and write down what changed") {
    std::mt19937 random(20261129);
    const auto below = [&](std::uint64_t end) {
        return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random);
    };
    for (int round = 0; round < 300; ++round) {
        Runs runs(below(4));
        std::set<std::uint64_t> model;
        for (std::uint64_t at = 0; at <= runs.cursor(); ++at) model.insert(at);
        Written table{{0, runs.cursor()}};
        for (int transaction = 0; transaction < 10; ++transaction) {
            runs.begin();
            const auto model_before = model;
            const Written table_before = table;
            for (std::uint64_t adds = below(5); adds > 0; --adds) {
                const std::uint64_t first = below(60), last = first + below(6);
                runs.add(first, last);
                for (std::uint64_t at = first; at <= last; ++at) model.insert(at);
                if (below(2) == 0) write_down(runs, table);
            }
            write_down(runs, table);
            if (below(3) == 0) {
                runs.undo();
                model = model_before;
                table = table_before;
            }
            Written loaded_table = table;
            Runs loaded;
            for (const auto& [first, last] : table) loaded.load(first, last);
            write_down(loaded, loaded_table);
            CHECK(loaded_table == table);
            CHECK(loaded.size() == table.size());
            for (std::uint64_t at = 0; at < 70; ++at) {
                if (runs.contains(at) == model.contains(at) && loaded.contains(at) == model.contains(at))
                    continue;
                FAIL("sequence " << at << " in round " << round);
            }
        }
    }
}

TEST_CASE("runs of a damaged table are read as one another's parts and written down anew") {
    Runs runs;
    for (const auto& [first, last] : {std::pair{2u, 9u}, {4u, 5u}, {8u, 12u}, {20u, 15u}})
        runs.load(first, last);
    CHECK(runs.cursor() == 0);
    CHECK(runs.size() == 3);
    CHECK(runs.end_of(3) == 12u);
    CHECK(runs.end_of(20) == 20u);
    Written table{{2, 9}, {4, 5}, {8, 12}, {20, 15}};
    write_down(runs, table);
    runs.change_all();
    write_down(runs, table);
    CHECK(table == Written{{0, 0}, {2, 12}, {20, 20}});
}

TEST_CASE("what is in no run lies between the runs and behind the last one, up to the newest event") {
    using Gaps = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    const auto gaps_of = [](const Runs& runs, std::uint64_t newest) {
        Gaps gaps;
        runs.each_gap(newest,
                      [&](std::uint64_t first, std::uint64_t last) { gaps.emplace_back(first, last); });
        return gaps;
    };
    Runs runs(3);
    CHECK(gaps_of(runs, 3).empty());
    CHECK(gaps_of(runs, 5) == Gaps{{4, 5}});
    runs.add(7, 8);
    runs.add(20, 30);
    CHECK(gaps_of(runs, 30) == Gaps{{4, 6}, {9, 19}});
    CHECK(gaps_of(runs, 33) == Gaps{{4, 6}, {9, 19}, {31, 33}});
    CHECK(gaps_of(runs, 12) == Gaps{{4, 6}, {9, 12}});
    CHECK(gaps_of(runs, 5) == Gaps{{4, 5}});
}
