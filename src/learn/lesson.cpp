#include "learn/lesson.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "doctor/json_forms.hpp"
#include "support/ascii.hpp"

namespace chathook::learn {
namespace {

// Words that YAML takes for something other than a text.
constexpr std::array<std::string_view, 9> no_texts{"true", "false", "yes", "no", "on",
                                                   "off",  "null",  "y",   "n"};

bool is_plain(std::string_view text) {
    const auto fits = [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '_' || c == '/' || c == '.';
    };
    const bool begins =
        !text.empty() && (text.front() == '/' || (is_alphanumeric(text.front()) && !is_digit(text.front())));
    if (!begins) return false;
    std::string folded(text);
    std::ranges::transform(folded, folded.begin(), to_lower);
    return std::ranges::all_of(text, fits) &&
           std::ranges::find(no_texts, std::string_view(folded)) == no_texts.end();
}

}  // namespace

std::string yaml_scalar(const std::string& text) { return is_plain(text) ? text : doctor::quote_json(text); }

std::string to_yaml(const Lesson& lesson) {
    std::string yaml = "verify:\n";
    const auto line = [&](const char* key, const std::string& value) {
        if (!value.empty()) yaml.append("  ").append(key).append(": ").append(yaml_scalar(value)) += '\n';
    };
    line("kind", lesson.kind);
    line("algorithm", lesson.algorithm);
    line("key", lesson.key);
    line("header", lesson.header);
    line("pointer", lesson.pointer);
    line("form", lesson.form);
    line("prefix", lesson.prefix);
    line("signature", lesson.signature);
    line("encoding", lesson.encoding);
    line("text", lesson.text);
    if (lesson.stringified) yaml += "  body: [raw, stringified]\n";
    if (!lesson.id_header.empty()) yaml += "  id: {header: " + yaml_scalar(lesson.id_header) + "}\n";
    const bool in_pair = !lesson.time_pair.empty();
    if (in_pair || !lesson.time_header.empty()) {
        yaml += in_pair ? "  time: {pair: " + yaml_scalar(lesson.time_pair)
                        : "  time: {header: " + yaml_scalar(lesson.time_header);
        yaml += ", unit: " + lesson.time_unit + "}\n";
    }
    return yaml;
}

}  // namespace chathook::learn
