#include "yaml/marks.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace chathook::yaml {

namespace {

constexpr std::size_t nowhere = std::string_view::npos;

bool is_quote(char c) { return c == '"' || c == '\''; }

// Whether a value or a key may begin at `at`; JSON needs no space after the colon of a quoted key.
bool may_begin(std::string_view line, std::size_t at) {
    if (at == 0 || std::string_view(" \t[{,").find(line[at - 1]) != nowhere) return true;
    return at > 1 && line[at - 1] == ':' && is_quote(line[at - 2]);
}

bool is_comment(std::string_view line, std::size_t at) { return line[at] == '#' && may_begin(line, at); }

// The end, in this line, of the quoted text that is read from `at`; nowhere: it continues in the next line.
std::size_t end_of_quoted(std::string_view line, std::size_t at, char quote) {
    for (; at < line.size(); ++at) {
        if (quote == '"' && line[at] == '\\') {
            ++at;
        } else if (line[at] == quote) {
            if (quote == '"' || !line.substr(at + 1).starts_with(quote)) return at;
            ++at;
        }
    }
    return nowhere;
}

// The first quotation mark from `at` on that opens a text which this line does not close.
std::size_t open_quote_in(std::string_view line, std::size_t at) {
    for (; at < line.size() && !is_comment(line, at); ++at) {
        if (!is_quote(line[at]) || !may_begin(line, at)) continue;
        const std::size_t end = end_of_quoted(line, at + 1, line[at]);
        if (end == nowhere) return at;
        at = end;
    }
    return nowhere;
}

// The line of an unclosed quotation mark after the last complete value.
std::optional<int> line_of_open_quote(const Fault& fault, const Lines& lines) {
    for (int number = fault.read_line; number <= fault.line; ++number) {
        const int first = number == fault.read_line ? std::max(fault.read_column - 1, 0) : 0;
        if (open_quote_in(lines.at(number), static_cast<std::size_t>(first)) != nowhere) return number;
    }
    return std::nullopt;
}

Advice open_quote(const Fault& fault, const Lines& lines) {
    const auto number = line_of_open_quote(fault, lines);
    return {number.value_or(fault.line), number ? "a quotation mark is opened in this line and never closed"
                                                : "a quote is opened and never closed"};
}

struct Bracket {
    int line = 0;
    std::size_t column = 0;  // from 1
    char sign = '[';

    char end() const { return sign == '[' ? ']' : '}'; }
};

// Scans quotation marks, braces and brackets up to the fault, from the outermost open brace or bracket that
// the parser has entered. If it has entered none yet, it can be ahead only within one line, so that line is
// scanned.
class Marks {
public:
    Marks(const Fault& fault, const Lines& lines) {
        const int first = fault.flow_line > 0 ? fault.flow_line : fault.line;
        for (int number = first; number <= fault.line; ++number) {
            const bool begins_inside = number == first && fault.flow_line > 0;
            const int column = begins_inside ? std::max(fault.flow_column - 1, 0) : 0;
            std::string_view line = lines.at(number);
            if (number == fault.line) line = line.substr(0, static_cast<std::size_t>(fault.column - 1));
            read(number, line, static_cast<std::size_t>(column));
        }
    }

    const std::vector<Bracket>& open() const { return open_; }

private:
    void read(int number, std::string_view line, std::size_t at) {
        for (; at < line.size(); ++at) {
            if (quote_ == 0 && is_comment(line, at)) return;
            if (quote_ == 0 && is_quote(line[at]) && may_begin(line, at)) quote_ = line[at++];
            if (quote_ == 0) {
                read_bracket(number, line, at);
                continue;
            }
            at = end_of_quoted(line, at, quote_);
            if (at == nowhere) return;
            quote_ = 0;
        }
    }

    void read_bracket(int number, std::string_view line, std::size_t at) {
        const char sign = line[at];
        if ((sign == '[' || sign == '{') && (may_begin(line, at) || !open_.empty()))
            open_.push_back({number, at + 1, sign});
        if ((sign == ']' || sign == '}') && !open_.empty()) open_.pop_back();
    }

