// Parses just enough C++ for the rules: what is code and what is comment or literal, and where functions
// begin and end. Relies on clang-format's layout; ignores the preprocessor. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::tidy {

// `source` with every comment and the inside of every string and character literal replaced by blanks. Lines
// and columns stay in place.
std::string without_comments_and_literals(std::string_view source);

struct Function {
    std::size_t first_line = 0;  // where its signature begins; 1 is the first line of the file
    std::size_t last_line = 0;   // of its closing brace
    std::string signature;       // up to the opening brace, as one line
    std::string body;            // between the braces, comments and literals blanked
};

// Every function defined at namespace or class level, lambdas held by constants included.
std::vector<Function> functions_of(std::string_view source);

// "int S::f(int a)" -> "f"
std::string name_of(const Function& function);

// Whether `line` contains `word` with no letter, digit or underscore on either side.
bool has_word(std::string_view line, std::string_view word);

struct Include {
    std::size_t line = 0;
    std::string path;  // between the quotes or angle brackets
    bool quoted = false;
};

std::vector<Include> includes_of(std::string_view source);

}  // namespace chathook::tidy
