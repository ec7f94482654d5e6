// The keys of one mapping of a vendor file. Each is known or reported, at once, whoever asks for it later.
// One thread; lives as long as the tree that it looks at.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "yaml/place.hpp"

namespace chathook::mapping_file {

class Fields {
public:
    // Reports each key that is not among `known`, and a place that is no mapping.
    Fields(const yaml::Place& at, std::initializer_list<std::string_view> known);

    // Null if the file does not have it.
    const yaml::Place* find(std::string_view key) const noexcept;
    bool holds(std::string_view key) const noexcept { return find(key) != nullptr; }

    // The same, and an error if the file does not have it.
    const yaml::Place* required(std::string_view key, std::string_view hint) const;

private:
    yaml::Place at_;
    std::vector<std::pair<std::string, yaml::Place>> entries_;
};

// Whether the place is a mapping; an error if it is not, with this hint of what to write.
bool is_mapping(const yaml::Place& at, std::string_view hint);

// Up to `most` entries of a mapping whose names the file chooses; an error if it is no mapping or has none.
std::vector<std::pair<std::string, yaml::Place>> named(const yaml::Place& at, std::size_t most,
                                                       std::string_view hint);

}  // namespace chathook::mapping_file
