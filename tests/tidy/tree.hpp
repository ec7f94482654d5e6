// The repository's files as texts, so that a rule runs on the real tree and on one with a planted fault
// alike. Plain values.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::tidy {

// Path from the root, with '/' -> content.
using Tree = std::map<std::string, std::string, std::less<>>;

// A rule's finding. `cure` says what to do about it.
struct Finding {
    std::string path;
    std::size_t line = 0;  // 1 is the first; 0: the file as a whole
    std::string cure;
};

// "src/http/gate.hpp:12: split it"
std::string to_text(const Finding& finding);

// The text files under src, include, tests, docs, scripts, config, .ci and .github, and those at the root.
Tree read_tree(const std::filesystem::path& root);

std::vector<std::string_view> lines_of(std::string_view text);

bool is_header(std::string_view path);
bool is_code(std::string_view path);  // .hpp or .cpp

// "src/http/gate.cpp" -> "http", "src/main.cpp" -> "main", "include/chathook/json.hpp" -> "include"; empty
// for a file of no room.
std::string_view room_of(std::string_view path);

// "src/http/gate.cpp" -> "gate"
std::string_view stem_of(std::string_view path);

}  // namespace chathook::tidy
