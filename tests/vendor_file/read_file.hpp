// Vendor files from their text, and what is wrong with them. One thread.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vendor_file/vendor_file.hpp"
#include "yaml/findings.hpp"
#include "yaml/problem.hpp"

namespace chathook::test {

struct ReadFile {
    std::unique_ptr<vendor_file::VendorFile> file;
    std::vector<std::string> problems;  // "LINE: key: what is wrong"; warnings say so
};

inline ReadFile read_file(std::string_view text) {
    yaml::Findings findings;
    ReadFile read;
    read.file = vendor_file::VendorFile::read("desk", text, findings);
    yaml::put_in_order(findings.problems);
    for (const auto& problem : findings.problems) {
        read.problems.push_back(yaml::to_string("", problem).substr(1));
    }
    return read;
}

// The problems of a file with this `verify`, which begins in line 2.
inline std::vector<std::string> problems_of(std::string_view verify) {
    return read_file("title: Desk\nverify: " + std::string(verify) + "\n").problems;
}

// The rules of a file without problems.
inline std::unique_ptr<vendor_file::VendorFile> file_of(std::string_view verify) {
    INFO(verify);
    ReadFile read = read_file("title: Desk\nverify: " + std::string(verify) + "\n");
    REQUIRE(read.problems == std::vector<std::string>{});
    return std::move(read.file);
}

}  // namespace chathook::test
