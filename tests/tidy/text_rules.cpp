#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>

#include "tidy/code.hpp"
#include "tidy/rules.hpp"

namespace chathook::tidy {
namespace {

std::size_t columns_of(std::string_view line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;  // not the rest of a code point
    }));
}

// Calls visit(path, number, line) for every line of the files that `chosen` picks.
template <class Chosen, class Visit>
void each_line(const Tree& tree, Chosen chosen, Visit visit) {
    for (const auto& [path, content] : tree) {
        if (!chosen(path)) continue;
        std::size_t number = 0;
        for (const std::string_view line : lines_of(content)) visit(path, ++number, line);
    }
}

// The rules' own tests hold planted faults.
bool is_rule_of_ours(std::string_view path) { return path.starts_with("tests/tidy/"); }

std::string most(std::size_t limit, std::string_view of_what) {
    return " (at most " + std::to_string(limit) + " " + std::string(of_what) + ")";
}

}  // namespace

// C++ only: the web page in src/admin/web is no part of what a reader of the room has to know.
Findings rooms_are_small(const Tree& tree) {
    std::map<std::string, std::size_t> lines;
    for (const auto& [path, content] : tree) {
        const std::string room(room_of(path));
        const std::string folder = "src/" + room;
        if (is_code(path) && path.starts_with(folder + "/")) lines[folder] += lines_of(content).size();
    }
    Findings findings;
    for (const auto& [folder, count] : lines) {
        if (count <= room_lines_max) continue;
        findings.push_back({folder, 0,
                            "take a room out of it, below or above: " + std::to_string(count) + " lines" +
                                most(room_lines_max, "lines of C++ a room")});
    }
    return findings;
}

Findings files_are_short(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        const std::size_t lines = lines_of(content).size();
        const bool counted = is_code(path) || path.ends_with(".mjs");
        if (!counted || lines <= file_lines_max) continue;
        findings.push_back(
            {path, lines,
             "split it: " + std::to_string(lines) + " lines" + most(file_lines_max, "lines a file")});
    }
    return findings;
}

Findings functions_are_short(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        if (!is_code(path)) continue;
        for (const Function& function : functions_of(content)) {
            const std::size_t lines = function.last_line - function.first_line + 1;
            if (lines <= function_lines_max) continue;
            findings.push_back({path, function.first_line,
                                "take a part out and name it: " + std::to_string(lines) + " lines" +
                                    most(function_lines_max, "lines a function") + " in " +
                                    function.signature});
        }
    }
    return findings;
}

Findings lines_are_short(const Tree& tree) {
    Findings findings;
    each_line(tree, is_code, [&](const std::string& path, std::size_t number, std::string_view line) {
        if (columns_of(line) <= line_columns_max) return;
        findings.push_back({path, number, "break the line" + most(line_columns_max, "columns")});
    });
    return findings;
}

Findings headers_open_with_what_they_are(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        if (!is_header(path)) continue;
        const auto lines = lines_of(content);
        std::size_t end = 0;
        while (end < lines.size() && (lines[end].starts_with("// ") || lines[end] == "//")) ++end;
        const bool sentence = end > 0 && lines[0].size() > 3 &&
                              lines[end - 1].find('.') != std::string_view::npos &&
                              std::islower(static_cast<unsigned char>(lines[0][3])) == 0;
        if (!sentence) {
            findings.push_back(
                {path, 1, "open with a sentence: // what this is, and which thread may touch it."});
        }
        if (end >= lines.size() || lines[end] != "#pragma once") {
            findings.push_back({path, end + 1, "let #pragma once follow the opening sentence"});
        }
    }
    return findings;
}

Findings headers_import_no_namespace(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        if (!is_header(path)) continue;
        const auto functions = functions_of(content);
        const std::string code = without_comments_and_literals(content);
        std::size_t number = 0;
        for (const std::string_view line : lines_of(code)) {
            ++number;
            const bool inside =
                std::any_of(functions.begin(), functions.end(), [&](const Function& function) {
                    return number >= function.first_line && number <= function.last_line;
                });
            if (inside || line.find("using namespace") == std::string_view::npos) continue;
            findings.push_back(
                {path, number, "name what you use: whoever includes this would inherit the rest"});
        }
    }
    return findings;
}

Findings nothing_is_left_for_later(const Tree& tree) {
    constexpr std::array<std::string_view, 4> words{"TODO", "FIXME", "XXX", "HACK"};
    Findings findings;
    const auto chosen = [](std::string_view path) {
        return !is_rule_of_ours(path) && path != "docs/STYLE.md";
    };
    each_line(tree, chosen, [&](const std::string& path, std::size_t number, std::string_view line) {
        for (const std::string_view word : words) {
            if (!has_word(line, word)) continue;
            findings.push_back({path, number, "do it now, or say plainly what is missing and why"});
        }
    });
    return findings;
}

Findings no_path_of_one_machine(const Tree& tree) {
    constexpr std::array<std::string_view, 4> places{"/work/", "/root/", "/tmp/", "/home/"};
    Findings findings;
    const auto chosen = [](std::string_view path) {
        return path.starts_with("src/") || path.starts_with("include/");
    };
    each_line(tree, chosen, [&](const std::string& path, std::size_t number, std::string_view line) {
        for (const std::string_view place : places) {
            if (line.find(place) == std::string_view::npos) continue;
            findings.push_back({path, number,
                                "take this path from the configuration: " + std::string(place) +
                                    " is not the same everywhere"});
        }
    });
    return findings;
}

}  // namespace chathook::tidy
