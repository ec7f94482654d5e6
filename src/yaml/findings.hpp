// What is found while one configuration is read: its problems, and the keys that the reading code asked for,
// so that any other key is reported as unknown. One thread; lives as long as one load().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/named_file.hpp"
#include "yaml/problem.hpp"
#include "yaml/tree.hpp"

namespace chathook::yaml {

// What the reading code expects at a place: the type, the bounds and the default.
struct Asked {
    enum class Kind {
        section,  // fixed keys
        names,    // keys chosen by the user
        texts,    // JSON pointers as keys, each with a text
        list,
        text,
        path,
        boolean,
        count,
        size,
        duration,
        choice,
        address,  // an address to listen on
        secret,
        dated_secret,  // may have a not_after
        tree,          // any value; what may stand there is documented elsewhere
    };
    Kind kind = Kind::section;
    std::uint64_t least = 0;  // a count, a size in bytes, or a duration in milliseconds
    std::uint64_t most = 0;   // likewise; for names, texts and lists, the number of entries; for a text, its
                              // bytes, 0 if it has no bound
    bool whole_seconds = false;  // for a duration
    std::vector<std::string> choices = {};
    std::string fallback = {};  // the default in the file's notation; empty: none
};

// The documentation of a key. Literals.
struct KeyText {
    std::string_view summary;    // one sentence, for the schema and the reference
    std::string_view more = {};  // Markdown, for the reference
};

struct Findings {
    std::vector<Problem> problems;

    // Place ("server.limits") -> the keys that the program knows there, whether or not they are in the file.
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> known_keys;

    // Place -> its documentation, and the keys of each place in the order of their declaration.
    std::map<std::string, KeyText, std::less<>> words;
    std::map<std::string, std::vector<std::string>, std::less<>> declared;
    std::set<std::string> declared_twice;  // keys with two declarations

    // Places whose keys are free: names of sources, names of headers.
    std::set<std::string, std::less<>> free_places;

    // Place -> what was asked there last, present or not; and the places that their mapping requires.
    // Recorded while reading, so that the schema (schema.hpp) agrees with the reading code.
    std::map<std::string, Asked, std::less<>> asked;
    std::set<std::string, std::less<>> required_places;

    // Recorded while reading: no sink may write to one of these files.
    std::vector<NamedFile> named_files;

    void error(int line, std::string key, std::string message);
    void warning(int line, std::string key, std::string message);
    std::size_t errors() const noexcept;
};

// Reports an error for every key below `node` that is in a known place but not known there.
void report_unknown_keys(const Node& node, const std::string& place, Findings& findings);

// " (did you mean 'retain_dead'?)", or an empty text if no candidate is similar.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// A value or a word as messages show it: quoted, printable, cut short. Must not be called with a secret.
std::string in_quotes(std::string_view text);

// A key as messages and paths show it: its leading letters, digits, '_', '-', '.', '/', '~' and '*'. The rest
// is left out, because without a space after the colon, {value:abc}, the secret is part of the key.
std::string shown_key(std::string_view key);

// "a, b, c"; a long list is cut.
std::string joined(std::span<const std::string> words);

}  // namespace chathook::yaml
