// Numbers that are hard to print and to read: every exponent, subnormals, the neighbours of powers of ten and
// of 2^53, and decimals that lie between two doubles. The same seed gives the same numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace chathook::test {

class NumberGenerator {
public:
    explicit NumberGenerator(std::uint64_t seed) : random_(seed) {}

    // A finite double.
    double number();

    // A number of the JSON grammar.
    std::string decimal();

private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

    std::uint64_t magnitude();
    void digits(std::string& out, std::size_t count);
    std::string written();
    std::string many_digits();
    std::string beside_halfway();

    std::mt19937_64 random_;
    std::uint64_t turn_ = 0;
};

// `number` with 17 digits, which are enough to read it back.
std::string with_17_digits(double number);

}  // namespace chathook::test
