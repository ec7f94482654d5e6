// What is found while one configuration is read: its problems, and which keys the reading code asked for, so
// that a key nobody asks for is known to be unknown. One thread; lives as long as one load().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/yaml_tree.hpp"

namespace chathook::config {

// What the reading code asks of a place: of which type, within which bounds, and what counts when it is
// absent.
struct Asked {
    enum class Kind {
        section,  // fixed keys
        names,    // keys of the user's own
        list,
        text,
        boolean,
        count,
        size,
        duration,
        choice,
        address,  // to listen on
        secret,
        dated_secret,  // may have a not_after
    };
    Kind kind = Kind::section;
    std::uint64_t least = 0;     // of a count, of a size in bytes, of a duration in milliseconds
    std::uint64_t most = 0;      // the same; of names and lists: entries
    bool whole_seconds = false;  // of a duration
    std::vector<std::string> choices = {};
    std::string fallback = {};  // as one would write it; empty: none
};

struct Findings {
    std::vector<Problem> problems;

    // Place ("server.limits") -> the keys the program knows there, whether or not the file has them.
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> known_keys;

    // Places whose keys are free: names of sources, names of headers.
    std::set<std::string, std::less<>> free_places;

    // Place -> what was asked there last, present or not; and the places without which their mapping is
    // wrong. Noted while reading, so that the schema (schema.hpp) says what the reading code does.
    std::map<std::string, Asked, std::less<>> asked;
    std::set<std::string, std::less<>> required_places;

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
