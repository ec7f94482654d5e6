#include "tidy/tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace chathook::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> folders{".ci",     ".github", "config", "docs",
                                                  "include", "scripts", "src",    "tests"};
constexpr std::array<std::string_view, 12> extensions{".hpp", ".cpp", ".md",   ".txt", ".cmake", ".mjs",
                                                      ".js",  ".css", ".yaml", ".yml", ".html",  ""};

bool is_text(const fs::path& path) {
    return std::find(extensions.begin(), extensions.end(), path.extension().string()) != extensions.end();
}

void read_into(Tree& tree, const fs::path& root, const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    tree[path.lexically_relative(root).generic_string()] =
        std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace

std::string to_text(const Finding& finding) {
    return finding.path + ":" + (finding.line > 0 ? std::to_string(finding.line) + ":" : "") + " " +
           finding.cure;
}

Tree read_tree(const fs::path& root) {
    Tree tree;
    for (const auto& entry : fs::directory_iterator(root)) {
        if (entry.is_regular_file() && is_text(entry.path())) read_into(tree, root, entry.path());
    }
    for (const std::string_view folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            if (entry.is_regular_file() && is_text(entry.path())) read_into(tree, root, entry.path());
        }
    }
    return tree;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

bool is_header(std::string_view path) { return path.ends_with(".hpp"); }

bool is_code(std::string_view path) { return is_header(path) || path.ends_with(".cpp"); }

std::string_view room_of(std::string_view path) {
    if (path.starts_with("include/")) return "include";
    if (!path.starts_with("src/")) return {};
    path.remove_prefix(4);
    const std::size_t slash = path.find('/');
    return slash == std::string_view::npos ? path.substr(0, path.find('.')) : path.substr(0, slash);
}

std::string_view stem_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
    return path.substr(0, path.rfind('.'));
}

}  // namespace chathook::tidy
