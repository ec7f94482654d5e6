// Templates for tests, written as JSON: the tree that config/ makes of the same YAML. One thread.
#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>

#include <chathook/settings.hpp>

namespace chathook::test {

// Numbers the values: the outermost is in line 1, the next one in line 2, and so on.
inline SettingsTree tree_of(const nlohmann::ordered_json& json, int& line) {
    SettingsTree tree;
    tree.line = line++;
    if (json.is_boolean() || json.is_number()) {
        tree.kind = json.is_boolean() ? SettingsTree::Kind::boolean : SettingsTree::Kind::number;
        tree.text = json.dump();
    } else if (json.is_string()) {
        tree.kind = SettingsTree::Kind::text;
        tree.text = json.get<std::string>();
    } else if (json.is_structured()) {
        tree.kind = json.is_array() ? SettingsTree::Kind::list : SettingsTree::Kind::mapping;
        for (const auto& [key, value] : json.items()) {
            if (json.is_object()) tree.keys.push_back(key);
            tree.values.push_back(tree_of(value, line));
        }
    }
    return tree;
}

inline std::shared_ptr<const SettingsTree> tree_of(std::string_view json) {
    int line = 1;
    return std::make_shared<const SettingsTree>(tree_of(nlohmann::ordered_json::parse(json), line));
}

}  // namespace chathook::test
