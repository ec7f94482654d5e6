// The names listed in an order, and which of them were not found: an order with a mistyped id must not look
// complete. Desk's thread.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace chathook::admin {

template <class Name>
class Named {
public:
    explicit Named(const std::vector<Name>& names)
        : any_(!names.empty()), missing_(names.begin(), names.end()) {}

    void found(const Name& name) { missing_.erase(name); }

    // Writes nothing for an order that names none: its filters may legitimately match nothing.
    void write_into(nlohmann::ordered_json& json) const {
        if (any_) json["not_found"] = missing_;
    }

private:
    bool any_;
    std::set<Name> missing_;
};

}  // namespace chathook::admin
