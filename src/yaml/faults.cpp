#include "yaml/faults.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "yaml/marks.hpp"

namespace chathook::yaml {

namespace {

constexpr std::string_view spaces = " ";
constexpr std::string_view no_break_space = "\xC2\xA0";

constexpr const char* dash_blank_missing = "a blank must follow the '-' that begins an item of a list";
constexpr const char* colon_missing = "a colon is missing behind the key, or between key and value";

// A line without its end, its indentation, and the rest.
struct Line {
    int number = 0;
    std::string_view text;
    std::size_t indent = 0;

    std::string_view content() const { return text.substr(indent); }
    bool blank() const {
        const auto first = text.find_first_not_of(" \t");
        return first == std::string_view::npos || text[first] == '#';
    }
    bool is_item() const { return content().starts_with("- ") || content() == "-"; }
};

Line line_at(const Lines& lines, int number) {
    const std::string_view line = lines.at(number);
    return {number, line, std::min(line.find_first_not_of(spaces), line.size())};
}

// The nearest line above that is not blank; number 0: there is none.
Line line_above(const Lines& lines, int number) {
    for (--number; number > 0; --number) {
        if (const Line line = line_at(lines, number); !line.blank()) return line;
    }
    return {};
}

std::string in_line(int number) { return "in line " + std::to_string(number); }

// Reports a character other than a space in the indentation, also after the '-' of an item, which indents its
// keys.
std::optional<std::string> wrong_indentation(const Line& line) {
    std::size_t at = line.indent;
    while (line.text.substr(at).starts_with("- "))
        at = std::min(line.text.find_first_not_of(spaces, at + 1), line.text.size());
    if (line.text.substr(at).starts_with("-\t")) ++at;
    const std::string_view rest = line.text.substr(at);
    const std::string place = " (column " + std::to_string(at + 1) + ")";
    if (rest.starts_with('\t')) {
        return "the indentation contains a tab character" + place +
               ", where YAML forbids them; indent with spaces only, in every line";
    }
    if (rest.starts_with(no_break_space)) {
        return "the indentation contains a no-break space" + place +
               ", where YAML takes ordinary spaces only; write those";
    }
    return std::nullopt;
}

// "vendor:lynn", "- to:[a]": a word and a colon without a space after it.
bool lacks_blank(const Line& line) {
    std::string_view content = line.content();
    while (content.starts_with("- ")) content.remove_prefix(2);
    constexpr std::string_view in_keys = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const std::size_t colon = content.find_first_not_of(in_keys);
    if (colon == 0 || colon == content.npos || colon + 1 == content.size() || content[colon] != ':')
        return false;
    const char next = content[colon + 1];
    if (next == '{' || next == '[') return true;
    return next != ' ' && next != '\t' && content.find(": ") == std::string_view::npos;
}

// "-to: [a]", which is a key and not an item.
bool lacks_blank_after_dash(const Line& line) {
    const std::string_view content = line.content();
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return content.size() > 1 && content[0] == '-' && is_letter(content[1]);
}

bool has_key(const Line& line) {
    return line.text.find(": ") != std::string_view::npos || line.text.ends_with(':');
}

bool has_value(const Line& line) {
    const std::size_t colon = line.text.find(": ");
    return colon != std::string_view::npos &&
           line.text.find_first_not_of(spaces, colon + 1) != std::string_view::npos;
}

// A key where the parser does not expect one: usually the line above is at fault.
std::optional<Advice> misplaced_key(const Fault& fault, const Lines& lines) {
    const Line here = line_at(lines, fault.line);
    if (lacks_blank(here)) return Advice{here.number, blank_missing};
    const Line above = line_above(lines, fault.line);
    const auto before = here.text.substr(0, static_cast<std::size_t>(fault.column - 1));
    if (before.find(": ") != std::string_view::npos)
        return Advice{here.number,
                      "this line contains a second ': '; put quotes around a value that contains one"};
    if (above.number == 0) return std::nullopt;
    if (lacks_blank_after_dash(above)) return Advice{above.number, dash_blank_missing};
    if (lacks_blank(above)) return Advice{above.number, blank_missing};
    if (has_value(above) && here.indent > above.indent && !above.is_item())
        return Advice{here.number, "indented deeper than the key " + in_line(above.number) +
                                       ", which has its value already; indent both alike, or quote a value "
                                       "of several lines"};
    if (!has_key(above)) return Advice{above.number, colon_missing};
    return std::nullopt;
}

// A block ends where it must not: a line's indentation matches none above, or text follows a value.
std::optional<Advice> uneven_block(const Fault& fault, const Lines& lines) {
    const Line here = line_at(lines, fault.line);
    if (lacks_blank(here)) return Advice{here.number, blank_missing};
    if (!here.is_item() && here.text.find(':') == std::string_view::npos)
        return Advice{here.number, colon_missing};
    Line above = line_above(lines, fault.line);
    if (lacks_blank_after_dash(above)) return Advice{above.number, dash_blank_missing};
    if (here.is_item() && !above.is_item() && fault.what == "end of map not found") {
        return Advice{here.number,
                      "'- ' begins an item of a list, and keys of a mapping stand above; leave '- ' out, or "
                      "begin all of them with it"};
    }
    for (; above.number > 0 && above.indent > here.indent; above = line_above(lines, above.number)) continue;
    if (above.number > 0 && above.indent == here.indent && above.is_item() && !here.is_item())
        return Advice{here.number,
                      "this key stands under the '-' of the item " + in_line(above.number) +
                          "; indent it like the item's first key, which begins two columns further"};
    if (here.indent > line_above(lines, fault.line).indent && has_value(line_above(lines, fault.line)))
        return Advice{here.number,
                      "indented deeper than the line above, which has its value already; indent "
                      "both alike"};
    return std::nullopt;
}

// A hint from the parser's message alone.
std::string_view usual_hint(std::string_view what) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> hints{{
        {"illegal map value",
         "a colon is missing in the line above, or a value that holds ': ' needs quotes"},
        {"illegal map key", "a key that begins with '? ' is not supported; quote it"},
        {"illegal block entry", "a list begins in a line of its own, not behind a key and its colon"},
        {"end of map not found", "indent all keys of a mapping alike"},
        {"end of sequence not found", "indent all items of a list alike, each behind '- '"},
        {"illegal flow end", "a '}' or ']' is one too many or closes what another one has to close"},
        {"unknown token", "quote a value that begins with a special character"},
        {"unknown escape character",
         "in double quotes write \\\\ for a backslash, or use single quotes, where it stands for itself"},
        {"alias not found after *", "a value that begins with '*' needs quotes"},
        {"the referenced anchor is not defined",
         "a value that begins with '*' refers to an anchor ('&'), and there is none of that name above; "
         "quote "
         "the value if it is a text"},
        {"anchor not found after &", "a value that begins with '&' needs quotes"},
        {"illegal character found while scanning alias", "a value that begins with '*' needs quotes"},
        {"illegal character found while scanning anchor", "a value that begins with '&' needs quotes"},
        {"cannot assign multiple anchors to the same node", "a value that begins with '&' needs quotes"},
        {"unexpected character in block scalar",
         "nothing but a comment may stand behind '|' or '>'; quote a value that begins so"},
        {"bad file", "nested too deeply"},
    }};
    for (const auto& [words, hint] : hints) {
        if (what == words) return hint;
    }
    return {};
}

std::optional<Advice> close_look(const Fault& fault, const Lines& lines) {
    const std::string_view what = fault.what;
    const bool in_block = what == "illegal map value" || what == "illegal block entry" ||
                          what == "end of map not found" || what == "end of sequence not found" ||
                          what == "illegal map key" || what == "illegal tab when looking for indentation";
    if (!in_block) return advice_on_marks(fault, lines);
    const Line here = line_at(lines, fault.line);
    if (const auto wrong = wrong_indentation(here)) return Advice{here.number, *wrong};
    // YAML reads a no-break space as text, so the parser fails only in the next line.
    const Line above = line_above(lines, fault.line);
    if (above.content().starts_with(no_break_space))
        return Advice{above.number, wrong_indentation(above).value_or("")};
    if (auto advice = advice_on_marks(fault, lines)) return advice;
    if (what == "illegal map value") return misplaced_key(fault, lines);
    if (what.starts_with("end of")) return uneven_block(fault, lines);
    return std::nullopt;
}

}  // namespace

Lines::Lines(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines_.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string_view Lines::at(int number) const noexcept {
    return number < 1 || number > count() ? std::string_view() : lines_[static_cast<std::size_t>(number - 1)];
}

Advice advice_on(const Fault& fault, const Lines& lines) {
    if (auto advice = close_look(fault, lines)) {
        advice->message = "not YAML: " + advice->message;
        return *std::move(advice);
    }
    const std::string_view hint = usual_hint(fault.what);
    return {fault.line,
            "not YAML: " + std::string(fault.what) + (hint.empty() ? "" : ": " + std::string(hint))};
}

bool is_commented_out(std::string_view line) noexcept {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return false;
    const std::size_t value = line.find_first_not_of(spaces, colon + 1);
    return value != std::string_view::npos && line[value] == '#' && value + 1 < line.size() &&
           line[value + 1] != ' ' && line[value + 1] != '#';
}

}  // namespace chathook::yaml
