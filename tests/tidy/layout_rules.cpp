#include <algorithm>
#include <array>
#include <sstream>
#include <string>

#include "tidy/code.hpp"
#include "tidy/rules.hpp"

namespace chathook::tidy {
namespace {

// Sources with nothing to test: tables, entry points and third-party code.
constexpr std::array<std::string_view, 4> untested_stems{"catalog", "main", "boost", "precompiled"};

bool is_untested(std::string_view stem) {
    return std::find(untested_stems.begin(), untested_stems.end(), stem) != untested_stems.end();
}

std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

// Whether `list` contains `file` as a whole name: "floodgate.cpp" does not name "gate.cpp".
bool names_file(std::string_view list, std::string_view file) {
    for (std::size_t at = list.find(file); at != std::string_view::npos; at = list.find(file, at + 1)) {
        constexpr std::string_view around = " \n\t()\"";
        const bool before = at == 0 || around.find(list[at - 1]) != std::string_view::npos;
        const std::size_t end = at + file.size();
        const bool after = end == list.size() || around.find(list[end]) != std::string_view::npos;
        if (before && after) return true;
    }
    return false;
}

// Whether a CMakeLists.txt of the file's folder or one above names it, relative to itself or to the root; or
// the script `run` of its folder does, which then builds it.
bool is_listed(const Tree& tree, std::string_view path) {
    for (std::string_view folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
        const auto list = tree.find(std::string(folder) + "/CMakeLists.txt");
        if (list != tree.end() && names_file(list->second, path.substr(folder.size() + 1))) return true;
    }
    const auto script = tree.find(std::string(folder_of(path)) + "/run");
    if (script != tree.end() && script->second.find(path) != std::string::npos) return true;
    const std::string from_root = "${PROJECT_SOURCE_DIR}/" + std::string(path);
    return std::any_of(tree.begin(), tree.end(), [&](const auto& file) {
        return file.first.ends_with("CMakeLists.txt") && file.second.find(from_root) != std::string::npos;
    });
}

bool asserts(std::string_view text) {
    constexpr std::array<std::string_view, 5> words{"CHECK", "REQUIRE", "FAIL", "check_", "require_"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool is_test_case(const Function& function) {
    return function.signature.starts_with("TEST_CASE") ||
           function.signature.starts_with("TEMPLATE_TEST_CASE") || function.signature.starts_with("SCENARIO");
}

// Whether a test, or a function of the same file that it calls, asserts something.
bool asserts(const Function& test, const std::vector<Function>& all) {
    return asserts(test.body) || std::any_of(all.begin(), all.end(), [&](const Function& other) {
               return !is_test_case(other) && asserts(other.body) && has_word(test.body, name_of(other));
           });
}

// "session_body" -> "session_body", then "session": a test may cover all parts of one thing.
std::vector<std::string> stems_covering(std::string_view stem) {
    std::vector<std::string> stems{std::string(stem)};
    for (std::size_t end = stem.rfind('_'); end != std::string_view::npos; end = stem.rfind('_')) {
        stem = stem.substr(0, end);
        stems.emplace_back(stem);
    }
    return stems;
}

// A command is tested from outside: some end-to-end test runs it, naming it in quotes.
bool is_run_by_flow(const Tree& tree, std::string_view command) {
    std::string quoted = "'" + std::string(command) + "'";
    std::replace(quoted.begin(), quoted.end(), '_', '-');
    return std::any_of(tree.begin(), tree.end(), [&](const auto& file) {
        const bool end_to_end =
            file.first.starts_with("tests/flow/") || file.first.starts_with("tests/faults/");
        return end_to_end && file.first.ends_with("_test.mjs") &&
               file.second.find(quoted) != std::string::npos;
    });
}

bool has_test(const Tree& tree, std::string_view path) {
    const std::string_view room = room_of(path);
    if (room == "daemon") return true;  // the composition root: the end-to-end tests run it whole
    if (room == "cli" && is_run_by_flow(tree, stem_of(path))) return true;
    const auto stems = stems_covering(stem_of(path));
    return std::any_of(stems.begin(), stems.end(), [&](const std::string& stem) {
        return tree.contains("tests/" + std::string(room) + "/" + stem + "_test.cpp");
    });
}

// What the catalog of `room` lists is what it includes from its own room. The vendors are files, whose pages
// tests/vendors asks for.
void pages_of(const Tree& tree, const std::string& room, Findings& findings) {
    const std::string catalog = "src/" + room + "/catalog.cpp";
    const auto found = tree.find(catalog);
    if (found == tree.end()) return;
    for (const Include& include : includes_of(found->second)) {
        if (!include.path.starts_with(room + "/") || stem_of(include.path) == "catalog") continue;
        const std::string page = "docs/" + room + "/" + std::string(stem_of(include.path)) + ".md";
        if (tree.contains(page)) continue;
        findings.push_back({catalog, include.line, "write " + page + ": what it takes, gives and promises"});
    }
}

// The text between `opening`, at the beginning of a line, and `closing`, as words, each after a blank.
std::string words_between(std::string_view text, std::string_view opening, char closing) {
    std::string words;
    for (const std::string_view line : lines_of(text)) {
        const std::size_t begin = line.find_first_not_of(' ');
        if (begin == std::string_view::npos || !line.substr(begin).starts_with(opening)) continue;
        const std::string_view rest = line.substr(begin + opening.size());
        words += " " + std::string(rest.substr(0, rest.find(closing)));
    }
    std::erase(words, ',');
    return words + " ";
}

std::string_view text_of(const Tree& tree, std::string_view path) {
    const auto found = tree.find(path);
    return found == tree.end() ? std::string_view{} : std::string_view(found->second);
}

// The first line that begins with `opening`, from there to the next blank or comma.
std::string first_word_after(std::string_view text, std::string_view opening) {
    for (const std::string_view line : lines_of(text)) {
        if (!line.starts_with(opening)) continue;
        const std::string_view rest = line.substr(opening.size());
        return std::string(rest.substr(0, rest.find_first_of(" ,")));
    }
    return {};
}

}  // namespace

Findings every_source_has_its_test(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        const bool source = path.starts_with("src/") && path.ends_with(".cpp") && !is_untested(stem_of(path));
        if (!source || has_test(tree, path)) continue;
        const std::string test = std::string(room_of(path)) + "/" + std::string(stem_of(path)) + "_test.cpp";
        findings.push_back({path, 0, "test it in tests/" + test});
    }
    return findings;
}

Findings every_test_asserts(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        if (!path.starts_with("tests/")) continue;
        if (path.ends_with("_test.mjs") && content.find("assert") == std::string::npos) {
            findings.push_back({path, 0, "assert something: a test that cannot fail says nothing"});
        }
        if (!is_code(path)) continue;
        const auto functions = functions_of(content);
        for (const Function& function : functions) {
            if (!is_test_case(function) || asserts(function, functions)) continue;
            findings.push_back(
                {path, function.first_line,
                 "CHECK or REQUIRE something (or call a helper named check_... or require_...)"});
        }
    }
    return findings;
}

Findings every_source_is_listed(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        const bool built = path.starts_with("src/") || path.starts_with("tests/");
        if (!built || !path.ends_with(".cpp") || is_listed(tree, path)) continue;
        findings.push_back(
            {path, 0, "name it in " + std::string(folder_of(path)) + "/CMakeLists.txt: nobody builds it"});
    }
    return findings;
}

