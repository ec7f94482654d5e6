#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ecma/number.hpp"
#include "ecma/number_generator.hpp"
#include "support/environment.hpp"
#include "support/node_oracle.hpp"

using namespace chathook;

namespace {

constexpr std::size_t batch_numbers = 20'000;

// A question to Node and our results to compare its answer with.
struct Batch {
    std::string question;
    std::vector<std::string> sources;
};

std::string_view take(std::string_view& list) {
    const std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    return item;
}

// How many numbers of the batch are printed differently from Node; the first few are reported.
std::uint64_t disagreements(const Batch& batch, std::string_view theirs) {
    std::string ours;
    for (const std::string& source : batch.sources) {
        ecma::append_number(ours, source);
        ours += ',';
    }
    ours.pop_back();
    if (ours == theirs) return 0;
    std::uint64_t count = 0;
    std::string_view rest = ours;
    for (const std::string& source : batch.sources) {
        const std::string_view mine = take(rest), other = take(theirs);
        if (mine != other && ++count <= 5) UNSCOPED_INFO(source << "\nours " << mine << "\nnode " << other);
    }
    return std::max<std::uint64_t>(count, 1);
}

// CHATHOOK_NUMBER_CASES sets how many numbers, CHATHOOK_ECMA_SEED repeats a run.
std::uint64_t compare(const std::string& kind,
                      const std::function<void(Batch&, test::NumberGenerator&)>& add) {
    const std::uint64_t cases = test::number_from("CHATHOOK_NUMBER_CASES", 1'000'000);
    const std::uint64_t seed = test::number_from("CHATHOOK_ECMA_SEED", std::random_device{}());
    std::cout << "ecma differential: " << cases << " numbers to " << kind << ", seed " << seed << std::endl;
    test::NodeOracle node("tests/ecma/numbers_oracle.mjs");
    test::NumberGenerator generator(seed);
    std::uint64_t wrong = 0;
    for (std::uint64_t done = 0; done < cases && wrong < 100; done += batch_numbers) {
        Batch batch;
        for (std::size_t i = 0; i < batch_numbers; ++i) add(batch, generator);
        const test::ByteStrings answers = node.ask({kind, batch.question});
        REQUIRE(answers.size() == 1);
        wrong += disagreements(batch, answers.front());
    }
    return wrong;
}

}  // namespace

TEST_CASE("every double is printed as Node prints it") {
    CHECK(compare("print", [](Batch& batch, test::NumberGenerator& generator) {
              const double number = generator.number();
              batch.question.append(reinterpret_cast<const char*>(&number), sizeof(number));
              batch.sources.push_back(test::with_17_digits(number));
          }) == 0);
}

TEST_CASE("every decimal is read as the same double as in Node") {
    CHECK(compare("read", [](Batch& batch, test::NumberGenerator& generator) {
              std::string text = generator.decimal();
              if (!batch.question.empty()) batch.question += ',';
              batch.question += text;
              batch.sources.push_back(std::move(text));
          }) == 0);
}
