#include "yaml/problem.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace chathook::yaml {

std::string to_string(const std::filesystem::path& file, const Problem& problem) {
    std::string text = file.string() + ":";
    if (problem.line > 0) text += std::to_string(problem.line) + ":";
    if (!problem.key.empty()) text += " " + problem.key + ":";
    if (problem.severity == Problem::Severity::warning) text += " warning:";
    return text + " " + problem.message;
}

void put_in_order(std::vector<Problem>& problems) {
    std::multimap<int, Problem> by_line;  // keeps the order of problems in the same line
    std::set<std::tuple<int, std::string, std::string>> seen;
    for (Problem& problem : problems) {
        if (!seen.emplace(problem.line, problem.key, problem.message).second) continue;
        const int line = problem.line;
        by_line.emplace(line, std::move(problem));
    }
    problems.clear();
    for (auto& [line, problem] : by_line) problems.push_back(std::move(problem));
}

}  // namespace chathook::yaml
