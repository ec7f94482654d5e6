#include "mapping/body_mutator.hpp"

#include <stdexcept>

#include "ecma/document.hpp"

namespace chathook::test {

BodyMutator::Node BodyMutator::tree_of(Json value) {
    Node node;
    if (!value.is_array() && !value.is_object()) {
        node.text = value.source();
        return node;
    }
    node.kind = value.is_array() ? Node::Kind::array : Node::Kind::object;
    for (Json one = value.first(); one; one = one.next()) {
        const std::string key = value.is_array() ? "" : '"' + std::string(one.key()) + '"';
        node.members.emplace_back(key, tree_of(one));
    }
    return node;
}

void BodyMutator::print(const Node& node, std::string& out) {
    if (node.kind == Node::Kind::scalar) {
        out += node.text;
        return;
    }
    out += node.kind == Node::Kind::array ? '[' : '{';
    for (const auto& [key, value] : node.members) {
        if (node.kind == Node::Kind::object) out += key + ':';
        print(value, out);
        out += ',';
    }
    if (!node.members.empty()) out.pop_back();
    out += node.kind == Node::Kind::array ? ']' : '}';
}

// The root more often than what is deep in it.
BodyMutator::Node& BodyMutator::any_container(Node& root) {
    Node* at = &root;
    while (below(3) != 0 && !at->members.empty()) {
        Node& inner = at->members[below(at->members.size())].second;
        if (inner.kind == Node::Kind::scalar) continue;
        at = &inner;
    }
    return *at;
}

void BodyMutator::change(Node& root) {
    Node& container = any_container(root);
    auto& members = container.members;
    const bool object = container.kind == Node::Kind::object;
    if (members.empty()) {
        members.emplace_back(object ? pick(keys_) : "", any_value());
        return;
    }
    const std::size_t at = below(members.size());
    const std::size_t other = below(members.size());
    switch (below(10)) {
        case 0: members[at].second = any_value(); break;
        case 1: members.erase(members.begin() + static_cast<std::ptrdiff_t>(at)); break;
        case 2: std::swap(members[at].second, members[other].second); break;
        case 3: std::swap(members[at], members[other]); break;
        case 4: members[at].first = object ? pick(keys_) : ""; break;
        case 5: {  // nested deeper
            Node around{.kind = below(2) == 0 ? Node::Kind::array : Node::Kind::object};
            around.members.emplace_back(pick(keys_), std::move(members[at].second));
            members[at].second = std::move(around);
            break;
        }
        case 6: {  // empty
            constexpr std::string_view nothing[] = {"\"\"", "[]", "{}", "null", "0"};
            members[at].second = {.text = std::string(nothing[below(5)])};
            break;
        }
        case 7: members.emplace_back(object ? pick(keys_) : "", any_value()); break;
        default: {  // twice, before or behind
            auto twice = members[at];
            if (below(2) == 0) twice.second = any_value();
            members.insert(members.begin() + static_cast<std::ptrdiff_t>(other), std::move(twice));
        }
    }
}

// Gives an object about half of all keys, for readers that have a second place to look at.
void BodyMutator::crowd(Node& object) {
    if (object.kind != Node::Kind::object) return;
    std::vector<std::pair<std::string, Node>> members;
    for (auto& member : object.members) {
        if (below(3) != 0) members.push_back(std::move(member));
    }
    for (const std::string& key : keys_) {
        if (below(2) == 0) members.emplace_back(key, any_value());
    }
    object.members = std::move(members);
}

std::string BodyMutator::mutated(std::string_view sample) {
    const auto document = JsonDocument::parse(sample);
    if (document == nullptr) throw std::invalid_argument("a sample that is not JSON");
    Node root = tree_of(document->root());
    for (std::size_t changes = 1 + below(10); changes > 0; --changes) change(root);
    if (below(4) == 0) crowd(any_container(root));
    std::string text;
    print(root, text);
    return text;
}

}  // namespace chathook::test
