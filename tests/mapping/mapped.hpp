// Mappings from the text of a vendor file, and bodies that were verified, for the tests of mapping/ and
// mapping_file/. One thread.
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "ecma/document.hpp"
#include "mapping/mapping.hpp"
#include "mapping_file/reading.hpp"
#include "normalize/proved.hpp"
#include "yaml/findings.hpp"
#include "yaml/place.hpp"
#include "yaml/tree.hpp"

namespace chathook::test {

struct ReadMapping {
    mapping::Mapping mapping;
    std::vector<std::string> problems;  // "LINE: key: what is wrong"
};

// The `map` and the `identity` of this file, which may have other keys.
inline ReadMapping read_mapping(std::string_view file, const mapping_file::SignedParts& parts = {}) {
    yaml::Findings findings;
    ReadMapping read;
    if (const auto tree = yaml::parse_yaml(file, findings)) {
        const auto root = yaml::Place::root(*tree, findings);
        read.mapping = mapping_file::read_mapping(root.find("map"), root.find("identity"), parts);
    }
    yaml::put_in_order(findings.problems);
    for (const auto& problem : findings.problems) {
        read.problems.push_back(yaml::to_string("", problem).substr(1));
    }
    return read;
}

inline mapping::Mapping mapping_of(std::string_view file, const mapping_file::SignedParts& parts = {}) {
    INFO(file);
    ReadMapping read = read_mapping(file, parts);
    REQUIRE(read.problems == std::vector<std::string>{});
    return std::move(read.mapping);
}

// A body and what this mapping reads out of it; both live as long as this.
class Mapped {
public:
    Mapped(std::string_view file, const std::string& body, const mapping_file::SignedParts& parts = {})
        : mapping_(mapping_of(file, parts)), proved_(body) {}

    const mapping::Mapping& mapping() const { return mapping_; }
    const Verified& verified() const { return proved_.get(); }
    Normalized read(const mapping::Signed& sent = {}) const {
        return mapping::read(mapping_, proved_.get(), sent);
    }

private:
    mapping::Mapping mapping_;
    Proved proved_;
};

}  // namespace chathook::test