Findings every_sink_has_its_page(const Tree& tree) {
    Findings findings;
    pages_of(tree, "sinks", findings);
    return findings;
}

Findings every_page_has_a_title(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        const bool at_the_root = folder_of(path).empty();
        const bool page = path.ends_with(".md") && (path.starts_with("docs/") || at_the_root);
        if (!page || content.starts_with("# ")) continue;
        findings.push_back({path, 1, "begin with a title: # What this page is about"});
    }
    return findings;
}

Findings the_changelog_begins_with_the_version(const Tree& tree) {
    const std::string page = "docs/CHANGELOG.md";
    const std::string version =
        first_word_after(text_of(tree, "CMakeLists.txt"), "project(chathookd VERSION ");
    const std::string newest = first_word_after(text_of(tree, page), "## ");
    if (version == newest) return {};
    return {
        {page, 0,
         "let the newest section be that of " + version + ", which CMakeLists.txt builds, not of " + newest}};
}

Findings every_part_of_ci_is_run(const Tree& tree) {
    const std::string script = ".ci/run";
    const std::string workflow = ".github/workflows/ci.yml";
    const std::string parts = words_between(text_of(tree, script), "all=(", ')') +
                              words_between(text_of(tree, script), "named_only=(", ')');
    const std::string run = words_between(text_of(tree, workflow), "part: [", ']');
    Findings findings;
    const auto each_missing = [&](const std::string& words, const std::string& in, auto report) {
        std::istringstream stream(words);
        for (std::string word; stream >> word;) {
            if (in.find(" " + word + " ") == std::string::npos) report(word);
        }
    };
    each_missing(parts, run, [&](const std::string& part) {
        findings.push_back({workflow, 0, "name the part " + part + " of " + script + " in the matrix"});
    });
    each_missing(run, parts, [&](const std::string& part) {
        findings.push_back({workflow, 0, script + " has no part " + part + ": take it out of the matrix"});
    });
    return findings;
}

}  // namespace chathook::tidy
