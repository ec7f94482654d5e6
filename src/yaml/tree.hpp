// A YAML file as a tree with line numbers. Not yaml-cpp's own tree, because that silently keeps only the last
// of two equal keys, does not keep the lines of keys, and has no limits. Only tree.cpp includes
// yaml-cpp. Immutable; one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::yaml {

struct Findings;

struct Node {
    enum class Kind { null, scalar, sequence, mapping };
    struct Entry {
        std::string key;
        int line = 0;  // of the key
        std::shared_ptr<const Node> value;
    };

    Node(Kind of, int at) : kind(of), line(at) {}
    ~Node();  // wipes `text`, which may be a literal secret
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    Kind kind;
    int line;                // 1-based
    bool quoted = false;     // a quoted or block scalar: always text
    bool commented = false;  // null, with a comment such as "#abc" in place of the value
    std::string text;        // of a scalar
    std::vector<std::shared_ptr<const Node>> items;  // of a sequence
    std::vector<Entry> entries;                      // of a mapping, in file order, every key once
    std::size_t weight = 1;  // number of values below and including this, aliases expanded
};

inline constexpr std::size_t depth_max = 32;       // a configuration nests 6 levels
inline constexpr std::size_t weight_max = 50'000;  // of the whole tree: stops alias bombs

// Parses the file's only document. Duplicate keys are reported with both lines, and the first one counts.
// Text that is not YAML, or exceeds the limits, is reported and gives nullptr.
std::shared_ptr<const Node> parse_yaml(std::string_view text, Findings& findings);

}  // namespace chathook::yaml
