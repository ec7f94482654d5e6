// Changes vendors' samples as a body could differ from what its vendor documents: other kinds of values,
// missing, repeated, renamed and swapped members, deeper nesting. The same seed gives the same bodies.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/json.hpp>

namespace chathook::test {

class BodyMutator {
public:
    // `keys` and `values` are what members become: JSON texts.
    BodyMutator(std::uint64_t seed, std::vector<std::string> keys, std::vector<std::string> values)
        : random_(seed), keys_(std::move(keys)), values_(std::move(values)) {}

    std::string mutated(std::string_view sample);

private:
    struct Node {
        enum class Kind { scalar, array, object };
        Kind kind = Kind::scalar;
        std::string text = {};                                   // of a scalar, as JSON
        std::vector<std::pair<std::string, Node>> members = {};  // keys as JSON; empty in an array
    };

    static Node tree_of(Json value);
    static void print(const Node& node, std::string& out);

    std::size_t below(std::size_t limit) { return random_() % limit; }
    const std::string& pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
    Node any_value() { return {.text = pick(values_)}; }
    Node& any_container(Node& root);
    void change(Node& root);
    void crowd(Node& object);

    std::mt19937_64 random_;
    std::vector<std::string> keys_;
    std::vector<std::string> values_;
};

}  // namespace chathook::test
