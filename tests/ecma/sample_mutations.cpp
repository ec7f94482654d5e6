// BodyGenerator::mutated(): a vendor's own sample with tokens respelled, renamed, repeated and replaced.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ecma/body_generator.hpp"

namespace chathook::test {
namespace {

constexpr std::string_view punctuation = "{}[],:";

std::size_t token_end(std::string_view json, std::size_t at) {
    if (punctuation.find(json[at]) != punctuation.npos) return at + 1;
    if (json[at] != '"') return std::min(json.find_first_of(",:]} \n\r\t", at), json.size());
    for (++at; json[at] != '"'; ++at) at += json[at] == '\\';
    return at + 1;
}

// The tokens of a JSON text, without white space.
std::vector<std::string> tokens_of(std::string_view json) {
    std::vector<std::string> tokens;
    for (std::size_t at = json.find_first_not_of(" \n\r\t"); at != json.npos;) {
        const std::size_t end = token_end(json, at);
        tokens.emplace_back(json.substr(at, end - at));
        at = json.find_first_not_of(" \n\r\t", end);
    }
    return tokens;
}

bool is_key(const std::vector<std::string>& tokens, std::size_t at) {
    return at + 1 < tokens.size() && tokens[at + 1] == ":";
}

}  // namespace

std::string BodyGenerator::mutated(std::string_view sample) {
    std::vector<std::string> tokens = tokens_of(sample);
    for (std::uint64_t changes = 1 + below(6); changes > 0; --changes) mutate(tokens, below(tokens.size()));
    std::string text;
    if (one_in(20)) text += "\xEF\xBB\xBF";
    const bool spaced = one_in(2);
    for (const std::string& token : tokens) {
        if (spaced) blanks(text);
        text += token;
    }
    if (one_in(5)) spoil(text);
    return text;
}

void BodyGenerator::mutate(std::vector<std::string>& tokens, std::size_t at) {
    std::string& token = tokens[at];
    if (token.empty()) return;
    if (punctuation.find(token.front()) != punctuation.npos) {
        if (one_in(40)) token.clear();
    } else if (is_key(tokens, at)) {
        mutate_key(token);
    } else if (token.front() == '"' && one_in(2)) {
        token = respelled(token);
    } else {
        token.clear();
        value(token, 3);
    }
}

void BodyGenerator::mutate_key(std::string& token) {
    switch (below(4)) {
        case 0: token = respelled(token); break;
        case 1:
            token.clear();
            key(token);
            break;
        case 2: {  // before itself, with another value
            std::string twice = one_in(2) ? token : respelled(token);
            twice += ':';
            value(twice, 4);
            token = twice + ',' + token;
            break;
        }
        default: {  // before it, any other member
            std::string other;
            key(other);
            other += ':';
            value(other, 4);
            token = other + ',' + token;
        }
    }
}

// The same string with some of its letters and digits as escapes.
std::string BodyGenerator::respelled(std::string_view token) {
    std::string text;
    for (std::size_t at = 0; at < token.size(); ++at) {
        if (token[at] == '\\' && at + 1 < token.size()) {  // an escape stays
            text += token.substr(at++, 2);
        } else if (static_cast<unsigned char>(token[at]) < 0x80 && token[at] != '"' && one_in(4)) {
            unicode_escape(text, static_cast<unsigned char>(token[at]));
        } else {
            text += token[at];
        }
    }
    return text;
}

}  // namespace chathook::test
