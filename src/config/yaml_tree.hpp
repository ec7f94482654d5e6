// A YAML file as a tree that knows its lines. Our own, because yaml-cpp's keeps only the last of two equal
// keys out of sight and none of their lines, and because it has no limits. The only files that know yaml-cpp
// are this one's. Immutable once made; one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::config {

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
    int line;             // 1-based
    bool quoted = false;  // a scalar in quotes or a block: text, whatever it looks like
    std::string text;     // of a scalar
    std::vector<std::shared_ptr<const Node>> items;  // of a sequence
    std::vector<Entry> entries;                      // of a mapping, in file order, every key once
    std::size_t weight = 1;                          // values in all below, aliases written out
};

inline constexpr std::size_t depth_max = 32;       // a configuration nests 6 deep
inline constexpr std::size_t weight_max = 50'000;  // of the whole tree: stops alias bombs

// The file's one document. Keys that stand twice are reported, naming both lines, and the first one counts.
// Anything that is not YAML, or more of it than the limits allow, is reported and gives nullptr.
std::shared_ptr<const Node> parse_yaml(std::string_view text, Findings& findings);

}  // namespace chathook::config
