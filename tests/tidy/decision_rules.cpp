#include <algorithm>
#include <cctype>
#include <string>

#include "tidy/rules.hpp"

namespace chathook::tidy {
namespace {

constexpr std::string_view folder = "docs/decisions/";
constexpr std::string_view index_path = "docs/decisions/README.md";

// The head of a record: "# NNNN: title", an empty line, "- Status: ...", "- Date: ...".
struct Head {
    std::string number, title, status, date;
};

bool is_record(std::string_view path) {
    return path.starts_with(folder) && path.ends_with(".md") && path != index_path;
}

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return std::isdigit(static_cast<unsigned char>(byte)) != 0; });
}

bool is_status(std::string_view text) {
    if (text == "proposed" || text == "accepted" || text == "declined") return true;
    constexpr std::string_view superseded = "superseded by ";
    if (!text.starts_with(superseded)) return false;
    text.remove_prefix(superseded.size());
    return text.size() == 4 && are_digits(text);
}

// YYYY-MM-DD
bool is_date(std::string_view text) {
    return text.size() == 10 && text[4] == '-' && text[7] == '-' && are_digits(text.substr(0, 4)) &&
           are_digits(text.substr(5, 2)) && are_digits(text.substr(8, 2));
}

// The text behind `name` in that line; empty if the line says something else.
std::string_view value_in(const std::vector<std::string_view>& lines, std::size_t at, std::string_view name) {
    if (at >= lines.size() || !lines[at].starts_with(name)) return {};
    return lines[at].substr(name.size());
}

Head head_of(std::string_view path, std::string_view content, Findings& findings) {
    const auto lines = lines_of(content);
    Head head;
    head.number = path.substr(folder.size(), 4);
    head.title = value_in(lines, 0, "# " + head.number + ": ");
    head.status = value_in(lines, 2, "- Status: ");
    head.date = value_in(lines, 3, "- Date: ");
    const std::string file(path);
    if (!are_digits(head.number) || head.title.empty()) {
        findings.push_back({file, 1, "begin with the number of the file: # NNNN: What it is about"});
    }
    if (!is_status(head.status)) {
        findings.push_back(
            {file, 3, "say - Status: proposed, accepted, declined or superseded by NNNN in this line"});
    }
    if (!is_date(head.date)) findings.push_back({file, 4, "say - Date: YYYY-MM-DD in this line"});
    return head;
}

// The beginning of a record's line in the index.
std::string row_of(std::string_view path, const Head& head) {
    return "| [" + head.number + "](" + std::string(path.substr(folder.size())) + ") | " + head.title +
           " | " + head.status + " | " + head.date + " | ";
}

// The file that a line of the index leads to; empty for any other line.
std::string_view target_of(std::string_view row) {
    if (!row.starts_with("| [")) return {};
    const std::size_t begin = row.find("](");
    const std::size_t end = row.find(')', begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return {};
    return row.substr(begin + 2, end - begin - 2);
}

}  // namespace

Findings every_decision_is_in_the_index(const Tree& tree) {
    Findings findings;
    const auto index = tree.find(index_path);
    const auto rows = lines_of(index == tree.end() ? std::string_view{} : index->second);
    for (const auto& [path, content] : tree) {
        if (!is_record(path)) continue;
        const std::size_t before = findings.size();
        const std::string row = row_of(path, head_of(path, content, findings));
        if (findings.size() > before) continue;
        const auto says = [&](std::string_view line) {
            return line.starts_with(row) && line.size() > row.size() + 2;
        };
        if (std::any_of(rows.begin(), rows.end(), says)) continue;
        findings.push_back(
            {path, 0, "write in " + std::string(index_path) + ": " + row + "what it says in one line |"});
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const std::string_view target = target_of(rows[at]);
        if (target.empty() || tree.contains(std::string(folder) + std::string(target))) continue;
        findings.push_back({std::string(index_path), at + 1,
                            "there is no record " + std::string(target) + ": take the line out"});
    }
    return findings;
}

}  // namespace chathook::tidy