    std::vector<Bracket> open_;
    char quote_ = 0;  // the quotation mark of the text being read; 0: none
};

std::string in_column(std::size_t column) { return " (column " + std::to_string(column) + ")"; }

// A '}' or ']' that closes nothing, or closes the wrong kind.
std::optional<Advice> wrong_end(const Fault& fault, const Lines& lines) {
    const auto at = static_cast<std::size_t>(fault.column - 1);
    const std::string_view line = lines.at(fault.line);
    if (at >= line.size() || (line[at] != ']' && line[at] != '}')) return std::nullopt;
    const std::string end = std::string("'") + line[at] + "'" + in_column(at + 1);
    const Marks marks(fault, lines);
    if (marks.open().empty())
        return Advice{fault.line, "the " + end +
                                      " closes nothing; leave it out, or quote the value that it "
                                      "belongs to"};
    const Bracket open = marks.open().back();
    if (open.end() == line[at]) return std::nullopt;
    return Advice{fault.line, std::string("the '") + open.sign + "'" + in_column(open.column) +
                                  (open.line < fault.line ? " of line " + std::to_string(open.line) : "") +
                                  " is followed by a " + end + "; close it with a '" + open.end() +
                                  "', in its place or before it"};
}

Advice open_bracket(const Fault& fault, const Lines& lines, char bracket) {
    const int line = fault.open_line > 0 ? fault.open_line : fault.line;
    std::string message = std::string("the '") + bracket + "' that is opened in this line has no end; a '" +
                          (bracket == '{' ? "}" : "]") + "' or a comma is missing";
    if (fault.line > line) message += " there or up to line " + std::to_string(fault.line);
    for (int number = line; number <= fault.line; ++number) {
        if (lines.at(number).find(" #") == nowhere) continue;
        return {line, message + ", or what follows a '#' in line " + std::to_string(number) +
                          " is not a comment and has to be in quotes"};
    }
    return {line, message};
}

// The quoted text that was read last ends at `end`, and more text follows.
Advice behind_quote(const Fault& fault, std::size_t end, char quote, bool in_flow) {
    if (fault.read_line < fault.line)
        return {fault.read_line, "a quotation mark is opened in this line and closed only in line " +
                                     std::to_string(fault.line) +
                                     ", where text follows; one is missing in this line"};
    const std::string inside = quote == '"' ? "has a backslash before it" : "is written twice";
    return {fault.line, "text follows a closing quotation mark" + in_column(end + 1) +
                            "; put the whole value between one pair of them, inside of which a mark that "
                            "belongs to the value " +
                            inside + (in_flow ? ", or write a comma behind the value" : "")};
}

// Text after a complete value.
std::optional<Advice> behind_end(const Fault& fault, const Lines& lines, bool in_flow) {
    const std::string_view line = lines.at(fault.line);
    const std::string_view before = line.substr(0, static_cast<std::size_t>(fault.column - 1));
    const std::size_t end = before.find_last_not_of(" \t");
    if (end == nowhere || before.size() >= line.size()) return std::nullopt;
    const std::string_view read = lines.at(fault.read_line);
    const auto begin = static_cast<std::size_t>(std::max(fault.read_column - 1, 0));
    if (is_quote(line[end]) && begin < read.size() && read[begin] == line[end] &&
        (fault.read_line < fault.line || begin < end))
        return behind_quote(fault, end, line[end], in_flow);
    if (fault.what == "illegal map value" || (line[end] != ']' && line[end] != '}')) return std::nullopt;
    if (has_bare_ipv6_address(line)) return Advice{fault.line, address_needs_quotes};
    return Advice{fault.line, std::string("text follows a closing '") + line[end] + "'" + in_column(end + 1) +
                                  "; put quotes around a value that begins with '" +
                                  (line[end] == ']' ? "[" : "{") + "'" +
                                  (in_flow ? ", or write a comma behind it" : "")};
}

// "{secret:{env: NAME}}"
bool lacks_blank_before(const Fault& fault, const Lines& lines) {
    const std::string_view line = lines.at(fault.line);
    const auto at = static_cast<std::size_t>(fault.column - 1);
    return at > 1 && at < line.size() && (line[at] == '{' || line[at] == '[') && line[at - 1] == ':';
}

}  // namespace

std::optional<Advice> advice_on_marks(const Fault& fault, const Lines& lines) {
    const std::string_view what = fault.what;
    if (what == "illegal document indicator in scalar" || what == "illegal EOF in scalar")
        return open_quote(fault, lines);
    if (what == "illegal flow end") return wrong_end(fault, lines);
    const bool in_braces = what == "end of map flow not found";
    const bool in_flow = in_braces || what == "end of sequence flow not found";
    if (!in_flow && what != "end of map not found" && what != "end of sequence not found" &&
        what != "illegal map value")
        return std::nullopt;
    if (auto advice = behind_end(fault, lines, in_flow)) return advice;
    if (!in_flow) return std::nullopt;
    if (lacks_blank_before(fault, lines)) return Advice{fault.line, blank_missing};
    return open_bracket(fault, lines, in_braces ? '{' : '[');
}

bool has_bare_ipv6_address(std::string_view line) noexcept {
    constexpr std::string_view digits = "0123456789";
    for (std::size_t at = 0; at < line.size() && !is_comment(line, at); ++at) {
        if (is_quote(line[at]) && may_begin(line, at)) {
            at = end_of_quoted(line, at + 1, line[at]);
            if (at == nowhere) return false;
            continue;
        }
        if (line[at] != '[' || !may_begin(line, at)) continue;
        const std::size_t end = line.find_first_not_of("0123456789abcdefABCDEF:.%", at + 1);
        if (end == nowhere || line[end] != ']' || line.substr(at, end - at).find(':') == nowhere) continue;
        const std::string_view rest = line.substr(end + 1);
        if (rest.size() > 1 && rest[0] == ':' && digits.find(rest[1]) != nowhere) return true;
    }
    return false;
}

}  // namespace chathook::yaml
