#include <map>
#include <regex>
#include <set>
#include <string>

#include "tidy/code.hpp"
#include "tidy/rules.hpp"

namespace chathook::tidy {
namespace {

constexpr std::string_view tables = "src/config/section_keys.hpp";

using Names = std::set<std::string, std::less<>>;

Names names_in(const std::string& text, const std::regex& pattern) {
    Names names;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
        names.insert((*match)[1]);
    }
    return names;
}

bool reads_the_configuration(std::string_view path, std::string_view content) {
    if (!path.starts_with("src/") || !path.ends_with(".cpp") || room_of(path) == "yaml") return false;
    for (const Include& include : includes_of(content)) {
        if (include.path == "config/reading.hpp" || include.path == "config/sections.hpp" ||
            include.path == "yaml/place.hpp") {
            return true;
        }
    }
    return false;
}

// "limits_keys" -> the keys that this table declares.
std::map<std::string, Names> keys_by_table(const Tree& tree) {
    static const std::regex opening("std::tuple (\\w+)\\{");
    static const std::regex declared("\\b(?:Key|Heading)\\{\"([a-z_.]+)\"");
    std::map<std::string, Names> keys;
    const auto file = tree.find(tables);
    if (file == tree.end()) return keys;
    const std::string& text = file->second;
    for (std::sregex_iterator table(text.begin(), text.end(), opening), end; table != end; ++table) {
        const auto begin = static_cast<std::size_t>(table->position());
        keys[(*table)[1]] = names_in(text.substr(begin, text.find("\n};", begin) - begin), declared);
    }
    return keys;
}

// The keys that this file declares, by itself or through the tables that it reads.
Names own_keys(const std::string& content, const std::map<std::string, Names>& by_table) {
    static const std::regex declared("\\.(?:key\\(|section\\((?=\\s*\"[a-z_.]+\",))\\s*\"([a-z_.]+)\"");
    Names own = names_in(content, declared);
    for (const auto& [table, keys] : by_table) {
        if (has_word(content, table)) own.insert(keys.begin(), keys.end());
    }
    return own;
}

}  // namespace

// The sections at the top are known to all who read the configuration; a form of a value, {env: NAME}, is no
// key.
Findings a_key_is_read_where_it_is_declared(const Tree& tree) {
    static const std::regex top("\\broot\\.(?:key|section)\\(\\s*\"([a-z_.]+)\"");
    static const std::regex read("[\\w)]\\[\"([a-z_]+)\"\\]|\\.section\\(\"([a-z_]+)\"(?=\\))");
    const auto by_table = keys_by_table(tree);
    std::map<std::string, Names> own;  // by file
    Names keys, sections;
    for (const auto& [path, content] : tree) {
        if (!reads_the_configuration(path, content)) continue;
        own[path] = own_keys(content, by_table);
        keys.insert(own[path].begin(), own[path].end());
        sections.merge(names_in(content, top));
    }
    Findings findings;
    for (const auto& [path, names] : own) {
        std::size_t number = 0;
        for (const std::string_view line : lines_of(tree.find(path)->second)) {
            ++number;
            const std::string text(line);
            for (std::sregex_iterator match(text.begin(), text.end(), read), end; match != end; ++match) {
                const std::string name = (*match)[1].matched ? (*match)[1] : (*match)[2];
                if (!keys.contains(name) || names.contains(name) || sections.contains(name)) continue;
                findings.push_back(
                    {path, number, "take the value of " + name + " from the file that declares this key"});
            }
        }
    }
    return findings;
}

}  // namespace chathook::tidy
