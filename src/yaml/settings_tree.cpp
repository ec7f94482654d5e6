// Reads the value of an option that accepts any value.
#include <algorithm>

#include "yaml/place.hpp"

namespace chathook::yaml {

namespace {

using Kind = SettingsTree::Kind;

std::size_t digits_from(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of("0123456789", at), text.size()) - at;
}

// RFC 8259, section 6: YAML has more notations for numbers, which JSON could not represent.
bool is_json_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits_from(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = digits_from(text, ++at);
        if (fraction == 0) return false;
        at += fraction;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const std::size_t exponent = digits_from(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

Kind kind_of(const Node& scalar) {
    if (scalar.quoted) return Kind::text;
    if (scalar.text == "true" || scalar.text == "false") return Kind::boolean;
    return is_json_number(scalar.text) ? Kind::number : Kind::text;
}

// The recursion is bounded: parse_yaml() accepts at most depth_max levels.
SettingsTree tree_of(const Node& node, int line) {
    SettingsTree tree;
    tree.line = line;
    switch (node.kind) {
        case Node::Kind::null: break;
        case Node::Kind::scalar:
            tree.kind = kind_of(node);
            tree.text = node.text;
            break;
        case Node::Kind::sequence:
            tree.kind = Kind::list;
            for (const auto& item : node.items) tree.values.push_back(tree_of(*item, item->line));
            break;
        case Node::Kind::mapping:
            tree.kind = Kind::mapping;
            for (const Node::Entry& entry : node.entries) {
                tree.keys.push_back(entry.key);
                tree.values.push_back(tree_of(*entry.value, entry.line));
            }
            break;
    }
    return tree;
}

}  // namespace

SettingsTree Place::tree() const { return present() ? tree_of(*node_, line_) : SettingsTree(); }

}  // namespace chathook::yaml
