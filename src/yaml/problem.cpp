#include "yaml/problem.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace chathook::yaml {

std::string to_string(const std::filesystem::path& file, const Problem& problem) {
    std::string text = (problem.file.empty() ? file : problem.file).string() + ":";
    if (problem.line > 0) text += std::to_string(problem.line) + ":";
    if (!problem.key.empty()) text += " " + problem.key + ":";
    if (problem.severity == Problem::Severity::warning) text += " warning:";
    return text + " " + problem.message;
}

void put_in_order(std::vector<Problem>& problems) {
    using At = std::pair<std::filesystem::path, int>;
    std::multimap<At, Problem> by_line;  // keeps the order of problems in the same line
    std::set<std::tuple<At, std::string, std::string>> seen;
    for (Problem& problem : problems) {
        At at(problem.file, problem.line);
        if (!seen.emplace(at, problem.key, problem.message).second) continue;
        by_line.emplace(std::move(at), std::move(problem));
    }
    problems.clear();
    for (auto& [at, problem] : by_line) problems.push_back(std::move(problem));
}

}  // namespace chathook::yaml
