// What is found while one configuration is read: its problems, and which keys the reading code asked for, so
// that a key nobody asks for is known to be unknown. One thread; lives as long as one load().
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/yaml_tree.hpp"

namespace chathook::config {

struct Findings {
    std::vector<Problem> problems;

    // Place ("server.limits") -> the keys the program knows there, whether or not the file has them.
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> known_keys;

    // Places whose keys are free: names of sources, names of headers.
    std::set<std::string, std::less<>> free_places;

    void error(int line, std::string key, std::string message);
    void warning(int line, std::string key, std::string message);
    std::size_t errors() const noexcept;
};

// Every key below `node` that stands in a known place and is not known there becomes an error.
void report_unknown_keys(const Node& node, const std::string& place, Findings& findings);

// In file order, and what was found twice only once.
void put_in_order(std::vector<Problem>& problems);

// " (did you mean 'retain_dead'?)", or nothing when no candidate is near.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// A value or a word as messages show it: in quotes, printable, cut short. Never given a secret.
std::string in_quotes(std::string_view text);

// A key as messages and paths show it: its leading letters, digits, '_', '-' and '.'. The rest is left out,
// because with a forgotten blank, {value:abc}, the key is the secret.
std::string shown_key(std::string_view key);

// "a, b, c"; a long list is cut.
std::string joined(std::span<const std::string> words);

}  // namespace chathook::config
