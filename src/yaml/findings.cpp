#include "yaml/findings.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "support/ascii.hpp"
#include "support/mask.hpp"

namespace chathook::yaml {

namespace {

constexpr std::size_t shown_bytes_max = 64;
constexpr std::size_t shown_words_max = 20;
constexpr std::size_t compared_words_max = 100;

// Levenshtein's distance, in one row.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

// Those of names and of JSON pointers.
bool shown_in_keys(char c) {
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '~' || c == '*';
}

void report_unknown_key(const Node::Entry& entry, const std::string& place,
                        const std::set<std::string, std::less<>>& known, Findings& findings) {
    const std::vector<std::string> words(known.begin(), known.end());
    const std::string shown = shown_key(entry.key);
    const std::string where = place.empty() ? shown : place + "." + shown;
    if (entry.key.find(':') != std::string::npos) {
        findings.error(entry.line, where, "unknown key; a blank must follow the colon between key and value");
    } else if (entry.key == "<<") {
        findings.error(entry.line, place, "merge keys (<<) are not supported; write the keys out");
    } else {
        findings.error(entry.line, where,
                       "unknown key" + suggestion(entry.key, words) + "; known here: " + joined(words));
    }
}

}  // namespace

void Findings::error(int line, std::string key, std::string message) {
    problems.push_back({Problem::Severity::error, line, std::move(key), std::move(message)});
}

void Findings::warning(int line, std::string key, std::string message) {
    problems.push_back({Problem::Severity::warning, line, std::move(key), std::move(message)});
}

std::size_t Findings::errors() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(problems.begin(), problems.end(),
                      [](const Problem& problem) { return problem.severity == Problem::Severity::error; }));
}

void report_unknown_keys(const Node& node, const std::string& place, Findings& findings) {
    if (node.kind == Node::Kind::sequence) {
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            report_unknown_keys(*node.items[i], place + "[" + std::to_string(i) + "]", findings);
        }
    }
    if (node.kind != Node::Kind::mapping) return;
    const bool free = findings.free_places.contains(place);
    const auto known = findings.known_keys.find(place);
    if (!free && known == findings.known_keys.end()) return;
    for (const Node::Entry& entry : node.entries) {
        if (!free && !known->second.contains(entry.key)) {
            report_unknown_key(entry, place, known->second, findings);
            continue;
        }
        const std::string key = shown_key(entry.key);
        report_unknown_keys(*entry.value, place.empty() ? key : place + "." + key, findings);
    }
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    if (word.size() < 3 || word.size() > shown_bytes_max) return {};
    std::string_view best;
    std::size_t nearest = std::max<std::size_t>(word.size() / 3, word.size() < 4 ? 1 : 2) + 1;
    for (const std::string& candidate : candidates.first(std::min(candidates.size(), compared_words_max))) {
        const std::size_t far = candidate.starts_with(word) ? 1 : distance(word, candidate);
        if (far < nearest) {
            nearest = far;
            best = candidate;
        }
    }
    return best.empty() ? std::string() : " (did you mean '" + std::string(best) + "'?)";
}

std::string in_quotes(std::string_view text) {
    const bool cut = text.size() > shown_bytes_max;
    return "'" + printable(text, shown_bytes_max) + (cut ? "...'" : "'");
}

std::string shown_key(std::string_view key) {
    std::size_t size = 0;
    while (size < std::min(key.size(), shown_bytes_max) && shown_in_keys(key[size])) ++size;
    return std::string(key.substr(0, size)) + (size < key.size() ? "..." : "");
}

std::string joined(std::span<const std::string> words) {
    std::string text;
    for (const std::string& word : words.first(std::min(words.size(), shown_words_max))) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return words.size() > shown_words_max ? text + ", ..." : text;
}

}  // namespace chathook::yaml
